/** What is said about the members of workspaces, and which invitations lead into one. No editor in it: values in, values out. */
import type { Asks, Member, MemberWorkspace } from "./protocol";

/** How many code points a name may have. */
const LONGEST_NAME = 64;

/** The first of these that is a name, as the sidecar takes it; `undefined` when none is. */
export function memberName(...wanted: readonly string[]): string | undefined {
    return wanted
        .map((name) => [...name.normalize("NFC").trim()].slice(0, LONGEST_NAME).join("").trim())
        .find((name) => name !== "");
}

/** Whether this is for one person, whom the owner lets in: a link into a workspace, or a code that was read out. */
export function isForOne(invitation: string): boolean {
    return /^\s*(metalog2-|[0-9]{6})/.test(invitation);
}

/** A sentence on somebody who asks to be let in. */
export function asksText({ name, fingerprint, role }: Asks): string {
    return `${name} (${fingerprint}) asks to be let in, to ${role}.`;
}

/** What can be done about somebody. */
export type Act =
    | { readonly kind: "answer"; readonly request: string; readonly approve: boolean; readonly role?: "read" }
    | { readonly kind: "role"; readonly workspace: string; readonly peerId: string; readonly role: "write" | "read" }
    | { readonly kind: "remove"; readonly workspace: string; readonly peerId: string }
    | { readonly kind: "leave"; readonly workspace: string };

/** An act and what it is called. */
export interface Choice {
    readonly label: string;
    readonly act: Act;
}

/** The answers to somebody who asks. */
export function answers({ request, role }: Asks): Choice[] {
    const answer = (label: string, approve: boolean, as?: "read"): Choice => ({
        label,
        act: { kind: "answer", request, approve, ...(as === undefined ? {} : { role: as }) },
    });
    return [
        answer("Let In", true),
        ...(role === "read" ? [] : [answer("Let In to Read", true, "read")]),
        answer("Reject", false),
    ];
}

/** One line of the list: somebody, or a workspace, and what can be done about them. */
export interface Line {
    readonly label: string;
    readonly description: string;
    readonly detail: string;
    readonly choices: readonly Choice[];
}

/** The lines of a workspace: those who ask, its members, and the way out of it. */
export function lines(one: MemberWorkspace): Line[] {
    const { workspace, role, documents } = one;
    const owns = role === "owner";
    const leave: Line = {
        label: "$(sign-out) Leave",
        description: documents.join(", "),
        detail: "The texts stay; nothing more comes or goes.",
        choices: [{ label: "Leave", act: { kind: "leave", workspace } }],
    };
    return [
        ...one.asking.map((asks) => ({
            label: `$(bell) ${asks.name}`,
            description: `asks to ${asks.role}`,
            detail: `${asks.fingerprint}  ${asks.peerId}`,
            choices: answers(asks),
        })),
        ...one.members.map((member) => ({
            label: `$(${member.twoHistories ? "warning" : "person"}) ${member.name}`,
            description: member.self ? `${member.role}, this device` : member.role,
            detail: `${member.fingerprint}  ${member.peerId}${warning(member)}`,
            choices: owns ? decisions(workspace, member) : [],
        })),
        ...(owns ? [] : [leave]),
    ];
}

function warning({ twoHistories }: Member): string {
    return twoHistories ? `  signed two different histories of ${twoHistories.join(", ")}` : "";
}

function decisions(workspace: string, { role, peerId }: Member): Choice[] {
    if (role === "owner") {
        return [];
    }
    const other = role === "write" ? "read" : "write";
    return [
        {
            label: other === "read" ? "Let Them Only Read" : "Let Them Write",
            act: { kind: "role", workspace, peerId, role: other },
        },
        { label: "Put Out", act: { kind: "remove", workspace, peerId } },
    ];
}

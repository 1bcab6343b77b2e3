/** Invitations for one person, who asks to be let in, and who belongs to the workspaces of this folder. */
import { userInfo } from "node:os";
import { type Disposable, type Uri, window, workspace } from "vscode";
import type { CommandContext } from "./commands";
import { type Act, answers, asksText, type Choice, lines, memberName } from "./membership";
import {
    type Asks,
    type Invited,
    InviteRequest,
    MemberAnswerRequest,
    MemberLeaveRequest,
    MemberRemoveRequest,
    MemberRoleRequest,
    MembersRequest,
    type Told,
} from "./protocol";
import type { Sidecar } from "./sidecar";

/** How many requests are remembered; the oldest makes room, and might be asked about twice. */
const MOST_ASKED = 256;

/** What the person is called among members; `undefined` leaves that to the sidecar. */
export function ownName(): string | undefined {
    const set = workspace.getConfiguration("meta-log").get<string>("memberName", "");
    return memberName(set, loginName());
}

function loginName(): string {
    try {
        return userInfo().username;
    } catch {
        // The user of this process has no entry among the machine's.
        return "";
    }
}

/** Makes an invitation for one person to write in a document. */
export async function invite({ sidecar }: CommandContext, uri: Uri, kind: "link" | "code"): Promise<Invited> {
    const name = ownName();
    const client = await sidecar.client();
    return client.sendRequest(InviteRequest, {
        uri: uri.toString(),
        kind,
        role: "write",
        ...(name === undefined ? {} : { name }),
    });
}

/** Shows who belongs and who asks, and carries out what the person picks; `undefined` when that is nothing. */
export async function members({ sidecar }: CommandContext): Promise<Told | undefined> {
    const client = await sidecar.client();
    const { workspaces } = await client.sendRequest(MembersRequest);
    const line = await window.showQuickPick(workspaces.flatMap(lines), {
        title: "Members",
        placeHolder:
            workspaces.length === 0 ? "There is no workspace yet: invite somebody" : "Who belongs, and who asks to",
        matchOnDetail: true,
    });
    if (line === undefined || line.choices.length === 0) {
        return undefined;
    }
    const choice = await window.showQuickPick(line.choices, { title: `${line.label}, ${line.detail}` });
    return choice !== undefined && (await isSure(line.label, choice)) ? carryOut(sidecar, choice.act) : undefined;
}

/** What cannot be taken back is asked about once more. */
async function isSure(label: string, { act, label: button }: Choice): Promise<boolean> {
    if (act.kind !== "remove" && act.kind !== "leave") {
        return true;
    }
    const question =
        act.kind === "leave"
            ? "Leave this workspace, with all its documents?"
            : `Put out ${label.replace(/^\$\(.*?\) /, "")} (${act.peerId})?`;
    return (await window.showWarningMessage(question, { modal: true }, button)) === button;
}

async function carryOut(sidecar: Sidecar, act: Act): Promise<Told> {
    const client = await sidecar.client();
    const { kind, ...params } = act;
    const told = await client.sendRequest<Told>(REQUESTS[kind].method, params);
    void window.showInformationMessage(told.explanation);
    return told;
}

const REQUESTS = {
    answer: MemberAnswerRequest,
    role: MemberRoleRequest,
    remove: MemberRemoveRequest,
    leave: MemberLeaveRequest,
} as const;

/** Asks the person, once for each, about those who ask to be let in. A message in the corner takes no keys. */
export class MemberRequests implements Disposable {
    private readonly listeners: readonly Disposable[];
    /** In the order they came. */
    private readonly asked = new Set<string>();

    constructor(
        private readonly sidecar: Sidecar,
        private readonly warn: (message: string) => void,
    ) {
        this.listeners = [
            sidecar.onNotification(({ method, params }) => {
                if (method === "meta-log/memberAsks") {
                    this.ask(params).catch((error) => this.fail(error));
                }
            }),
            // The next one has requests of its own, maybe by the same names.
            sidecar.onEnd(() => this.asked.clear()),
        ];
    }

    dispose(): void {
        for (const listener of this.listeners) {
            listener.dispose();
        }
    }

    private async ask(asks: Asks): Promise<void> {
        const key = [asks.workspace, asks.request, asks.fingerprint].join(" ");
        if (this.asked.has(key)) {
            return;
        }
        this.asked.add(key);
        for (const oldest of this.asked) {
            if (this.asked.size <= MOST_ASKED) {
                break;
            }
            this.asked.delete(oldest);
        }
        const choices = answers(asks);
        const picked = await window.showInformationMessage(asksText(asks), ...choices.map(({ label }) => label));
        const choice = choices.find(({ label }) => label === picked);
        if (choice !== undefined) {
            await carryOut(this.sidecar, choice.act);
        }
    }

    private fail(error: unknown): void {
        const message = error instanceof Error ? error.message : String(error);
        this.warn(`letting somebody in: ${message}`);
        void window.showErrorMessage(`meta-log: ${message}`);
    }
}

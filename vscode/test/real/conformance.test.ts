/** Plays the conformance transcripts and the golden messages with the real extension in the real VS Code. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DrivenEditor } from "../driven-editor";
import { eventually, NEVER, PlayedSidecar, plain, Refusal, type TextEdit } from "../played-sidecar";
import { skipWithoutVsCode } from "./available";

type Point = readonly [number, number];
type Step =
    | { readonly do: "open"; readonly text: string; readonly eol?: "lf" | "crlf"; readonly bom?: boolean }
    | { readonly do: "type"; readonly changes: readonly { at: number; length: number; text: string }[] }
    | { readonly do: "mark"; readonly name: string }
    | {
          readonly do: "edit";
          readonly version: string;
          readonly document?: "open" | "other";
          readonly edits: readonly { readonly range: readonly [Point, Point]; readonly newText: string }[];
          readonly applied: boolean;
      }
    | { readonly do: "shows"; readonly text: string }
    | {
          readonly do: "told";
          readonly version: string;
          readonly people: readonly { readonly name: string; readonly at: Point }[];
      }
    | { readonly do: "sees"; readonly at: readonly number[] }
    | { readonly do: "status"; readonly readOnly: boolean }
    | { readonly do: "refuses"; readonly text: string }
    | { readonly do: "save" }
    | { readonly do: "file"; readonly text: string; readonly eol?: "lf" | "crlf"; readonly bom?: boolean }
    | { readonly do: "close" };
interface Transcript {
    readonly name: string;
    readonly why: string;
    readonly encoding?: string;
    readonly steps: readonly Step[];
}

const FOLDER = join(import.meta.dirname, "..", "..", "..", "editor-clients", "transcripts");
const GOLDEN = join(import.meta.dirname, "../../../protocol/src/main/resources/golden/editor");
const transcripts: Transcript[] = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")));

const available = skipWithoutVsCode();

let sidecar: PlayedSidecar;
let editor: DrivenEditor;

beforeAll(async () => {
    if (!available) {
        return;
    }
    sidecar = await PlayedSidecar.listen();
    editor = await DrivenEditor.start(
        { META_LOG_COMMAND: sidecar.command },
        {
            settings: {
                "editor.formatOnType": true,
                "editor.formatOnPaste": true,
                "editor.autoIndent": "full",
                "meta-log.memberName": " Ada ",
            },
        },
    );
    await editor.event("sidecarStarted");
});

afterAll(async () => {
    await editor?.quit();
    sidecar?.close();
});

describe("transcripts", () => {
    test("are there", () => {
        expect(transcripts.length).toBeGreaterThanOrEqual(25);
    });

    for (const transcript of transcripts) {
        const offered = transcript.encoding === undefined || transcript.encoding === "utf-16";
        // vscode-languageclient offers UTF-16 and nothing else.
        test.skipIf(!offered)(`${transcript.name}: ${transcript.why}`, async () => {
            const player = new Player(`${transcript.name}.json`);
            for (const step of transcript.steps) {
                await player.play(step);
            }
            expect(sidecar.faults).toEqual([]);
            await player.end();
        });
    }
});

describe("golden messages", () => {
    const plan = "plan.canvasl";
    const invitation = String(golden("join.request").params?.invitation);

    beforeAll(async () => {
        if (available) {
            await writeFile(join(editor.workspace, plan), "");
            await editor.call("open", { path: plan });
            await sidecar.shows(plan, "");
        }
    });

    beforeEach(() => {
        sidecar.answers.clear();
        sidecar.requests.length = 0;
    });

    test("initialize says what the golden one says", () => {
        const { params = {} } = golden("initialize.request");
        expect(sidecar.initializeParams).toMatchObject({
            workspaceFolders: [{ uri: `file://${editor.workspace}` }],
            capabilities: { general: { positionEncodings: ["utf-16"] } },
            initializationOptions: { protocolVersion: 1 },
        });
        const options = Object.keys(sidecar.initializeParams.initializationOptions as Json);
        expect(Object.keys(params.initializationOptions as Json)).toEqual(expect.arrayContaining(options));
    });

    test("share", async () => {
        const result = play("share");
        expect(await editor.call("share", { path: plan })).toMatchObject({
            invitation: result.invitation,
            documentId: result.documentId,
        });
        expectRequest("share", { uri: sidecar.uri(plan) });
        expect((await editor.call("clipboard")).text).toBe(result.invitation);
        await editor.page.getByText(String(result.invitation)).first().waitFor();
    });

    test("join opens the document that the sidecar names, and makes the file if there is none", async () => {
        const uri = `file://${editor.workspace}/deep/joined.canvasl`;
        play("join", { uri });
        expect(await editor.call("join", { invitation: ` ${invitation}\n` })).toMatchObject({ uri, arrived: true });
        expect(sidecar.requests.at(-1)).toEqual({ method: "meta-log/join", params: { invitation } });
        await sidecar.shows("deep/joined.canvasl", "");
        play("join", { uri });
        await editor.call("join", { invitation, path: "deep/joined.canvasl" });
        expectRequest("join", { invitation, uri });
    });

    test("leave", async () => {
        play("leave");
        await editor.call("leave", { path: plan });
        expectRequest("leave", { uri: sidecar.uri(plan) });
    });

    test("digest", async () => {
        play("digest");
        expect((await editor.call("check", { path: plan })).verdict).toBe("equal");
        expectRequest("digest", { version: 1 });
    });

    test("status and peers are shown", async () => {
        const uri = sidecar.uri(plan);
        const status = golden("status.result").result ?? {};
        const [document] = status.documents as Json[];
        play("status", { documents: [{ ...document, uri }] });
        const { peers } = play("peers");
        await editor.call("open", { path: plan });
        await editor.page.keyboard.press("F1");
        await editor.page.keyboard.type("meta-log: Show Status");
        await editor.page.getByRole("option", { name: "meta-log: Show Status" }).waitFor();
        await editor.page.keyboard.press("Enter");
        await editor.page.getByRole("option", { name: String(status.peerId) }).waitFor();
        await editor.page.keyboard.press("Escape");
        await editor.page.getByText("meta-log: in sync").waitFor();
        expect((await editor.call("peers")).peers).toEqual(peers);
    });

    test("a peer is blocked from the tree, is found there, and is unblocked from the list", async () => {
        const { peer, explanation } = play("peerBlock");
        const { peerId } = peer as Json;
        await editor.call("peers");
        expect((await editor.call("block", { peerId })).explanation).toBe(explanation);
        expectRequest("peerBlock", { peerId: String(peerId) });
        await editor.page.getByText(String(explanation)).first().waitFor();

        sidecar.notify("meta-log/peerStatus", { peerId, status: "blocked" });
        await editor.page.keyboard.press("F1");
        await editor.page.keyboard.type("meta-log: Show Peers");
        await editor.page.getByRole("option", { name: "meta-log: Show Peers" }).waitFor();
        const known = { ...(peer as Json), status: "blocked" };
        sidecar.answers.set("meta-log/peerList", () => ({ peers: [known] }));
        await editor.page.keyboard.press("Enter");
        await editor.page
            .getByRole("treeitem", { name: String(peerId) })
            .getByText("blocked")
            .waitFor();

        const told = play("peerUnblock").explanation;
        await editor.page.keyboard.press("F1");
        await editor.page.keyboard.type("meta-log: Unblock a Peer");
        await editor.page.getByRole("option", { name: "meta-log: Unblock a Peer" }).waitFor();
        await editor.page.keyboard.press("Enter");
        await editor.page.getByRole("option", { name: String(peerId) }).waitFor();
        await editor.page.keyboard.press("Enter");
        await editor.page.getByText(String(told)).first().waitFor();
        expectRequest("peerUnblock", { peerId: String(peerId) });
    });

    test("a code for one person is put on the clipboard, and shown with its end", async () => {
        const { invitation } = play("invite");
        expect((await editor.call("invite", { path: plan })).invitation).toBe(invitation);
        expectRequest("invite", { ...golden("invite.request").params, uri: sidecar.uri(plan) });
        expect((await editor.call("clipboard")).text).toBe(invitation);
        await editor.page.getByText(`before they are let in: ${invitation}`).first().waitFor();
    });

    test("a join with a code tells the name", async () => {
        const uri = `file://${editor.workspace}/deep/joined.canvasl`;
        play("join", { uri });
        await editor.call("join", { invitation: "204817-lucky-harbor" });
        expect(sidecar.requests.at(-1)?.params).toEqual({ invitation: "204817-lucky-harbor", name: "Ada" });
    });

    test("who waits to be let in can stop waiting", async () => {
        const toast = editor.page.locator(".notification-toast", { hasText: "Waiting to be let in" });
        // The one before stays for a moment.
        await toast.waitFor({ state: "hidden" });
        sidecar.answers.set("meta-log/join", () => NEVER);
        const joined = editor.ask({ op: "join", invitation: "204817-lucky-harbor" });
        await toast.getByRole("button", { name: "Cancel" }).click();
        expect((await joined).error).toBe("nothing was joined");
    });

    test("who asks is asked about once, and let in", async () => {
        const { explanation } = play("memberAnswer");
        const { method, params = {} } = golden("memberAsks.notification");
        editor.events.length = 0;
        sidecar.notify(String(method), params);
        sidecar.notify(String(method), params);
        await editor.event("memberAsks");
        await editor.event("memberAsks");
        await editor.page.getByRole("button", { name: "Let In", exact: true }).first().click();
        await editor.page.getByText(String(explanation)).first().waitFor();
        expectRequest("memberAnswer", golden("memberAnswer.request").params ?? {});
        expect(await editor.page.getByRole("button", { name: "Let In", exact: true }).count()).toBe(0);
    });

    test("members are shown, and decided on", async () => {
        play("members");
        const { explanation } = play("memberAnswer", { explanation: "Ben was not let in, and is told so." });
        await editor.page.keyboard.press("F1");
        await editor.page.keyboard.type("meta-log: Show Members");
        await editor.page.getByRole("option", { name: "meta-log: Show Members" }).waitFor();
        await editor.page.keyboard.press("Enter");
        await editor.page.getByRole("option", { name: "Ada" }).waitFor();
        await editor.page.getByRole("option", { name: "Ben" }).click();
        await editor.page.getByRole("option", { name: "Reject" }).click();
        await editor.page.getByText(String(explanation)).first().waitFor();
        expectRequest("memberAnswer", { request: "ask-1c", approve: false });
    });

    test("what members have is opened by choosing it", async () => {
        play("members");
        const uri = `file://${editor.workspace}/deep/joined.canvasl`;
        play("join", { uri });
        await editor.page.keyboard.press("F1");
        await editor.page.keyboard.type("meta-log: Open a Document of the Members");
        await editor.page.getByRole("option", { name: "Open a Document of the Members" }).first().waitFor();
        await editor.page.keyboard.press("Enter");
        await editor.page.getByRole("option", { name: "notes/later.txt" }).waitFor();
        await editor.page.keyboard.press("Enter");
        await eventually("the join", () => sidecar.requests.at(-1)?.method === "meta-log/join");
        expect(sidecar.requests.at(-1)?.params).toEqual({ invitation: "nj2w45djmrpxg33sorxw63lfmu" });
    });

    for (const name of ["share", "join"]) {
        test(`${name} refused`, async () => {
            const { error } = golden(`${name}.error`);
            sidecar.answers.set(`meta-log/${name}`, () => {
                throw new Refusal(error?.code ?? 0, error?.message ?? "");
            });
            const result = await editor.ask({ op: name, invitation, ...(name === "share" ? { path: plan } : {}) });
            expect(result).toMatchObject({ ok: false, code: error?.code, error: error?.message });
        });
    }

    const notifications = [
        "connection",
        "documentStatus",
        "peerDiscovered",
        "peerLeft",
        "messageReceived",
        "showMessage",
    ];
    test.each(notifications)("%s", async (name) => {
        const { method, params } = golden(`${name}.notification`);
        editor.events.length = 0;
        sidecar.notify(String(method), params ?? {});
        const event = name === "showMessage" ? "message" : name;
        expect(await editor.event(event)).toEqual({ event, ...params });
        if (name === "showMessage") {
            await editor.page.getByText(String(params?.message)).first().waitFor();
        }
    });

    /** Answers requests of this method with the golden result, and perhaps other values for some of its members. */
    function play(name: string, members: Json = {}): Json {
        const result = { ...golden(`${name}.result`).result, ...members };
        sidecar.answers.set(`meta-log/${name}`, () => result);
        return result;
    }

    /** The last request has the golden one's method and members, and these values. */
    function expectRequest(name: string, values: Json): void {
        const { method, params = {} } = golden(`${name}.request`);
        const last = sidecar.requests.at(-1);
        expect(last).toMatchObject({ method, params: values });
        expect(Object.keys(last?.params ?? {}).sort()).toEqual(Object.keys(params).sort());
    }
});

type Json = Record<string, unknown>;

function golden(name: string): {
    readonly method?: string;
    readonly params?: Json;
    readonly result?: Json;
    readonly error?: { readonly code: number; readonly message: string };
} {
    return JSON.parse(readFileSync(join(GOLDEN, `${name}.json`), "utf8"));
}

class Player {
    private readonly marks = new Map<string, number>();

    constructor(private readonly name: string) {}

    async play(step: Step): Promise<void> {
        switch (step.do) {
            case "open":
                await writeFile(this.path, bytes(step));
                await editor.call("open", { path: this.name });
                return sidecar.shows(this.name, plain(step.text));
            case "type":
                await editor.call("change", { path: this.name, changes: step.changes });
                return;
            case "mark":
                this.marks.set(step.name, await this.settledVersion());
                return;
            case "edit":
                return this.edit(step);
            case "shows":
                await sidecar.shows(this.name, step.text);
                expect((await editor.call("text", { path: this.name })).text).toBe(step.text);
                return;
            case "told":
                return this.told(step);
            case "sees": {
                let shown: unknown;
                const look = async () => {
                    const { others } = await editor.call("others", { path: this.name });
                    shown = (others as { at: number }[]).map(({ at }) => at).sort((a, b) => a - b);
                    return JSON.stringify(shown) === JSON.stringify(step.at);
                };
                for (const end = Date.now() + 5_000; !(await look()) && Date.now() < end; ) {
                    await new Promise((resolve) => setTimeout(resolve, 10));
                }
                expect(shown).toEqual(step.at);
                return;
            }
            case "status":
                return this.status(step.readOnly);
            case "refuses": {
                const before = (await editor.call("text", { path: this.name })).text;
                await editor.page.keyboard.press("Control+End");
                await editor.page.keyboard.type(step.text);
                expect((await editor.call("text", { path: this.name })).text).toBe(before);
                return;
            }
            case "save": {
                const saves = sidecar.mirror(this.name)?.saves ?? 0;
                await editor.call("save", { path: this.name });
                return eventually("didSave", () => sidecar.mirror(this.name)?.saves === saves + 1);
            }
            case "file":
                expect(await readFile(this.path)).toEqual(bytes(step));
                return;
            case "close":
                this.uri = sidecar.uri(this.name);
                await editor.call("close", { path: this.name });
                return eventually("didClose", () => sidecar.mirror(this.name) === undefined);
        }
    }

    async end(): Promise<void> {
        if (sidecar.mirror(this.name) !== undefined) {
            await this.play({ do: "close" });
        }
    }

    private async told(step: Step & { do: "told" }): Promise<void> {
        const current = await this.settledVersion();
        sidecar.notify("meta-log/presenceChanged", {
            uri: sidecar.uri(this.name),
            version: step.version === "current" ? current : this.marks.get(step.version),
            people: step.people.map(({ name, at }, colour) => ({
                peerId: `peer-${String(colour).padStart(40, "0")}`,
                name,
                selections: [{ anchor: position(at), head: position(at) }],
                focused: true,
                idle: false,
                colour,
            })),
        });
    }

    /** VS Code locks the editor in front alone, and shows that on its tab. */
    private async status(readOnly: boolean): Promise<void> {
        sidecar.notify("meta-log/documentStatus", {
            uri: sidecar.uri(this.name),
            documentId: "id",
            path: this.name,
            state: "in-sync",
            unsent: 0,
            peers: 1,
            ...(readOnly ? { readOnly } : {}),
        });
        const locked = editor.page.locator(".tab.active [aria-label$='Read-only']");
        await locked.waitFor({ state: readOnly ? "attached" : "detached" });
    }

    private uri: string | undefined;

    private async edit(step: Step & { do: "edit" }): Promise<void> {
        const current = this.uri === undefined ? await this.settledVersion() : (this.marks.values().next().value ?? 1);
        const versions: Record<string, number | undefined> = { current, future: current + 1000 };
        const version = versions[step.version] ?? this.marks.get(step.version);
        if (version === undefined) {
            throw new Error(`no mark ${step.version}`);
        }
        const edits: TextEdit[] = step.edits.map(({ range: [start, end], newText }) => ({
            range: { start: position(start), end: position(end) },
            newText,
        }));
        const uri = this.uri ?? sidecar.uri(this.name);
        const other = uri.replace(this.name, `other-${this.name}`);
        const answer = await sidecar.edit(step.document === "other" ? other : uri, version, edits);
        expect(answer.applied, answer.failureReason ?? "").toBe(step.applied);
        expect(existsSync(join(editor.workspace, `other-${this.name}`))).toBe(false);
    }

    /** The version last reported, once the mirror equals the buffer. */
    private async settledVersion(): Promise<number> {
        await sidecar.shows(this.name, String((await editor.call("text", { path: this.name })).text));
        return sidecar.mirror(this.name)?.version ?? 0;
    }

    private get path(): string {
        return join(editor.workspace, this.name);
    }
}

function position([line, character]: Point): { line: number; character: number } {
    return { line, character };
}

function bytes({ text, eol, bom }: { text: string; eol?: "lf" | "crlf"; bom?: boolean }): Buffer {
    return Buffer.from((bom ? "\uFEFF" : "") + (eol === "crlf" ? text.replaceAll("\n", "\r\n") : text));
}

/** What only a real editor shows: keys and edits at once, carets, closing, restarts. The sidecar is played by the test. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { DrivenEditor } from "../driven-editor";
import { eventually, type Mirror, offsetAt, PlayedSidecar, versionAfter } from "../played-sidecar";
import { skipWithoutVsCode } from "./available";

const available = skipWithoutVsCode();

let sidecar: PlayedSidecar;
let editor: DrivenEditor;
let files = 0;
let name: string;

beforeAll(async () => {
    if (!available) {
        return;
    }
    sidecar = await PlayedSidecar.listen();
    editor = await DrivenEditor.start({ META_LOG_COMMAND: sidecar.command });
    await editor.event("sidecarStarted");
});

afterAll(async () => {
    const code = await editor?.quit();
    sidecar?.close();
    expect(code ?? 0).toBe(0);
});

beforeEach(() => {
    sidecar.faults.length = 0;
    sidecar.answers.clear();
    name = `file-${files++}.txt`;
});

test("keys reach the sidecar, edits reach the editor", async () => {
    await open("one\ntwo\n");
    await keys("Control+End");
    await editor.page.keyboard.type("three");
    await sidecar.shows(name, "one\ntwo\nthree");
    await insert(3, "!");
    await shows("one!\ntwo\nthree");
    await editor.page.screenshot({ path: join(import.meta.dirname, "..", "..", "out", "test", "window.png") });
});

/** Who types, how many keys a second, and how many edits have to get in between the keys. */
const PACES: readonly (readonly [string, number, number])[] = [
    ["a fast person", 15, 30],
    ["a key held down", 30, 10],
    // Beyond any keyboard: a key may then always be there before the edit is. But none may get lost.
    ["as fast as it goes", 80, 0],
];

test.each(PACES)(
    "keys typed while edits arrive survive, in order, and every applied edit did exactly what it said: %s",
    async (...pace) => {
        const [who, perSecond, leastApplied] = pace;
        await open("\nkeys: ");
        await keys("Control+End");
        const alphabet = "abcdefghijklmnopqrstuvwxyz";
        let typed = "";
        let typing = true;
        let applied = 0;
        let refused = 0;
        const edits = (async () => {
            const mirror = current();
            while (typing) {
                const { version, text } = mirror;
                const at = { line: 0, character: (applied * 7) % (text.indexOf("\n") + 1) };
                const edit = { range: { start: at, end: at }, newText: "#" };
                if ((await sidecar.edit(sidecar.uri(name), version, [edit])).applied) {
                    applied++;
                    await versionAfter(mirror, version);
                    const first = mirror.changes.find((change) => change.version > version);
                    expect(first?.text).toBe(`${text.slice(0, at.character)}#${text.slice(at.character)}`);
                } else {
                    refused++;
                    await versionAfter(mirror, version);
                }
            }
        })();
        const start = performance.now();
        const pressed: Promise<void>[] = [];
        while (typed.length < 6 * perSecond || (applied < leastApplied && performance.now() < start + 40_000)) {
            const key = alphabet.charAt(typed.length % alphabet.length);
            // Not waited for: a person does not wait for the window, either.
            pressed.push(editor.page.keyboard.down(key));
            typed += key;
            await setTimeout(Math.max(0, start + (typed.length * 1_000) / perSecond - performance.now()));
        }
        await Promise.all(pressed);
        const keysPerSecond = Math.round((typed.length * 1_000) / (performance.now() - start));
        await eventually("all keys", () => current().text.endsWith(`\nkeys: ${typed}`), 10_000);
        typing = false;
        await edits;
        await shows(`${"#".repeat(applied)}\nkeys: ${typed}`);
        console.log(`${who}, ${keysPerSecond} keys a second: ${applied} edits applied, ${refused} refused`);
        expect(applied).toBeGreaterThanOrEqual(leastApplied);
    },
);

test("an edit is there within a few milliseconds", async () => {
    await open("text");
    const millis: number[] = [];
    for (let round = 0; round < 101; round++) {
        const { version } = current();
        const before = performance.now();
        const at = { line: 0, character: 0 };
        await sidecar.edit(sidecar.uri(name), version, [{ range: { start: at, end: at }, newText: "x" }]);
        millis.push(performance.now() - before);
        await eventually("the echo", () => current().version > version);
    }
    millis.sort((a, b) => a - b);
    console.log(`edit to answer: p50 ${millis[50]?.toFixed(1)} ms, p99 ${millis[99]?.toFixed(1)} ms`);
    await shows(`${"x".repeat(101)}text`);
});

test("a caret stays where it is when text arrives there", async () => {
    await open("ab");
    await keys("Control+Home", "ArrowRight");
    await insert(1, "REMOTE");
    await editor.page.keyboard.type("x");
    await shows("axREMOTEb");
});

test("text that arrives at a line's start stays behind the caret, with line ends of two characters, too", async () => {
    await open("one\r\ntwo\r\n");
    await keys("Control+Home", "ArrowDown");
    await insert(5, "REMOTE");
    await editor.page.keyboard.type("x");
    await shows("one\nxREMOTEtwo\n");
});

test("a caret behind a character of two units stays", async () => {
    await open("🌐b");
    await keys("Control+Home", "ArrowRight");
    await insert(2, "🎉");
    await editor.page.keyboard.type("x");
    await shows("🌐x🎉b");
});

test("text that arrives at a selection's edges is not selected", async () => {
    await open("abcd");
    await keys("Control+Home", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight");
    await insert(3, "END");
    await insert(1, "START");
    await editor.page.keyboard.type("x");
    await shows("aSTARTxENDd");
});

test("a caret at the very end moves with what arrives there", async () => {
    await open("ab");
    await keys("Control+End");
    await insert(2, "REMOTE");
    await editor.page.keyboard.type("x");
    await shows("abREMOTEx");
});

test("carets keep their place when text before them changes", async () => {
    await open("one\ntwo\nthree\n");
    await keys("Control+Home", "ArrowDown", "ArrowRight");
    await insert(0, "zero\n");
    await editor.page.keyboard.type("x");
    await shows("zero\none\ntxwo\nthree\n");
});

test("a document in a tab behind is edited without coming to the front", async () => {
    await open("behind\n");
    const behind = name;
    name = `file-${files++}.txt`;
    await open("front\n");
    const { version } = sidecar.mirror(behind) as Mirror;
    const at = { line: 0, character: 0 };
    const edit = { range: { start: at, end: at }, newText: "from " };
    expect(await sidecar.edit(sidecar.uri(behind), version - 1, [edit])).toMatchObject({ applied: false });
    expect(await sidecar.edit(sidecar.uri(behind), version, [edit])).toEqual({ applied: true });
    await sidecar.shows(behind, "from behind\n");
    await keys("Control+Home");
    await editor.page.keyboard.type("x");
    await shows("xfront\n");
});

test("one edit is one undo step", async () => {
    await open("text");
    await keys("Control+End");
    await editor.page.keyboard.type("x");
    await shows("textx");
    await insert(0, "REMOTE ");
    await shows("REMOTE textx");
    await keys("Control+z");
    await shows("textx");
});

test("closing without saving does not take the text back for everybody", async () => {
    await open("saved\n");
    await insert(0, "REMOTE ");
    await editor.call("insert", { at: 0, text: "OWN " });
    await shows("OWN REMOTE saved\n");
    const mirror = current();
    await editor.call("close");
    await eventually("didClose", () => sidecar.mirror(name) === undefined);
    expect(mirror.text).toBe("OWN REMOTE saved\n");
});

test("a revert without closing is told", async () => {
    await open("saved\n");
    await editor.call("insert", { at: 0, text: "OWN " });
    await shows("OWN saved\n");
    await editor.call("revert");
    await shows("saved\n");
});

test("a copy that differs is healed with the whole text", async () => {
    await open("text\n");
    live("in-sync");
    sidecar.answers.set("meta-log/digest", (params) => {
        const shown = createHash("sha256").update(current().text).digest("hex");
        return { verdict: params.sha256 === shown ? "equal" : "different" };
    });
    current().text = "something else\n";
    await keys("Control+s");
    await shows("text\n");
    expect(current().changes.at(-1)?.contentChanges).toEqual([{ text: "text\n" }]);
});

test("a document that the sidecar paused is told whole, once", async () => {
    await open("text\n");
    current().text = "lost\n";
    live("paused");
    await shows("text\n");
    const { length } = current().changes;
    live("paused");
    live("in-sync");
    await editor.call("insert", { at: 0, text: "x" });
    await shows("xtext\n");
    expect(current().changes.length).toBe(length + 1);
});

test("who may only read cannot type, and sees what others write", async () => {
    await open("text\n");
    const locked = editor.page.locator(".tab.active [aria-label$='Read-only']");
    live("in-sync", 0, true);
    await editor.page.getByText("meta-log: in sync, read only").waitFor();
    await locked.waitFor();
    await keys("Control+End");
    await editor.page.keyboard.type("mine");
    await insert(0, "theirs ");
    await shows("theirs text\n");
    await sidecar.shows(name, "theirs text\n");
    live("in-sync");
    await locked.waitFor({ state: "detached" });
    await editor.page.getByText("meta-log: in sync", { exact: true }).waitFor();
    await editor.page.keyboard.type("mine");
    await sidecar.shows(name, "theirs text\nmine");
});

test("the status bar tells the state of the document in front", async () => {
    await open("text\n");
    live("sending", 3);
    await editor.page.getByText("meta-log: 3 changes unsent").waitFor();
    live("in-sync");
    await editor.page.getByText("meta-log: in sync").waitFor();
});

test("what is not UTF-8 is not shared, and the file stays as it is", async () => {
    await open("text\n");
    const latin = Buffer.from([0x67, 0x72, 0xfc, 0xdf, 0x0a]);
    await writeFile(join(editor.workspace, name), latin);
    expect(await editor.ask({ op: "share", path: name })).toMatchObject({
        ok: false,
        error: `${name} is not UTF-8 and was not shared. Save it with that encoding first.`,
    });
    expect(await readFile(join(editor.workspace, name))).toEqual(latin);
});

test("a document whose language changes stays in step", async () => {
    await open("{}\n");
    await editor.call("language", { language: "json" });
    await editor.call("insert", { at: 1, text: '"a":1' });
    await shows('{"a":1}\n');
    await insert(0, "// ");
    await shows('// {"a":1}\n');
});

test("a sidecar that ends is started again and told what the editor shows now", async () => {
    await open("before\n");
    const starts = sidecar.starts;
    sidecar.crash();
    expect((await editor.event("sidecarEnded")).exitCode).toBe(3);
    await editor.page.keyboard.type("while away ");
    await editor.event("sidecarStarted");
    expect(sidecar.starts).toBe(starts + 1);
    await shows("while away before\n");
    await insert(0, "> ");
    await editor.page.keyboard.type("and after ");
    await sidecar.shows(name, await editor.text());
});

test("a document is sent as it is shown, a message as text, and what arrives is shown and in the log", async () => {
    const peerId = `peer-${"a".repeat(40)}`;
    const asked: unknown[] = [];
    for (const method of ["meta-log/sendFile", "meta-log/sendMessage"]) {
        sidecar.answers.set(method, (params) => {
            asked.push(params);
            return { broker: "mqtt://there", timestamp: "2026-11-20T09:30:00Z" };
        });
    }
    await open("saved\n");
    await editor.call("insert", { at: 0, text: "not " });
    await sidecar.shows(name, "not saved\n");
    expect(await editor.call("sendDocument")).toMatchObject({ broker: "mqtt://there" });
    expect(await editor.call("sendText", { peerId, text: 'say "hi"' })).toMatchObject({ broker: "mqtt://there" });
    expect(asked).toEqual([
        { file: name, content: "not saved\n" },
        { peerId, payload: '"say \\"hi\\""' },
    ]);
    sidecar.notify("meta-log/fileReceived", {
        peerId,
        file: "notes/plan.canvasl",
        uri: sidecar.uri(name),
        kept: true,
        timestamp: "2026-11-20T09:30:00Z",
    });
    await editor.event("fileReceived", (event) => event.peerId === peerId);
    await editor.page.getByText("peer-aaaaaaaa sent notes/plan.canvasl.").first().waitFor();
    await editor.page.getByRole("button", { name: "Open" }).first().waitFor();
});

async function open(text: string): Promise<void> {
    await writeFile(join(editor.workspace, name), text);
    await editor.call("open", { path: name });
    await sidecar.shows(name, text.replaceAll("\r\n", "\n"));
}

/** Both ends show this, and the editor sent nothing that does not fit. */
async function shows(text: string): Promise<void> {
    await sidecar.shows(name, text);
    expect(await editor.text()).toBe(text);
    expect(sidecar.faults).toEqual([]);
}

/** Says how a live document stands, as the sidecar does. */
function live(state: string, unsent = 0, readOnly?: boolean): void {
    const uri = sidecar.uri(name);
    sidecar.notify("meta-log/documentStatus", { uri, documentId: name, path: name, state, unsent, peers: 1, readOnly });
}

async function keys(...names: string[]): Promise<void> {
    for (const key of names) {
        await editor.page.keyboard.press(key);
    }
    // The extension host learns of the selection a moment after the window.
    await setTimeout(200);
}

/** Inserts at an offset, as the sidecar does when a peer typed there. */
async function insert(offset: number, newText: string): Promise<void> {
    const { text, version } = current();
    const at = positionAt(text, offset);
    expect(await sidecar.edit(sidecar.uri(name), version, [{ range: { start: at, end: at }, newText }])).toEqual({
        applied: true,
    });
    await eventually("the echo", () => current().version > version);
}

function current(): Mirror {
    const mirror = sidecar.mirror(name);
    if (mirror === undefined) {
        throw new Error(`${name} is not open`);
    }
    return mirror;
}

function positionAt(text: string, offset: number): { line: number; character: number } {
    const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
    const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
    expect(offsetAt(text, position)).toBe(offset);
    return position;
}

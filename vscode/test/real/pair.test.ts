/** Two real VS Codes, two real sidecars, one document. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DrivenEditor } from "../driven-editor";
import { sidecarCommand, skipWithoutVsCode } from "./available";

const available = skipWithoutVsCode(sidecarCommand);
const EDITS = Number(process.env.META_LOG_TEST_EDITS ?? 100);
const SEED = Number(process.env.META_LOG_TEST_SEED ?? Date.now() % 1_000_000);
const OUT = join(import.meta.dirname, "..", "..", "out", "test");

let homes: string;
let ada: DrivenEditor;
let bob: DrivenEditor;

beforeAll(async () => {
    if (!available) {
        return;
    }
    homes = await mkdtemp(join(tmpdir(), "meta-log-homes-"));
    const port = await freePort();
    const env = (name: string) => ({
        META_LOG_COMMAND: sidecarCommand(),
        META_LOG_HOME: join(homes, name),
        META_LOG_BROKER_PORT: String(port),
    });
    [ada, bob] = await Promise.all([DrivenEditor.start(env("ada")), DrivenEditor.start(env("bob"))]);
    for (const editor of [ada, bob]) {
        await editor.event("connection", ({ state }) => state === "connected");
    }
});

afterAll(async () => {
    await Promise.all([ada?.quit(), bob?.quit()]);
    if (homes !== undefined) {
        await rm(homes, { recursive: true, force: true, maxRetries: 5 });
    }
});

test("share, join by the input box, and type on both sides", async () => {
    await writeFile(join(ada.workspace, "shared.canvasl"), '@version: "1.0"\n{"id":"a","type":"node"}\n');
    await ada.call("open", { path: "shared.canvasl" });
    const { invitation } = await ada.call("share");

    const { keyboard } = bob.page;
    await keyboard.press("F1");
    await keyboard.type("meta-log: Join a Document");
    await bob.page.getByRole("option", { name: "meta-log: Join a Document" }).waitFor();
    await keyboard.press("Enter");
    await bob.page.getByPlaceholder("").and(bob.page.locator("input:focus")).waitFor();
    await bob.page.getByText("Paste the invitation").waitFor();
    await keyboard.insertText(String(invitation));
    await keyboard.press("Enter");
    await bob.opened("shared.canvasl");
    await bob.call("waitFor", { path: "shared.canvasl", contains: '"id":"a"' });
    await bob.page.getByText("shared.canvasl is live").first().waitFor();
    await bob.page.getByText("Ln 1, Col 1", { exact: true }).waitFor();

    await Promise.all([ada, bob].map((editor) => editor.page.keyboard.press("Control+End")));
    await Promise.all([ada.page.keyboard.type("from Ada "), bob.page.keyboard.type("from Bob ")]);
    await ada.page.screenshot({ path: join(OUT, "ada.png") });
    await bob.page.screenshot({ path: join(OUT, "bob.png") });
    await eventually("every key", async () => {
        const text = String((await ada.call("text", { path: "shared.canvasl" })).text);
        return letters(text.slice(text.indexOf("}\n") + 2)) === letters("from Ada from Bob ");
    });
    await converged();
    await ada.page.screenshot({ path: join(OUT, "ada.png") });
    await bob.page.screenshot({ path: join(OUT, "bob.png") });
});

test("each sees the other among its peers", async () => {
    for (const editor of [ada, bob]) {
        await eventually("a peer", async () => ((await editor.call("peers")).peers as unknown[]).length === 1);
    }
    await ada.page.keyboard.press("F1");
    await ada.page.keyboard.type("meta-log: Show Peers");
    await ada.page.getByRole("option", { name: "meta-log: Show Peers" }).waitFor();
    await ada.page.keyboard.press("Enter");
    await ada.page.getByRole("treeitem", { name: "peer-" }).waitFor();
    await ada.page.screenshot({ path: join(OUT, "ada.png") });
    await ada.call("open", { path: "shared.canvasl" });
});

test("each sees where the other is", async () => {
    const path = "shared.canvasl";
    const other = async (editor: DrivenEditor) =>
        ((await editor.call("others", { path })).others as { name: string; at: number; after: string }[])[0];
    const text = String((await ada.call("text", { path })).text);
    const spot = text.indexOf('"type"');
    await ada.call("look", { path, at: spot });
    await eventually("Ada's caret", async () => (await other(bob))?.at === spot);
    await bob.page.getByRole("button", { name: "1 others are in this document" }).waitFor();
    await bob.page.screenshot({ path: join(OUT, "presence.png") });
    // Typing at the beginning moves it along, in whatever order that and the next word of it come.
    await bob.call("insert", { path, at: 0, text: "before " });
    await eventually("it moved", async () => (await other(bob))?.after === '"typ');
    await converged();
    await ada.call("look", { path, at: 3, anchor: 9 });
    await eventually("Ada's selection", async () => (await other(bob))?.at === 3);
});

test("joining does not overwrite a file of the same name", async () => {
    const path = join(bob.workspace, "taken.txt");
    await writeFile(path, "Bob's own\n");
    await ada.call("open", { path: "taken.txt" });
    await ada.call("insert", { at: 0, text: "Ada's\n" });
    const { invitation } = await ada.call("share");
    await bob.call("open", { path: "taken.txt" });
    expect(await bob.ask({ op: "join", invitation })).toMatchObject({ ok: false, code: -32053 });
    expect((await bob.call("text", { path: "taken.txt" })).text).toBe("Bob's own\n");
    for (const editor of [ada, bob]) {
        await editor.call("close", { path: "taken.txt" });
        await editor.call("open", { path: "shared.canvasl" });
    }
});

test("a key is on the other screen within a moment", async () => {
    const millis: number[] = [];
    for (let round = 0; round < 41; round++) {
        const marker = `<${round}>`;
        const there = bob.call("waitFor", { path: "shared.canvasl", contains: marker });
        const before = performance.now();
        await ada.call("insert", { path: "shared.canvasl", at: 0, text: marker });
        await there;
        millis.push(performance.now() - before);
    }
    millis.sort((a, b) => a - b);
    console.log(`insert to other editor: p50 ${millis[20]?.toFixed(1)} ms, p95 ${millis[38]?.toFixed(1)} ms`);
    await converged();
});

test(`${EDITS} random edits a side at the same time (META_LOG_TEST_SEED=${SEED}) end in one text`, async () => {
    const random = generator(SEED);
    await Promise.all([ada, bob].map((editor) => edits(editor, EDITS, random)));
    await converged();
});

test("invite by a code, let in from the corner, type on both sides, put out", async () => {
    const path = "invited.txt";
    await writeFile(join(ada.workspace, path), "begun\n");
    await ada.call("open", { path });
    const { invitation } = await ada.call("invite");
    expect(invitation).toMatch(/^[0-9]{6}-[a-z]+-[a-z]+$/);
    const joined = bob.call("join", { invitation });
    const { peerId } = await ada.event("memberAsks");
    await ada.page.getByRole("button", { name: "Let In", exact: true }).click();
    await joined;
    await bob.call("waitFor", { path, text: "begun\n" });
    await bob.call("insert", { path, at: 0, text: "Bob's\n" });
    await ada.call("waitFor", { path, text: "Bob's\nbegun\n" });
    await ada.call("insert", { path, at: 0, text: "Ada's\n" });
    await bob.call("waitFor", { path, text: "Ada's\nBob's\nbegun\n" });

    expect((await ada.call("putOut", { peerId })).explanation).toContain("is out");
    await ada.call("insert", { path, at: 0, text: "for Ada alone\n" });
    await bob.call("insert", { path, at: 0, text: "counts nowhere\n" });
    // What was said before would have come by the time that what is said after it has.
    for (const [from, to] of [
        [ada, bob],
        [bob, ada],
    ] as const) {
        const marker = `<after ${from.workspace}>`;
        await from.call("insert", { path: "shared.canvasl", at: 0, text: marker });
        await to.call("waitFor", { path: "shared.canvasl", contains: marker });
    }
    expect((await ada.call("text", { path })).text).toBe("for Ada alone\nAda's\nBob's\nbegun\n");
    expect((await bob.call("text", { path })).text).toBe("counts nowhere\nAda's\nBob's\nbegun\n");
    for (const editor of [ada, bob]) {
        await editor.call("close", { path });
        await editor.call("open", { path: "shared.canvasl" });
    }
});

test("a killed sidecar comes back with what was typed meanwhile", async () => {
    expect(await bob.call("kill")).toMatchObject({ killed: true });
    await bob.event("sidecarEnded");
    await bob.page.keyboard.type("typed without a sidecar");
    await ada.call("waitFor", { path: "shared.canvasl", contains: "typed without a sidecar", timeoutMillis: 20_000 });
    await converged();
});

function letters(text: string): string {
    return [...text].sort().join("");
}

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + 20_000;
    while (!(await holds())) {
        if (performance.now() > end) {
            throw new Error(`there is not ${what}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** Both show the same text, within a bounded time. */
async function converged(): Promise<void> {
    const end = performance.now() + 20_000;
    for (;;) {
        const [one, other] = await Promise.all(
            [ada, bob].map(async (editor) => (await editor.call("digest", { path: "shared.canvasl" })).sha256),
        );
        if (one === other) {
            return;
        }
        if (performance.now() > end) {
            const texts = await Promise.all(
                [ada, bob].map((editor) => editor.call("text", { path: "shared.canvasl" })),
            );
            throw new Error(`the texts differ: ${JSON.stringify(texts)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

async function edits(editor: DrivenEditor, count: number, random: () => number): Promise<void> {
    const path = "shared.canvasl";
    for (let edit = 0; edit < count; edit++) {
        const length = Number((await editor.call("digest", { path })).length);
        const at = Math.floor(random() * (length + 1));
        const removed = random() < 0.3 ? Math.min(length - at, 1 + Math.floor(random() * 4)) : 0;
        const text = removed > 0 ? "" : ["a", "bc", "\n", "ü", "🌐"][Math.floor(random() * 5)];
        // Refused where the text became shorter meanwhile, or where it would split a pair.
        await editor.ask({ op: "replace", path, at, length: removed, text });
    }
}

/** Mulberry32, a generator of 32 bits: small, and the same everywhere. */
function generator(seed: number): () => number {
    let state = seed;
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    };
}

async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    return typeof address === "object" && address !== null ? address.port : 0;
}

/** A real VS Code, a real sidecar, and an identity that a passphrase protects. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DrivenEditor } from "../driven-editor";
import { sidecarCommand, skipWithoutVsCode } from "./available";

const available = skipWithoutVsCode(sidecarCommand);
const PASSPHRASE = "correct horse battery staple";
const TITLE = "Open Your meta-log Identity";

let folder: string;
let editor: DrivenEditor;
const said: string[] = [];

beforeAll(async () => {
    if (!available) {
        return;
    }
    folder = await mkdtemp(join(tmpdir(), "meta-log-locked-"));
    const env = { META_LOG_HOME: join(folder, "home"), META_LOG_ENABLE_FEDERATION: "0" };
    await writeFile(join(folder, "passphrase"), `${PASSPHRASE}\n`, { mode: 0o600 });
    const [program = "", ...words] = sidecarCommand().split(" ");
    const identity = (...arguments_: string[]) =>
        promisify(execFile)(program, [...words.slice(0, -1), "identity", ...arguments_], {
            env: { ...process.env, ...env },
        });
    await identity("new");
    await identity("passphrase", "--new-file", join(folder, "passphrase"));
    editor = await DrivenEditor.start(
        { ...env, META_LOG_COMMAND: sidecarCommand() },
        { settings: { "meta-log.trace.server": "verbose" }, log: (line) => said.push(line) },
    );
});

afterAll(async () => {
    await editor?.quit();
    if (folder !== undefined) {
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
});

async function answer(typed: string): Promise<void> {
    await editor.page.locator("input[type=password]:focus").waitFor();
    await editor.page.keyboard.insertText(typed);
    await editor.page.keyboard.press("Enter");
}

test("it is asked for until it is right, kept, and never in a log", async () => {
    await editor.page.getByText(TITLE).waitFor();
    await answer("wrong");
    await editor.page.getByText("That was not it.").waitFor();
    await answer(PASSPHRASE);
    await editor.page.getByText(TITLE).waitFor({ state: "hidden" });
    const peerId = await openedPeerId();
    expect(peerId).toMatch(/^peer-[0-9a-f]{40}$/);

    // The next sidecar is given what was kept.
    const { keyboard } = editor.page;
    await keyboard.press("F1");
    await keyboard.type("meta-log: Restart");
    await editor.page.getByRole("option", { name: "meta-log: Restart" }).waitFor();
    await keyboard.press("Enter");
    await editor.event("sidecarEnded");
    expect(await openedPeerId()).toBe(peerId);
    expect(await editor.page.getByText(TITLE).count()).toBe(0);
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter((line) => line.includes(PASSPHRASE))).toEqual([]);
    expect(await filesOfVsCodeWith(PASSPHRASE)).toEqual([]);
});

/** The identity's, once it is open. */
async function openedPeerId(): Promise<string> {
    const end = performance.now() + 20_000;
    while ((await editor.ask({ op: "identity" })).ok !== true && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return ((await editor.call("identity")).identity as { peerId: string }).peerId;
}

/** The files of VS Code's server that hold a text. */
async function filesOfVsCodeWith(text: string): Promise<string[]> {
    const found: string[] = [];
    for (const folder of await readdir(tmpdir())) {
        if (folder.startsWith("meta-log-vscode-")) {
            const files = await readdir(join(tmpdir(), folder), { recursive: true }).catch(() => []);
            for (const file of files) {
                const content = await readFile(join(tmpdir(), folder, file), "latin1").catch(() => "");
                found.push(...(content.includes(text) ? [file] : []));
            }
        }
    }
    return found;
}

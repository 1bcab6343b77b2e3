import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DrivenEditor } from "../driven-editor";
import { PlayedSidecar } from "../played-sidecar";

let sidecar: PlayedSidecar;
let editor: DrivenEditor;

beforeAll(async () => {
    sidecar = await PlayedSidecar.listen();
    editor = await DrivenEditor.start(
        { META_LOG_COMMAND: sidecar.command },
        process.env.META_LOG_TEST_LOG ? console.log : undefined,
    );
    await editor.event("sidecarStarted");
});

afterAll(async () => {
    const code = await editor?.quit();
    sidecar?.close();
    expect(code).toBe(0);
});

test("keys reach the sidecar, edits reach the editor", async () => {
    await writeFile(join(editor.workspace, "a.txt"), "one\ntwo\n");
    await editor.call("open", { path: "a.txt" });
    await sidecar.shows("a.txt", "one\ntwo\n");
    await editor.page.keyboard.press("Control+End");
    await editor.page.keyboard.type("three");
    await sidecar.shows("a.txt", "one\ntwo\nthree");
    const range = { start: { line: 0, character: 3 }, end: { line: 0, character: 3 } };
    const answer = await sidecar.edit(sidecar.uri("a.txt"), sidecar.mirror("a.txt")?.version ?? 0, [
        { range, newText: "!" },
    ]);
    expect(answer).toEqual({ applied: true });
    await sidecar.shows("a.txt", "one!\ntwo\nthree");
    expect(await editor.text()).toBe("one!\ntwo\nthree");
    await editor.page.screenshot({ path: "out/test/window.png" });
    expect(sidecar.faults).toEqual([]);
});

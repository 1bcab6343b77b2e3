/** The package, as people install it. */
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { DrivenEditor } from "../driven-editor";
import { PlayedSidecar } from "../played-sidecar";
import { skipWithoutVsCode } from "./available";

skipWithoutVsCode();

const FOLDER = join(import.meta.dirname, "..", "..");
const PACKAGE = join(FOLDER, "out", "test", "meta-log.vsix");

test("is made, is installed, and works", async () => {
    await mkdir(join(FOLDER, "out", "test"), { recursive: true });
    await rm(PACKAGE, { force: true });
    const run = promisify(execFile);
    await run("npm", ["run", "package", "--", "--out", PACKAGE], { cwd: FOLDER });
    const { stdout } = await run("unzip", ["-Z1", PACKAGE]);
    const files = stdout.split("\n").filter((file) => file.startsWith("extension/"));
    expect(files).toContain("extension/LICENSE.txt");
    expect(files.filter((file) => /test|driver|node_modules|src|\.map$/.test(file))).toEqual([]);

    const sidecar = await PlayedSidecar.listen();
    // The setting, where the other tests use the environment.
    const command = sidecar.command.split(" ");
    const editor = await DrivenEditor.start(
        { META_LOG_COMMAND: "false" },
        { vsix: PACKAGE, settings: { "meta-log.command": command, "meta-log.broker": "mqtt://broker.example.org" } },
    );
    try {
        await editor.event("sidecarStarted");
        expect(sidecar.initializeParams.initializationOptions).toMatchObject({
            protocolVersion: 1,
            editorName: expect.stringMatching(/1\.\d+\.\d+$/),
            broker: "mqtt://broker.example.org",
        });
        await writeFile(join(editor.workspace, "a.txt"), "text\n");
        await editor.call("open", { path: "a.txt" });
        await sidecar.shows("a.txt", "text\n");
    } finally {
        expect(await editor.quit()).toBe(0);
        sidecar.close();
    }
});

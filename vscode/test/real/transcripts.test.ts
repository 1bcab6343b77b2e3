/** Plays the conformance transcripts of editor-clients with the real extension in the real VS Code. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DrivenEditor } from "../driven-editor";
import { eventually, PlayedSidecar, plain, type TextEdit } from "../played-sidecar";
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
        { settings: { "editor.formatOnType": true, "editor.formatOnPaste": true, "editor.autoIndent": "full" } },
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

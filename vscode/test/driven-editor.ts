/** A real VS Code that a test drives: the other end of the driver's socket, and the window for the keyboard. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Page } from "playwright-core";
import { startVsCode } from "./harness.mjs";

type Json = Record<string, unknown>;

const ENTRY = join(import.meta.dirname, "..", "out", "test", "driver.js");
const START_MILLIS = 60_000;

export class DrivenEditor {
    readonly events: Json[] = [];
    private nextId = 1;
    private readonly pending = new Map<unknown, (result: Json) => void>();

    private constructor(
        readonly page: Page,
        readonly workspace: string,
        private readonly socket: Socket,
        private readonly stop: () => Promise<void>,
        private readonly exited: Promise<number>,
    ) {
        createInterface({ input: socket }).on("line", (line) => this.receive(JSON.parse(line)));
        socket.on("error", () => {});
    }

    static async start(
        env: NodeJS.ProcessEnv,
        options: { settings?: Record<string, unknown>; vsix?: string; log?: (line: string) => void } = {},
    ): Promise<DrivenEditor> {
        const workspace = await mkdtemp(join(tmpdir(), "meta-log-workspace-"));
        const server = createServer({ noDelay: true });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const address = server.address();
        const port = typeof address === "object" && address !== null ? address.port : 0;
        const connected = once(server, "connection", { signal: AbortSignal.timeout(START_MILLIS) });
        const vscode = await startVsCode({
            workspace,
            entry: ENTRY,
            env: { ...env, META_LOG_DRIVER_PORT: String(port) },
            ...options,
        });
        const stop = async () => {
            server.close();
            await vscode.close();
            await rm(workspace, { recursive: true, force: true });
        };
        try {
            const [socket] = (await connected) as [Socket];
            const editor = new DrivenEditor(vscode.page, workspace, socket, stop, vscode.exited);
            await editor.event("ready");
            return editor;
        } catch (error) {
            await stop();
            throw error;
        }
    }

    /** Carries a command out and fails with its error. */
    async call(op: string, members: Json = {}): Promise<Json> {
        const result = await this.ask({ op, ...members });
        if (result.ok !== true) {
            throw new Error(`${op}: ${result.error}`);
        }
        return result;
    }

    /** Sends a command and gives its result, whatever it is. */
    ask(command: Json): Promise<Json> {
        const id = this.nextId++;
        return new Promise((resolve) => {
            this.pending.set(id, resolve);
            this.socket.write(`${JSON.stringify({ id, ...command })}\n`);
        });
    }

    /** Waits until a document is open that was opened by other means than this driver. */
    async opened(path: string): Promise<void> {
        const end = performance.now() + START_MILLIS;
        while ((await this.ask({ op: "digest", path })).ok !== true) {
            if (performance.now() > end) {
                throw new Error(`${path} was not opened`);
            }
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    }

    async text(): Promise<string> {
        return String((await this.call("text")).text);
    }

    /** The first event of this name that was not asked for before and fits. */
    async event(name: string, fits: (event: Json) => boolean = () => true): Promise<Json> {
        const end = performance.now() + 20_000;
        for (;;) {
            const index = this.events.findIndex((event) => event.event === name && fits(event));
            const [found] = index < 0 ? [] : this.events.splice(index, 1);
            if (found !== undefined) {
                return found;
            }
            if (performance.now() > end) {
                throw new Error(`no event ${name}; there were ${JSON.stringify(this.events)}`);
            }
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
    }

    /** Ends the editor; gives the code of its test run. */
    async quit(): Promise<number> {
        await this.ask({ op: "quit" });
        const code = await this.exited;
        await this.stop();
        return code;
    }

    private receive(line: Json): void {
        if ("event" in line) {
            this.events.push(line);
        } else {
            this.pending.get(line.id)?.(line);
            this.pending.delete(line.id);
        }
    }
}

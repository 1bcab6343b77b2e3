/**
 * The driver (editor-clients/driving.md) inside VS Code's extension host: obeys JSON lines over a loopback socket and acts
 * on real documents through the editor's own interface and the extension's commands. It is the "extension tests" entry
 * that VS Code runs; the package does not contain it.
 */
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { isAbsolute, join } from "node:path";
import { createInterface } from "node:readline";
import {
    commands,
    env,
    extensions,
    languages,
    Position,
    Range,
    Selection,
    TabInputText,
    type TextDocument,
    type TextEditor,
    Uri,
    version,
    window,
    workspace,
} from "vscode";
import type { Api } from "../../src/extension";

type Command = Record<string, unknown>;
type Result = Record<string, unknown>;

/** Carries a command out; a returned promise that shall not hold up later commands is wrapped in `later`. */
type Operation = (command: Command) => Promise<Result | Later>;

/** A result that comes when it comes, while the next commands are carried out. */
interface Later {
    readonly later: Promise<Result>;
}

/** VS Code calls this and ends the window when it settles. */
export async function run(): Promise<void> {
    const port = Number(process.env.META_LOG_DRIVER_PORT);
    const extension = extensions.getExtension<Api>("meta-log.meta-log");
    if (!port || extension === undefined) {
        throw new Error("META_LOG_DRIVER_PORT is not set, or the extension is not there");
    }
    const api = await extension.activate();
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    await new Driver(api, socket).serve();
}

class Driver {
    private last: Uri | undefined;
    private queue: Promise<void> = Promise.resolve();
    private finish: () => void = () => {};

    constructor(
        private readonly api: Api,
        private readonly socket: Socket,
    ) {}

    async serve(): Promise<void> {
        const done = new Promise<void>((resolve) => {
            this.finish = resolve;
        });
        this.socket.on("error", () => this.finish());
        this.tell();
        const lines = createInterface({ input: this.socket });
        lines.on("line", (line) => this.receive(line));
        lines.on("close", () => this.finish());
        await done;
        await this.queue;
        await this.api.sidecar.stop();
        this.socket.destroy();
    }

    private send(line: object): void {
        if (this.socket.writable) {
            this.socket.write(`${JSON.stringify(line)}\n`);
        }
    }

    private tell(): void {
        this.send({ event: "ready", editor: `${env.appName} ${version}` });
        const { sidecar, store } = this.api;
        this.send({ event: "phase", phase: store.state.phase, reason: store.state.reason });
        sidecar.onPhase((change) => {
            this.send({ event: "phase", ...change });
            if (change.phase === "running") {
                this.send({ event: "sidecarStarted" });
            }
        });
        sidecar.onEnd((end) => this.send({ event: "sidecarEnded", ...end }));
        sidecar.onNotification(({ method, params }) => {
            this.send({
                event: method === "window/showMessage" ? "message" : method.replace("meta-log/", ""),
                ...params,
            });
        });
    }

    private receive(line: string): void {
        const command = parse(line);
        const id = command?.id ?? null;
        this.queue = this.queue.then(async () => {
            const settle = (result: Promise<Result>) =>
                result.then(
                    (members) => this.send({ id, ok: true, ...members }),
                    (error) => this.send({ id, ok: false, ...failure(error) }),
                );
            const started = this.start(command);
            const first = await started.catch(() => undefined);
            if (first !== undefined && isLater(first)) {
                void settle(first.later);
            } else {
                await settle(started as Promise<Result>);
                if (command?.op === "quit") {
                    this.finish();
                }
            }
        });
    }

    private async start(command: Command | undefined): Promise<Result | Later> {
        if (command === undefined) {
            throw new Error("a command is one JSON object in one line");
        }
        const operation = this.operations[String(command.op)];
        if (operation === undefined) {
            throw new Error(
                `unknown op ${JSON.stringify(command.op)}; known: ${Object.keys(this.operations).join(" ")}`,
            );
        }
        return operation(command);
    }

    private readonly operations: Record<string, Operation> = {
        open: async (command) => {
            const uri = this.resolve(text(command, "path"));
            const bytes = await Promise.resolve(workspace.fs.readFile(uri)).catch(() => undefined);
            if (bytes === undefined) {
                await workspace.fs.writeFile(uri, new Uint8Array());
            } else if (!isUtf8(bytes)) {
                throw new Error(`${uri.fsPath} is not UTF-8`);
            }
            // As a person opens it: a document opened by the extension interface is kept after its tab was closed.
            await commands.executeCommand("vscode.open", uri, { preview: false });
            this.last = uri;
            const document = this.document({});
            return { path: document.uri.fsPath, uri: document.uri.toString(), length: plain(document).length };
        },
        insert: (command) => this.change(command, [{ ...at(command), length: 0, text: text(command, "text") }]),
        delete: (command) => this.change(command, [{ ...at(command), length: integer(command, "length"), text: "" }]),
        replace: (command) => this.change(command, [replacement(command)]),
        // More than driving.md has: several replacements as one change, each told in the text the one before it left.
        change: (command) => this.change(command, (command.changes as Command[]).map(replacement)),
        text: async (command) => ({ text: plain(this.document(command)) }),
        digest: async (command) => {
            const shown = plain(this.document(command));
            return { sha256: sha256(shown), length: shown.length };
        },
        waitFor: async (command) => {
            const document = this.document(command);
            return { later: waitFor(document, condition(command), integer(command, "timeoutMillis", 10_000)) };
        },
        share: async (command) => {
            const uri = this.document(command).uri;
            return { later: this.share(uri) };
        },
        join: async (command) => {
            const path = command.path === undefined ? undefined : this.resolve(text(command, "path")).toString();
            // The document that it opens is the one that later commands act on, so they wait for it.
            const joined = await this.api.commands.join(text(command, "invitation"), path);
            if (joined === undefined) {
                throw new Error("nothing was joined");
            }
            this.last = Uri.parse(joined.uri);
            return { ...joined, path: this.last.fsPath };
        },
        // More than driving.md has: an invitation for one person, by the command.
        invite: async (command) => ({ later: this.run("meta-log.inviteCode", this.document(command).uri) }),
        // More than driving.md has: VS Code refuses to ask in a test run whether that is meant.
        putOut: async ({ peerId }) => ({ later: this.request("meta-log/memberRemove", { peerId }) }),
        leave: async (command) => {
            const uri = this.document(command).uri;
            return { later: this.api.commands.leave(uri).then(() => ({})) };
        },
        status: async () => ({ later: this.request("meta-log/status").then((status) => ({ status })) }),
        identity: async () => ({ later: this.request("meta-log/identity").then((identity) => ({ identity })) }),
        federate: async ({ broker }) => ({
            later: this.request("meta-log/federationInit", { broker }).then((connection) => ({ connection })),
        }),
        announce: async () => ({ later: this.request("meta-log/announce") }),
        peers: async () => ({ later: this.request("meta-log/peers") }),
        // More than driving.md has: as from the tree of peers.
        block: async ({ peerId }) => ({ later: this.run("meta-log.blockPeer", { peerId }) }),
        unblock: async ({ peerId }) => ({ later: this.run("meta-log.unblockPeer", { peerId }) }),
        sendFile: async ({ file, content }) => ({ later: this.request("meta-log/sendFile", { file, content }) }),
        sendMessage: async ({ peerId, payload }) => ({
            later: this.request("meta-log/sendMessage", { peerId, payload }),
        }),
        // More than driving.md has: by the commands.
        sendDocument: async (command) => ({ later: this.run("meta-log.sendFile", this.document(command).uri) }),
        sendText: async ({ peerId, text }) => ({ later: this.run("meta-log.sendMessage", { peerId }, text) }),
        publish: async ({ topic, message, qos = 1, retain = false }) => ({
            later: this.request("meta-log/mqttPublish", { topic, message, qos, retain }),
        }),
        subscribe: async ({ topic }) => ({ later: this.request("meta-log/mqttSubscribe", { topic }) }),
        unsubscribe: async ({ topic }) => ({ later: this.request("meta-log/mqttUnsubscribe", { topic }) }),
        look: async (command) => {
            const editor = await show(this.document(command));
            const head = position(editor.document, integer(command, "at"));
            const anchor = position(editor.document, integer(command, "anchor", integer(command, "at")));
            editor.selection = new Selection(anchor, head);
            return {};
        },
        type: async (command) => {
            for (;;) {
                const document = this.document(command);
                const active = window.activeTextEditor;
                const editor = active?.document === document ? active : await show(document);
                const at = editor.selection.active;
                if (await editor.edit((builder) => builder.insert(at, text(command, "text")))) {
                    return { length: plain(document).length };
                }
            }
        },
        others: async (command) => {
            const document = this.document(command);
            const others = this.api.presence.others(document).map(({ person, at = -1 }) => ({
                peerId: person.peerId,
                name: person.name ?? "",
                at: at < 0 ? at : document.getText().slice(0, at).replaceAll("\r\n", "\n").length,
                after: at < 0 ? "" : document.getText().slice(at, at + 4),
            }));
            return { others };
        },
        check: async (command) => {
            const document = this.document(command);
            const params = { uri: document.uri.toString(), version: document.version, sha256: sha256(plain(document)) };
            return { later: this.request("meta-log/digest", params) };
        },
        save: async (command) => {
            const document = this.document(command);
            await commands.executeCommand("vscode.open", document.uri, { preview: false });
            // The command of Ctrl+S, which also saves what has no changes.
            await commands.executeCommand("workbench.action.files.save");
            if (document.isDirty) {
                throw new Error(`${document.uri.fsPath} was not saved`);
            }
            return { bytes: (await workspace.fs.stat(document.uri)).size };
        },
        // More than driving.md has: ends the sidecar as a crash does.
        kill: async () => ({ killed: this.api.sidecar.running?.process.kill("SIGKILL") ?? false }),
        // More than driving.md has: VS Code's clipboard, which is not the browser's in a test run.
        clipboard: async () => ({ text: await env.clipboard.readText() }),
        // More than driving.md has: another language mode.
        language: async (command) => {
            await languages.setTextDocumentLanguage(this.document(command), text(command, "language"));
            return {};
        },
        // More than driving.md has: what is on disk again.
        revert: async (command) => {
            await show(this.document(command));
            await commands.executeCommand("workbench.action.files.revert");
            return {};
        },
        close: async (command) => {
            const { uri } = this.document(command);
            const tabs = window.tabGroups.all
                .flatMap((group) => group.tabs)
                .filter(({ input }) => input instanceof TabInputText && input.uri.toString() === uri.toString());
            // In a test run VS Code answers its own question whether to save: no.
            if (!(await window.tabGroups.close(tabs))) {
                throw new Error(`${uri.fsPath} was not closed`);
            }
            return {};
        },
        quit: async () => {
            await this.api.sidecar.stop();
            return {};
        },
    };

    private async share(uri: Uri): Promise<Result> {
        const { invitation, documentId } = await this.api.commands.share(uri);
        return { invitation, documentId };
    }

    private async run(command: string, ...target: unknown[]): Promise<Result> {
        return (await commands.executeCommand<Result>(command, ...target)) ?? {};
    }

    private async request(method: string, params?: object): Promise<Result> {
        const client = await this.api.sidecar.client();
        return params === undefined ? client.sendRequest<Result>(method) : client.sendRequest<Result>(method, params);
    }

    private resolve(path: string): Uri {
        const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "/";
        return Uri.file(isAbsolute(path) ? path : join(folder, path));
    }

    private document(command: Command): TextDocument {
        const uri = command.path === undefined ? this.last : this.resolve(text(command, "path"));
        const document = workspace.textDocuments.find((open) => open.uri.toString() === uri?.toString());
        if (document === undefined) {
            throw new Error(uri === undefined ? "no document was opened" : `${uri.fsPath} is not open`);
        }
        return document;
    }

    /** One change of the text the document has when it is made: the editor refuses an edit that came too late. */
    private async change(command: Command, changes: readonly Replacement[]): Promise<Result> {
        for (;;) {
            const document = this.document(command);
            const spans = untold(changes).map(({ at, length, text }) => ({
                range: new Range(position(document, at), position(document, at + length)),
                text,
            }));
            const editor =
                window.visibleTextEditors.find((visible) => visible.document === document) ?? (await show(document));
            const made = await editor.edit((builder) => {
                for (const { range, text } of spans) {
                    builder.replace(range, text);
                }
            });
            if (made) {
                return { length: plain(document).length };
            }
        }
    }
}

interface Replacement {
    readonly at: number;
    readonly length: number;
    readonly text: string;
}

function at(command: Command): { readonly at: number } {
    return { at: integer(command, "at") };
}

function replacement(command: Command): Replacement {
    return { ...at(command), length: integer(command, "length"), text: text(command, "text") };
}

/** The same changes, all told in the text before the first of them. They may not touch each other. */
function untold(changes: readonly Replacement[]): Replacement[] {
    return changes.map((change, index) => {
        let { at } = change;
        for (const earlier of changes.slice(0, index).reverse()) {
            if (at > earlier.at + earlier.text.length) {
                at -= earlier.text.length - earlier.length;
            } else if (at + change.length >= earlier.at) {
                throw new Error("changes made as one may not touch each other");
            }
        }
        return { ...change, at };
    });
}

async function show(document: TextDocument): Promise<TextEditor> {
    await commands.executeCommand("vscode.open", document.uri, { preview: false });
    const editor = window.visibleTextEditors.find((visible) => visible.document === document);
    if (editor === undefined) {
        throw new Error(`no editor shows ${document.uri.fsPath}`);
    }
    return editor;
}

function isLater(result: Result | Later): result is Later {
    return result.later instanceof Promise;
}

function parse(line: string): Command | undefined {
    try {
        const value: unknown = JSON.parse(line);
        return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Command) : undefined;
    } catch {
        return undefined;
    }
}

function failure(error: unknown): Result {
    const message = error instanceof Error ? error.message : String(error);
    // A refusal of the sidecar carries JSON-RPC's code.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return typeof code === "number" ? { error: message, code } : { error: message };
}

function text(command: Command, name: string): string {
    const value = command[name];
    if (typeof value !== "string") {
        throw new Error(`${name} has to be a text`);
    }
    return value;
}

function integer(command: Command, name: string, fallback?: number): number {
    const value = command[name] ?? fallback;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
        throw new Error(`${name} has to be a number of 0 or more`);
    }
    return value;
}

function plain(document: TextDocument): string {
    return document.getText().replace(/\r\n?/g, "\n");
}

/** Where an offset in the text with `\n` line ends lies. */
function position(document: TextDocument, offset: number): Position {
    const shown = plain(document);
    if (offset > shown.length) {
        throw new Error(`offset ${offset} is behind the end, ${shown.length}`);
    }
    const before = shown.slice(0, offset);
    if (/[\uD800-\uDBFF]$/.test(before) && /^[\uDC00-\uDFFF]/.test(shown.slice(offset))) {
        throw new Error(`offset ${offset} splits a surrogate pair`);
    }
    const lines = before.split("\n");
    return new Position(lines.length - 1, lines.at(-1)?.length ?? 0);
}

function sha256(shown: string): string {
    return createHash("sha256").update(shown, "utf8").digest("hex");
}

function isUtf8(bytes: Uint8Array): boolean {
    try {
        new TextDecoder("utf-8", { fatal: true }).decode(bytes);
        return true;
    } catch {
        return false;
    }
}

function condition(command: Command): (shown: string) => boolean {
    if (command.text !== undefined) {
        const wanted = text(command, "text");
        return (shown) => shown === wanted;
    }
    if (command.sha256 !== undefined) {
        const wanted = text(command, "sha256");
        return (shown) => sha256(shown) === wanted;
    }
    const wanted = text(command, "contains");
    return (shown) => shown.includes(wanted);
}

function waitFor(document: TextDocument, holds: (shown: string) => boolean, timeoutMillis: number): Promise<Result> {
    const started = performance.now();
    return new Promise((resolve, reject) => {
        const check = () => {
            if (holds(plain(document))) {
                clearTimeout(timer);
                listener.dispose();
                resolve({ waitedMillis: Math.round(performance.now() - started) });
            }
        };
        const listener = workspace.onDidChangeTextDocument((event) => {
            if (event.document === document) {
                check();
            }
        });
        const timer = setTimeout(() => {
            listener.dispose();
            const shown = plain(document);
            const start = JSON.stringify(shown.slice(0, 200));
            reject(
                new Error(`not so after ${timeoutMillis} ms: ${shown.length} characters, ${sha256(shown)}, ${start}`),
            );
        }, timeoutMillis);
        check();
    });
}

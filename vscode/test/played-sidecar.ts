/**
 * A sidecar played by a test, for what a real one cannot be made to do: old and impossible edits, ends at chosen moments,
 * a copy that differs. It keeps a mirror of every document from what the editor reports, and refuses what does not fit.
 */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";

type Json = Record<string, unknown>;

export interface Position {
    readonly line: number;
    readonly character: number;
}
export interface TextEdit {
    readonly range: { readonly start: Position; readonly end: Position };
    readonly newText: string;
}

/** One document as the editor reported it. */
export interface Mirror {
    text: string;
    version: number;
    saves: number;
    /** Called with the next change, in the moment it is reported. */
    readonly listeners: (() => void)[];
    /** The messages that were reported, in order. */
    readonly changes: { readonly version: number; readonly text: string; readonly contentChanges: readonly Json[] }[];
}

const WAIT_MILLIS = 3_000;

/** Waits until something holds, bounded; for the things that have no event. */
export async function eventually(what: string, holds: () => boolean, timeoutMillis = WAIT_MILLIS): Promise<void> {
    const end = performance.now() + timeoutMillis;
    while (!holds()) {
        if (performance.now() > end) {
            throw new Error(`not so after ${timeoutMillis} ms: ${what}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}

/** The version after this one, without delay: an edit for it is then on its way before the next key, as a sidecar's is. */
export async function versionAfter(mirror: Mirror, version: number): Promise<void> {
    if (mirror.version <= version) {
        await Promise.race([
            new Promise<void>((resolve) => mirror.listeners.push(resolve)),
            eventually(`a version after ${version}`, () => mirror.version > version),
        ]);
    }
}

/** What a lone peer knows of text: positions in UTF-16, lines ended by `\n`, `\r\n` or `\r`. */
export function offsetAt(text: string, { line, character }: Position): number {
    const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((match) => match.index + match[0].length)];
    const start = starts[line];
    if (start === undefined) {
        throw new Error(`no line ${line}`);
    }
    const end = /[\r\n]|$/.exec(text.slice(start))?.index ?? 0;
    if (character > end) {
        throw new Error(`line ${line} has ${end} characters, not ${character}`);
    }
    return start + character;
}

/** Line ends never decide a comparison. */
export function plain(text: string): string {
    return text.replace(/\r\n?/g, "\n");
}

/** What an answer gives to leave the request open until the editor cancels it. */
export const NEVER = Symbol("never");

/** What an answer throws to refuse the request. */
export class Refusal extends Error {
    constructor(
        readonly code: number,
        message: string,
    ) {
        super(message);
    }
}

export class PlayedSidecar {
    readonly documents = new Map<string, Mirror>();
    /** What the editor sent that does not fit; a test ends with this empty. */
    readonly faults: string[] = [];
    readonly requests: { readonly method: string; readonly params: Json }[] = [];
    /** How often an editor connected. */
    starts = 0;
    initializeParams: Json = {};
    /** Answers to requests of the editor; others are refused. */
    readonly answers = new Map<string, (params: Json) => unknown>();

    private socket: Socket | undefined;
    private nextId = 1;
    private readonly pending = new Map<number, (result: Json) => void>();

    private constructor(private readonly server: Server) {
        server.on("connection", (socket) => this.accept(socket));
    }

    static async listen(): Promise<PlayedSidecar> {
        const server = createServer({ noDelay: true });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        return new PlayedSidecar(server);
    }

    /** For META_LOG_COMMAND. */
    get command(): string {
        const address = this.server.address();
        const port = typeof address === "object" && address !== null ? address.port : 0;
        return [process.execPath, join(import.meta.dirname, "sidecar-pipe.mjs"), String(port)]
            .map((word) => word.replaceAll(" ", "\\ "))
            .join(" ");
    }

    /** The mirror of the document whose URI ends so. */
    mirror(name: string): Mirror | undefined {
        return [...this.documents].find(([uri]) => uri.endsWith(name))?.[1];
    }

    uri(name: string): string {
        const found = [...this.documents.keys()].find((uri) => uri.endsWith(name));
        if (found === undefined) {
            throw new Error(`${name} is not open`);
        }
        return found;
    }

    async shows(name: string, text: string): Promise<void> {
        await eventually(`${name} shows ${JSON.stringify(text).slice(0, 100)}`, () => {
            const mirror = this.mirror(name);
            return mirror !== undefined && plain(mirror.text) === text;
        }).catch((error) => {
            throw new Error(`${error.message}, but ${JSON.stringify(this.mirror(name)?.text)?.slice(0, 200)}`);
        });
    }

    edit(
        uri: string,
        version: number | null,
        edits: readonly TextEdit[],
    ): Promise<{ applied: boolean; failureReason?: string }> {
        const documentChanges = [{ textDocument: { uri, version }, edits }];
        return this.request("workspace/applyEdit", { edit: { documentChanges } }) as never;
    }

    notify(method: string, params: object): void {
        this.write({ jsonrpc: "2.0", method, params });
    }

    /** Ends the process as a crash does. */
    crash(): void {
        this.socket?.destroy();
    }

    close(): void {
        this.server.close();
        this.socket?.destroy();
    }

    private request(method: string, params: object): Promise<Json> {
        const id = this.nextId++;
        return new Promise((resolve) => {
            this.pending.set(id, resolve);
            this.write({ jsonrpc: "2.0", id, method, params });
        });
    }

    private write(message: object): void {
        const body = Buffer.from(JSON.stringify(message));
        this.socket?.write(`Content-Length: ${body.length}\r\n\r\n`);
        this.socket?.write(body);
    }

    private accept(socket: Socket): void {
        this.starts++;
        this.socket = socket;
        this.documents.clear();
        socket.on("error", () => {});
        let data = Buffer.alloc(0);
        socket.on("data", (chunk) => {
            data = Buffer.concat([data, chunk]);
            for (;;) {
                const end = data.indexOf("\r\n\r\n");
                const length = Number(
                    /Content-Length: (\d+)/i.exec(data.subarray(0, Math.max(0, end)).toString())?.[1],
                );
                if (end < 0 || data.length < end + 4 + length) {
                    return;
                }
                const body = data.subarray(end + 4, end + 4 + length);
                data = data.subarray(end + 4 + length);
                this.receive(JSON.parse(body.toString()));
            }
        });
    }

    private receive(message: Json): void {
        const { id, method, params = {} } = message as { id?: number; method?: string; params?: Json };
        if (method === undefined) {
            this.pending.get(Number(id))?.((message.result ?? {}) as Json);
            this.pending.delete(Number(id));
        } else if (id === undefined) {
            try {
                this.notified(method, params);
            } catch (error) {
                this.faults.push(`${method}: ${error}`);
            }
        } else {
            this.requested(id, method, params);
        }
    }

    private requested(id: number, method: string, params: Json): void {
        this.requests.push({ method, params });
        if (method === "initialize") {
            this.initializeParams = params;
        }
        const answer = this.answers.get(method) ?? STANDARD_ANSWERS[method];
        try {
            if (answer === undefined) {
                throw new Refusal(-32601, `${method} is not played`);
            }
            const result = answer(params);
            if (result !== NEVER) {
                this.write({ jsonrpc: "2.0", id, result });
            }
        } catch (error) {
            const code = error instanceof Refusal ? error.code : -32603;
            this.write({ jsonrpc: "2.0", id, error: { code, message: String((error as Error).message) } });
        }
    }

    private notified(method: string, params: Json): void {
        const { uri, version, text } = (params.textDocument ?? {}) as { uri: string; version: number; text: string };
        const mirror = this.documents.get(uri);
        switch (method) {
            case "$/cancelRequest":
                this.write({ jsonrpc: "2.0", id: params.id, error: { code: -32800, message: "cancelled" } });
                break;
            case "textDocument/didOpen":
                this.expect(mirror === undefined, `${uri} opened twice`);
                this.documents.set(uri, { text, version, saves: 0, listeners: [], changes: [] });
                break;
            case "textDocument/didChange": {
                const contentChanges = params.contentChanges as (Partial<TextEdit> & { text: string })[];
                if (mirror === undefined) {
                    throw new Error(`${uri} changed before it was opened`);
                }
                const isWhole = contentChanges.length === 1 && contentChanges[0]?.range === undefined;
                this.expect(
                    version > mirror.version || (isWhole && version === mirror.version),
                    "the version did not grow",
                );
                for (const change of contentChanges) {
                    mirror.text = changed(mirror.text, change);
                }
                mirror.version = version;
                mirror.changes.push({
                    version,
                    text: mirror.text,
                    contentChanges: contentChanges as unknown as Json[],
                });
                for (const listener of mirror.listeners.splice(0)) {
                    listener();
                }
                break;
            }
            case "textDocument/didSave":
                if (mirror !== undefined) {
                    mirror.saves++;
                }
                break;
            case "textDocument/didClose":
                this.expect(this.documents.delete(uri), `${uri} closed, but was not open`);
                break;
        }
    }

    private expect(holds: boolean, otherwise: string): void {
        if (!holds) {
            throw new Error(otherwise);
        }
    }
}

function changed(text: string, change: Partial<TextEdit> & { text: string }): string {
    if (change.range === undefined) {
        return change.text;
    }
    return (
        text.slice(0, offsetAt(text, change.range.start)) + change.text + text.slice(offsetAt(text, change.range.end))
    );
}

const STANDARD_ANSWERS: Record<string, (params: Json) => unknown> = {
    initialize: () => ({
        capabilities: {
            positionEncoding: "utf-16",
            textDocumentSync: { openClose: true, change: 2, save: true },
            executeCommandProvider: {
                commands: ["meta-log.share", "meta-log.join", "meta-log.leave", "meta-log.peers", "meta-log.status"],
            },
            experimental: { metaLog: { protocolVersion: 1, minProtocolVersion: 1, workspace: "file:///" } },
        },
    }),
    shutdown: () => null,
    "meta-log/digest": () => ({ verdict: "equal" }),
    "meta-log/status": () => ({
        peerId: "none",
        workspace: "file:///",
        connections: [],
        peers: 0,
        documents: [],
        refused: [],
        divergences: { found: 0, healed: 0 },
    }),
    "meta-log/peers": () => ({ peers: [] }),
    "meta-log/peerList": () => ({ peers: [] }),
};

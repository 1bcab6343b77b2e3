/**
 * Keeps the sidecar's copy of every open document equal to the editor's: middleware around vscode-languageclient's own
 * text synchronisation, whose gaps it closes.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { type Disposable, type TextDocument, type TextDocumentChangeEvent, type Uri, workspace } from "vscode";
import {
    DidChangeTextDocumentNotification,
    DidCloseTextDocumentNotification,
    DidOpenTextDocumentNotification,
    type LanguageClient,
    type Middleware,
} from "vscode-languageclient/node";

/** How long a revert may wait for the document to be closed. Closing comes within milliseconds, also for many. */
const CLOSING_MILLIS = 500;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Every language, but only documents that a person edits. */
export const DOCUMENT_SELECTOR = [{ scheme: "file" }, { scheme: "untitled" }];

/**
 * What one sidecar process was told of the open documents. A new process gets a new one.
 *
 * A document is open while a person sees it: in a tab or a visible editor. VS Code also keeps documents that nobody sees
 * any more (for minutes, when an extension opened them), and an edit to one of those would bring its tab back.
 */
export class OpenDocuments implements Disposable {
    /** URI → the version last reported. */
    private readonly reported = new Map<string, number>();
    private readonly listeners: Disposable[] = [];
    /** URI → a revert that is told when it turns out that the document stays open. */
    private readonly held = new Map<string, Held>();
    private client: LanguageClient | undefined;

    readonly middleware: Middleware = {
        didOpen: async (document, next) => {
            // Called in an order of the client's own: with the present text, and for documents that nobody sees.
            if (!this.isOpen(document.uri) && this.client?.visibleDocuments.isVisible(document)) {
                this.reported.set(document.uri.toString(), document.version);
                await next(document);
            }
        },
        didChange: async (event, next) => {
            const { uri, version } = event.document;
            const reported = this.reported.get(uri.toString());
            if (reported === undefined || version <= reported) {
                return;
            }
            this.release(uri);
            this.reported.set(uri.toString(), version);
            if (isRevert(event)) {
                this.hold(uri, () => next(event));
            } else {
                await next(event);
            }
        },
        didSave: async (document, next) => {
            if (this.isOpen(document.uri)) {
                this.release(document.uri);
                await next(document);
            }
        },
        didClose: async (document, next) => {
            this.drop(document.uri);
            if (this.reported.delete(document.uri.toString())) {
                await next(document);
            }
        },
    };

    /** The client that this object's middleware belongs to; said once, before the client starts. */
    attach(client: LanguageClient): void {
        this.client = client;
        const { onOpen, onClose } = client.visibleDocuments;
        this.listeners.push(
            onOpen((uris) => this.forEach(uris, DidOpenTextDocumentNotification.method)),
            onClose((uris) => this.forEach(uris, DidCloseTextDocumentNotification.method)),
        );
    }

    /** Opens all that is seen and was not told yet. */
    openAll(): void {
        this.forEach(
            workspace.textDocuments.map((document) => document.uri),
            DidOpenTextDocumentNotification.method,
        );
    }

    isOpen(uri: Uri): boolean {
        return this.reported.has(uri.toString());
    }

    /** Tells the whole text as one change, which heals a sidecar whose copy differs. */
    async reportWhole(document: TextDocument): Promise<void> {
        this.release(document.uri);
        await this.client?.sendNotification(DidChangeTextDocumentNotification.type, {
            textDocument: { uri: document.uri.toString(), version: document.version },
            contentChanges: [{ text: document.getText() }],
        });
    }

    dispose(): void {
        for (const { timer } of this.held.values()) {
            clearTimeout(timer);
        }
        this.held.clear();
        for (const listener of this.listeners) {
            listener.dispose();
        }
        const documents = this.client?.visibleDocuments;
        // The client makes it, and forgets to dispose of it when it stops.
        if (documents !== undefined && "dispose" in documents && typeof documents.dispose === "function") {
            documents.dispose();
        }
    }

    /**
     * A revert of unsaved text is what VS Code does when a document is closed without saving. Told as a change, it would
     * take the text back for everybody who has it; so it waits until the document is closed, and then is not told.
     */
    private hold(uri: Uri, tell: () => Promise<void>): void {
        const timer = setTimeout(() => this.release(uri), CLOSING_MILLIS);
        this.held.set(uri.toString(), { tell, timer });
    }

    /** Tells what was held. Called before anything else is told of the document, so the order stays. */
    private release(uri: Uri): void {
        const held = this.drop(uri);
        held?.tell().catch(() => {});
    }

    private drop(uri: Uri): Held | undefined {
        const held = this.held.get(uri.toString());
        clearTimeout(held?.timer);
        this.held.delete(uri.toString());
        return held;
    }

    private forEach(uris: Iterable<Uri>, method: "textDocument/didOpen" | "textDocument/didClose"): void {
        const wanted = new Set([...uris].map((uri) => uri.toString()));
        for (const document of workspace.textDocuments) {
            if (wanted.has(document.uri.toString())) {
                // There is no provider while the client does not run; what is open then is told when it does.
                const provider = this.client?.getFeature(method as "textDocument/didOpen").getProvider(document);
                provider?.send(document).catch(() => {});
            }
        }
    }
}

interface Held {
    readonly tell: () => Promise<void>;
    readonly timer: NodeJS.Timeout;
}

/**
 * Whether a change takes the document back to the text on disk, as a revert does: whole lines in one change, which is
 * neither undo nor redo.
 */
function isRevert({ document, contentChanges, reason }: TextDocumentChangeEvent): boolean {
    const [change, ...others] = contentChanges;
    const isCandidate =
        change !== undefined &&
        others.length === 0 &&
        reason === undefined &&
        change.range.start.character === 0 &&
        document.uri.scheme === "file";
    return isCandidate && isOnDisk(document);
}

/** Read at once, not later: whether a change is told has to be known before the next one. */
function isOnDisk(document: TextDocument): boolean {
    const bytes = Buffer.from(document.getText(), "utf8");
    try {
        const size = statSync(document.uri.fsPath).size;
        if (size !== bytes.length && size !== bytes.length + BYTE_ORDER_MARK.length) {
            return false;
        }
        const saved = readFileSync(document.uri.fsPath);
        return saved.equals(bytes) || saved.equals(Buffer.concat([BYTE_ORDER_MARK, bytes]));
    } catch {
        // No such file, or not readable: then this is no revert to it.
        return false;
    }
}

/** SHA-256 over the UTF-8 bytes of a text with `\n` line ends, in hexadecimal digits. */
export function digest(text: string): string {
    return createHash("sha256").update(text.replace(/\r\n?/g, "\n"), "utf8").digest("hex");
}

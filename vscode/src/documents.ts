/**
 * Keeps the sidecar's copy of every open document equal to the editor's: middleware around vscode-languageclient's own
 * text synchronisation, whose gaps it closes.
 */
import { createHash } from "node:crypto";
import { type Disposable, type TextDocument, type Uri, workspace } from "vscode";
import {
    DidChangeTextDocumentNotification,
    DidCloseTextDocumentNotification,
    DidOpenTextDocumentNotification,
    type LanguageClient,
    type Middleware,
} from "vscode-languageclient/node";

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
            if (reported !== undefined && version > reported) {
                this.reported.set(uri.toString(), version);
                await next(event);
            }
        },
        didSave: async (document, next) => {
            if (this.isOpen(document.uri)) {
                await next(document);
            }
        },
        didClose: async (document, next) => {
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
        await this.client?.sendNotification(DidChangeTextDocumentNotification.type, {
            textDocument: { uri: document.uri.toString(), version: document.version },
            contentChanges: [{ text: document.getText() }],
        });
    }

    dispose(): void {
        for (const listener of this.listeners) {
            listener.dispose();
        }
        const documents = this.client?.visibleDocuments;
        // The client makes it, and forgets to dispose of it when it stops.
        if (documents !== undefined && "dispose" in documents && typeof documents.dispose === "function") {
            documents.dispose();
        }
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

/** SHA-256 over the UTF-8 bytes of a text with `\n` line ends, in hexadecimal digits. */
export function digest(text: string): string {
    return createHash("sha256").update(text.replace(/\r\n?/g, "\n"), "utf8").digest("hex");
}

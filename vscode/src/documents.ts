/**
 * Keeps the sidecar's copy of every open document equal to the editor's: middleware around vscode-languageclient's own
 * text synchronisation, whose gaps it closes.
 */
import { createHash } from "node:crypto";
import { type TextDocument, workspace } from "vscode";
import {
    DidChangeTextDocumentNotification,
    DidOpenTextDocumentNotification,
    type LanguageClient,
    type Middleware,
} from "vscode-languageclient/node";

/** Every language, but only documents that a person edits. */
export const DOCUMENT_SELECTOR = [{ scheme: "file" }, { scheme: "untitled" }];

/** What one sidecar process was told of the open documents. A new process gets a new one. */
export class OpenDocuments {
    /** URI → the version last reported. */
    private readonly reported = new Map<string, number>();
    private client: LanguageClient | undefined;

    /** The client that this object's middleware belongs to; said once, before the client starts. */
    attach(client: LanguageClient): void {
        this.client = client;
    }

    readonly middleware: Middleware = {
        didOpen: async (document, next) => {
            if (!this.reported.has(document.uri.toString())) {
                this.reported.set(document.uri.toString(), document.version);
                await next(document);
            }
        },
        didChange: async (event, next) => {
            const uri = event.document.uri.toString();
            const reported = this.reported.get(uri);
            if (reported === undefined) {
                await this.open(event.document);
            } else if (event.document.version > reported) {
                this.reported.set(uri, event.document.version);
                await next(event);
            }
        },
        didClose: async (document, next) => {
            if (this.reported.delete(document.uri.toString())) {
                await next(document);
            }
        },
        didSave: async (document, next) => {
            if (this.reported.has(document.uri.toString())) {
                await next(document);
            }
        },
    };

    /**
     * Opens what the language client has put off: it opens documents without a visible tab only before its next message,
     * with the text of that moment. Were that message such a document's own change, the change would be told twice.
     */
    async openAll(): Promise<void> {
        await Promise.all(workspace.textDocuments.map((document) => this.open(document)));
    }

    isOpen(document: TextDocument): boolean {
        return this.reported.has(document.uri.toString());
    }

    /** Tells the whole text as one change, which heals a sidecar whose copy differs. */
    async reportWhole(document: TextDocument): Promise<void> {
        this.reported.set(document.uri.toString(), document.version);
        await this.client?.sendNotification(DidChangeTextDocumentNotification.type, {
            textDocument: { uri: document.uri.toString(), version: document.version },
            contentChanges: [{ text: document.getText() }],
        });
    }

    private async open(document: TextDocument): Promise<void> {
        if (!this.isOpen(document)) {
            await this.client?.getFeature(DidOpenTextDocumentNotification.method).getProvider(document)?.send(document);
        }
    }
}

/** SHA-256 over the UTF-8 bytes of a text with `\n` line ends, in hexadecimal digits. */
export function digest(text: string): string {
    return createHash("sha256").update(text.replace(/\r\n?/g, "\n"), "utf8").digest("hex");
}

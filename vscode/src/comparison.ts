/**
 * Compares live documents with the sidecar's copy on save and when typing rests, and heals a difference: with the whole
 * text, which is also what resumes a document that the sidecar paused because a change did not fit.
 */
import { type Disposable, type TextDocument, Uri, workspace } from "vscode";
import { digest } from "./documents";
import { findDocument } from "./edits";
import { DigestRequest } from "./protocol";
import type { Sidecar } from "./sidecar";
import type { Store } from "./store";

const IDLE_MILLIS = 1_000;

export class Comparison implements Disposable {
    private readonly timers = new Map<string, NodeJS.Timeout>();
    /** URI → the version whose whole text was sent last, so that a text that is refused is not sent again and again. */
    private readonly healed = new Map<string, number>();
    private readonly listeners: Disposable[];

    constructor(
        private readonly sidecar: Sidecar,
        private readonly store: Store,
        private readonly warn: (message: string) => void,
    ) {
        this.listeners = [
            workspace.onDidChangeTextDocument(({ document }) => this.schedule(document)),
            workspace.onDidSaveTextDocument((document) => this.schedule(document)),
            workspace.onDidCloseTextDocument((document) => this.cancel(document.uri.toString())),
            sidecar.onPhase(() => this.healed.clear()),
            sidecar.onNotification(({ method, params }) => {
                const document =
                    method === "meta-log/documentStatus" && params.state === "paused"
                        ? findDocument(Uri.parse(params.uri))
                        : undefined;
                if (document !== undefined) {
                    this.heal(document, "is paused").catch((error) => this.warn(`healing: ${error}`));
                }
            }),
        ];
    }

    dispose(): void {
        for (const uri of [...this.timers.keys()]) {
            this.cancel(uri);
        }
        for (const listener of this.listeners) {
            listener.dispose();
        }
    }

    private schedule(document: TextDocument): void {
        const uri = document.uri.toString();
        this.cancel(uri);
        if (this.store.state.documents.has(uri)) {
            const compare = () =>
                this.compare(document).catch((error) => this.warn(`comparing ${uri} failed: ${error}`));
            this.timers.set(uri, setTimeout(compare, IDLE_MILLIS));
        }
    }

    private cancel(uri: string): void {
        clearTimeout(this.timers.get(uri));
        this.timers.delete(uri);
    }

    private async compare(document: TextDocument): Promise<void> {
        const uri = document.uri.toString();
        this.timers.delete(uri);
        const run = this.sidecar.running;
        if (run === undefined || !run.documents.isOpen(document.uri)) {
            return;
        }
        const { version } = document;
        const { verdict } = await run.client.sendRequest(DigestRequest, {
            uri,
            version,
            sha256: digest(document.getText()),
        });
        const unchanged = document.version === version && !document.isClosed;
        if (verdict === "busy" && unchanged) {
            this.schedule(document);
        } else if (verdict === "different" && unchanged && this.sidecar.running === run) {
            await this.heal(document, "differs from the sidecar's copy");
        }
    }

    private async heal(document: TextDocument, why: string): Promise<void> {
        const uri = document.uri.toString();
        const documents = this.sidecar.running?.documents;
        if (documents?.isOpen(document.uri) && this.healed.get(uri) !== document.version) {
            this.healed.set(uri, document.version);
            this.warn(`${uri} ${why} at version ${document.version}; sending the whole text`);
            await documents.reportWhole(document);
        }
    }
}

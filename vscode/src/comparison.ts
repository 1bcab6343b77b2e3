/** Compares live documents with the sidecar's copy on save and when typing rests, and heals a difference. */
import { type Disposable, type TextDocument, workspace } from "vscode";
import { digest } from "./documents";
import { DigestRequest } from "./protocol";
import type { Sidecar } from "./sidecar";
import type { Store } from "./store";

const IDLE_MILLIS = 1_000;

export class Comparison implements Disposable {
    private readonly timers = new Map<string, NodeJS.Timeout>();
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
        // A paused document waits for its person: its text may be meant to differ.
        if (run === undefined || !run.documents.isOpen(document.uri) || this.isPaused(uri)) {
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
            this.warn(`${uri} differed from the sidecar's copy at version ${version}; sending the whole text`);
            await run.documents.reportWhole(document);
        }
    }

    private isPaused(uri: string): boolean {
        return this.store.state.documents.get(uri)?.state === "paused";
    }
}

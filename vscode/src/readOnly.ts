/**
 * Keeps people from typing where they may only read: what they type there would reach nobody. VS Code can do that for the
 * editor in front alone, so it is done when a document comes to the front.
 */
import { commands, type Disposable, window } from "vscode";
import type { Store } from "./store";

const FORBID = "workbench.action.files.setActiveEditorReadonlyInSession";
const ALLOW = "workbench.action.files.resetActiveEditorReadonlyInSession";

export class ReadOnly implements Disposable {
    /** URIs of documents that were made read-only here. */
    private readonly forbidden = new Set<string>();
    private readonly listeners: Disposable[];

    constructor(
        private readonly store: Store,
        private readonly warn: (message: string) => void,
    ) {
        this.listeners = [store.onChange(() => this.look()), window.onDidChangeActiveTextEditor(() => this.look())];
    }

    dispose(): void {
        for (const listener of this.listeners) {
            listener.dispose();
        }
    }

    private look(): void {
        const uri = window.activeTextEditor?.document.uri.toString();
        if (uri === undefined) {
            return;
        }
        const forbid = this.store.state.documents.get(uri)?.readOnly === true;
        if (forbid === this.forbidden.has(uri)) {
            return;
        }
        if (forbid) {
            this.forbidden.add(uri);
        } else {
            this.forbidden.delete(uri);
        }
        commands
            .executeCommand(forbid ? FORBID : ALLOW)
            .then(undefined, (error) => this.warn(`${uri} could not be made read-only or writable: ${error}`));
    }
}

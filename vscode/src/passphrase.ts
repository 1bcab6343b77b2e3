/** What opens the identity, when its owner protects it: asked for once, kept in VS Code's secret storage. */
import { type Disposable, type SecretStorage, window, workspace } from "vscode";
import { type LanguageClient, ResponseError, Trace } from "vscode-languageclient/node";
import { LOCKED, UnlockRequest } from "./protocol";
import type { Sidecar } from "./sidecar";

/** Hands the passphrase to each sidecar that wants one. */
export class Passphrase implements Disposable {
    private readonly listener: Disposable;
    private asking = false;

    constructor(
        private readonly sidecar: Sidecar,
        private readonly secrets: SecretStorage,
        private readonly warn: (message: string) => void,
    ) {
        this.listener = sidecar.onNotification(({ method, params }) => {
            if (method === "meta-log/locked") {
                this.unlock(params.keystore).catch((error) => this.warn(`opening the identity: ${error}`));
            }
        });
    }

    dispose(): void {
        this.listener.dispose();
    }

    private async unlock(keystore: string): Promise<void> {
        if (this.asking) {
            return;
        }
        this.asking = true;
        try {
            const client = await this.sidecar.client();
            const key = `passphrase of ${keystore}`;
            const kept = await this.secrets.get(key);
            if (kept !== undefined && (await opens(client, kept))) {
                return;
            }
            let wrong = kept !== undefined;
            for (;;) {
                const typed = await ask(keystore, wrong);
                if (!typed) {
                    return;
                }
                if (await opens(client, typed)) {
                    await this.secrets.store(key, typed);
                    return;
                }
                wrong = true;
            }
        } finally {
            this.asking = false;
        }
    }
}

/** A function of VS Code's own, so that it is asked as other passwords are. */
function ask(keystore: string, wrong: boolean): Thenable<string | undefined> {
    return window.showInputBox({
        title: "Open Your meta-log Identity",
        prompt: `${wrong ? "That was not it. " : ""}The passphrase of ${keystore}`,
        password: true,
        ignoreFocusOut: true,
    });
}

/** Whether this passphrase was right. It is kept out of the trace of messages that a person may have switched on. */
async function opens(client: LanguageClient, passphrase: string): Promise<boolean> {
    await client.setTrace(Trace.Off);
    try {
        await client.sendRequest(UnlockRequest, { passphrase });
        return true;
    } catch (refusal) {
        if (refusal instanceof ResponseError && refusal.code === LOCKED) {
            return false;
        }
        throw refusal;
    } finally {
        await client.setTrace(Trace.fromString(workspace.getConfiguration("meta-log").get("trace.server", "off")));
    }
}

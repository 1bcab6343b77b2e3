/** Files and messages that peers send each other in public, signed. What arrives here was verified by the sidecar. */
import { basename } from "node:path";
import { commands, type LogOutputChannel, type QuickPickItem, Uri, window, workspace } from "vscode";
import type { CommandContext } from "./commands";
import {
    type FileReceived,
    type Notification,
    type PeerMessage,
    PeersRequest,
    SendFileRequest,
    SendMessageRequest,
    type Sent,
} from "./protocol";

/** Somebody may send hundreds: the others are in the log. */
const SHOWN_EVERY_MILLIS = 5_000;
const LONGEST_SHOWN = 200;

/** Sends a document as it is shown, saved or not, to everybody at the broker. */
export async function sendFile({ sidecar }: CommandContext, uri: Uri): Promise<Sent> {
    const document = await workspace.openTextDocument(uri);
    const inside = workspace.getWorkspaceFolder(uri) !== undefined;
    const file = inside ? workspace.asRelativePath(uri, false) : basename(uri.path);
    const client = await sidecar.client();
    const sent = await client.sendRequest(SendFileRequest, { file, content: document.getText() });
    void window.showInformationMessage(`${file} was sent to everybody at ${sent.broker}.`);
    return sent;
}

/** Sends a text to one peer, or to one that the person picks; `undefined` when none was, or nothing was written. */
export async function sendMessage(
    context: CommandContext,
    target?: unknown,
    written?: string,
): Promise<Sent | undefined> {
    const client = await context.sidecar.client();
    const peerId = peerOf(target) ?? (await pick((await client.sendRequest(PeersRequest)).peers));
    if (peerId === undefined) {
        return undefined;
    }
    const prompt = "Everybody at the broker can read it";
    const message = written ?? (await window.showInputBox({ title: `Message to ${peerId}`, prompt }));
    if (message === undefined) {
        return undefined;
    }
    return client.sendRequest(SendMessageRequest, { peerId, payload: JSON.stringify(message) });
}

/** The peer meant by an argument: its id, or a node of the tree. */
function peerOf(target: unknown): string | undefined {
    if (typeof target === "string") {
        return target;
    }
    return typeof target === "object" && target !== null && "peerId" in target ? String(target.peerId) : undefined;
}

async function pick(peers: readonly { readonly peerId: string; readonly lastSeen: string }[]) {
    const items = peers.map(({ peerId, lastSeen }): QuickPickItem => ({ label: peerId, description: lastSeen }));
    const choice = await window.showQuickPick(items, {
        title: "Send a Message",
        placeHolder: items.length === 0 ? "Nobody announces itself now" : "Who announces itself now",
    });
    return choice?.label;
}

/** Shows the person what arrives, and everything of it in the log. */
export class Arrivals {
    private shownMillis = 0;

    constructor(private readonly log: LogOutputChannel) {}

    hear(notification: Notification): void {
        if (notification.method === "meta-log/fileReceived") {
            this.file(notification.params);
        } else if (notification.method === "meta-log/peerMessage") {
            this.message(notification.params);
        }
    }

    private file({ peerId, file, uri, kept, explanation }: FileReceived): void {
        const from = peerId.slice(0, "peer-".length + 8);
        const why = explanation ? ` ${explanation}` : "";
        const text = kept ? `${from} sent ${file}.${why}` : `${from} sent ${file}, and it was not kept.${why}`;
        this.log.info(`${text} ${uri ?? ""}`);
        if (!this.mayShow()) {
            return;
        }
        if (!kept || !uri) {
            void window.showWarningMessage(`meta-log: ${text}`);
            return;
        }
        void window.showInformationMessage(`meta-log: ${text}`, "Open").then((choice) => {
            if (choice !== undefined) {
                void commands.executeCommand("vscode.open", Uri.parse(uri));
            }
        });
    }

    private message({ from, payload }: PeerMessage): void {
        this.log.info(`${from} says: ${payload}`);
        if (this.mayShow()) {
            const text = payload.startsWith('"') ? String(JSON.parse(payload)) : payload;
            const cut = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
            void window.showInformationMessage(`${from.slice(0, "peer-".length + 8)}: ${cut}`);
        }
    }

    private mayShow(): boolean {
        const now = Date.now();
        const may = now - this.shownMillis >= SHOWN_EVERY_MILLIS;
        this.shownMillis = may ? now : this.shownMillis;
        return may;
    }
}

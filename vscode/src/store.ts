/** Holds the state, and keeps it up to date with what the sidecar says. */
import { type Disposable, EventEmitter, Uri } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type Notification, PeerListRequest, PeersRequest, StatusRequest } from "./protocol";
import type { Sidecar } from "./sidecar";
import {
    initialState,
    type State,
    withConnection,
    withDocument,
    withoutDocument,
    withoutPeer,
    withPeer,
    withPeerStatus,
    withPhase,
} from "./state";

export class Store implements Disposable {
    private readonly changes = new EventEmitter<State>();
    private readonly listeners: Disposable[];
    private current = initialState;

    readonly onChange = this.changes.event;

    constructor(sidecar: Sidecar) {
        this.listeners = [
            sidecar.onPhase(({ phase, reason }) => {
                this.set(withPhase(this.current, phase, reason));
            }),
            sidecar.onNotification((notification) => this.set(this.after(notification))),
        ];
    }

    get state(): State {
        return this.current;
    }

    /** A document that is no longer live; the sidecar says nothing more of it. */
    forget(uri: Uri): void {
        this.set(withoutDocument(this.current, uri.toString()));
    }

    /** Asks the sidecar for all of it, for what was said before anybody listened. */
    async refresh(client: LanguageClient): Promise<State> {
        const [status, { peers }, known] = await Promise.all([
            client.sendRequest(StatusRequest),
            client.sendRequest(PeersRequest),
            client.sendRequest(PeerListRequest),
        ]);
        let state: State = { ...initialState, phase: this.current.phase, reason: this.current.reason };
        state = status.connections.reduce(withConnection, state);
        state = status.documents.reduce((all, document) => withDocument(all, key(document.uri), document), state);
        state = peers.reduce(withPeer, state);
        state = known.peers.reduce((all, { peerId, status }) => withPeerStatus(all, peerId, status), state);
        this.set(state);
        return state;
    }

    dispose(): void {
        for (const listener of this.listeners) {
            listener.dispose();
        }
        this.changes.dispose();
    }

    private after(notification: Notification): State {
        switch (notification.method) {
            case "meta-log/connection":
                return withConnection(this.current, notification.params);
            case "meta-log/documentStatus":
                return withDocument(this.current, key(notification.params.uri), notification.params);
            case "meta-log/peerDiscovered":
                return withPeer(this.current, notification.params);
            case "meta-log/peerLeft":
                return withoutPeer(this.current, notification.params.peerId);
            case "meta-log/peerStatus":
                return withPeerStatus(this.current, notification.params.peerId, notification.params.status);
            case "meta-log/locked":
            case "meta-log/presenceChanged":
            case "meta-log/memberAsks":
            case "meta-log/messageReceived":
            case "meta-log/fileReceived":
            case "meta-log/peerMessage":
            case "window/showMessage":
                return this.current;
        }
    }

    private set(state: State): void {
        if (state !== this.current) {
            this.current = state;
            this.changes.fire(state);
        }
    }
}

/** A URI as VS Code writes it, so that both ends' spellings find one entry. */
function key(uri: string): string {
    return Uri.parse(uri).toString();
}

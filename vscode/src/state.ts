/**
 * What the extension knows of the sidecar, and how it is said in the status bar. No editor in it: values in, values out.
 */
import type { Connection, DocumentStatus, Peer, PeerStatus } from "./protocol";

/** How the sidecar process does. */
export type Phase = "stopped" | "starting" | "running" | "waiting";

/** All that is shown. Replaced, never changed in place. */
export interface State {
    readonly phase: Phase;
    /** Why the sidecar does not run and what to do; empty when nothing is wrong. */
    readonly reason: string;
    /** By broker. */
    readonly connections: ReadonlyMap<string, Connection>;
    /** By URI, as the editor writes it. */
    readonly documents: ReadonlyMap<string, DocumentStatus>;
    /** By peer id. */
    readonly peers: ReadonlyMap<string, Peer>;
    /** By peer id, also of those that are not here. */
    readonly statuses: ReadonlyMap<string, PeerStatus>;
}

export const initialState: State = {
    phase: "stopped",
    reason: "",
    connections: new Map(),
    documents: new Map(),
    peers: new Map(),
    statuses: new Map(),
};

/** A new phase. What a sidecar said holds only while it runs, so a change away from `running` forgets it. */
export function withPhase(state: State, phase: Phase, reason: string): State {
    return phase === "running" ? { ...state, phase, reason } : { ...initialState, phase, reason };
}

export function withConnection(state: State, connection: Connection): State {
    return { ...state, connections: with_(state.connections, connection.broker, connection) };
}

export function withDocument(state: State, uri: string, status: DocumentStatus): State {
    return { ...state, documents: with_(state.documents, uri, status) };
}

export function withoutDocument(state: State, uri: string): State {
    return { ...state, documents: without(state.documents, uri) };
}

export function withPeer(state: State, peer: Peer): State {
    return { ...state, peers: with_(state.peers, peer.peerId, peer) };
}

export function withoutPeer(state: State, peerId: string): State {
    return { ...state, peers: without(state.peers, peerId) };
}

export function withPeerStatus(state: State, peerId: string, status: PeerStatus): State {
    return { ...state, statuses: with_(state.statuses, peerId, status) };
}

/** Those that are here, and those that are blocked: a blocked one is heard no more, and has to be found all the same. */
export function shownPeers(state: State): readonly string[] {
    const blocked = [...state.statuses].filter(([, status]) => status === "blocked").map(([peerId]) => peerId);
    return [...new Set([...state.peers.keys(), ...blocked])];
}

/** What the status bar shows. */
export interface StatusLine {
    /** With a codicon in front, as VS Code writes them. */
    readonly text: string;
    /** Plain text, one fact in a line. */
    readonly tooltip: string;
    readonly severity: "normal" | "warning" | "error";
}

/** The line for the document in front, or for the whole when that is not live. */
export function statusLine(state: State, uri: string | undefined): StatusLine {
    switch (state.phase) {
        case "stopped":
            return state.reason
                ? { text: "$(error) meta-log: stopped", tooltip: state.reason, severity: "error" }
                : { text: "$(circle-slash) meta-log: stopped", tooltip: "Not started", severity: "normal" };
        case "starting":
            return { text: "$(sync~spin) meta-log: starting", tooltip: state.reason, severity: "normal" };
        case "waiting":
            return { text: "$(warning) meta-log: restarting", tooltip: state.reason, severity: "warning" };
        case "running":
            break;
    }
    const facts = [...state.connections.values()].map(connectionText);
    const document = uri === undefined ? undefined : state.documents.get(uri);
    if (document !== undefined) {
        const line = documentLine(document);
        return { ...line, tooltip: [line.tooltip, ...facts].join("\n") };
    }
    const connected = [...state.connections.values()].some((connection) => connection.state === "connected");
    return {
        text: connected ? "$(broadcast) meta-log" : "$(debug-disconnect) meta-log: offline",
        tooltip: ["This document is not live", ...facts].join("\n"),
        severity: "normal",
    };
}

/** One line for people: where a broker is and how it stands. */
export function connectionText(connection: Connection): string {
    const where = connection.embedded ? `${connection.broker} (on this machine)` : connection.broker;
    const why = connection.explanation ? `: ${connection.explanation}` : "";
    return `${where} ${connection.state}${why}`;
}

/** One phrase for people: `in sync`, `3 changes unsent`, … */
export function documentText(document: DocumentStatus): string {
    switch (document.state) {
        case "in-sync":
            return document.readOnly ? "in sync, read only" : "in sync";
        case "sending":
            return unsentText(document.unsent);
        case "receiving":
            return "receiving";
        case "offline":
            return document.unsent > 0 ? `offline, ${unsentText(document.unsent)}` : "offline";
        case "paused":
            return "paused";
    }
}

const DOCUMENT_ICONS: Record<DocumentStatus["state"], string> = {
    "in-sync": "check",
    sending: "cloud-upload",
    receiving: "cloud-download",
    offline: "debug-disconnect",
    paused: "warning",
};

/** The codicon that stands for a document's state. */
export function documentIcon(document: DocumentStatus): string {
    return DOCUMENT_ICONS[document.state];
}

function documentLine(document: DocumentStatus): StatusLine {
    const facts = [`${document.path}: ${documentText(document)}, ${document.peers} peers`];
    if (document.explanation) {
        facts.push(document.explanation);
    }
    return {
        text: `$(${documentIcon(document)}) meta-log: ${documentText(document)}`,
        tooltip: facts.join("\n"),
        severity: document.state === "paused" ? "warning" : "normal",
    };
}

function unsentText(unsent: number): string {
    return unsent === 1 ? "1 change unsent" : `${unsent} changes unsent`;
}

function with_<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
    return new Map(map).set(key, value);
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
    const copy = new Map(map);
    copy.delete(key);
    return copy;
}

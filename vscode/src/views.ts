/** What people see all the time: the item in the status bar, and the tree of live documents and peers. */
import {
    type Disposable,
    EventEmitter,
    MarkdownString,
    StatusBarAlignment,
    ThemeColor,
    ThemeIcon,
    type TreeDataProvider,
    TreeItem,
    TreeItemCollapsibleState,
    Uri,
    window,
} from "vscode";
import type { DocumentStatus, Peer, PeerStatus } from "./protocol";
import { connectionText, documentIcon, documentText, type State, shownPeers, statusLine } from "./state";
import type { Store } from "./store";

/** The status bar item; it follows the document in front. */
export function createStatusItem(store: Store): Disposable[] {
    const item = window.createStatusBarItem("meta-log.status", StatusBarAlignment.Left);
    item.name = "meta-log";
    item.command = "meta-log.status";
    const show = () => {
        const line = statusLine(store.state, window.activeTextEditor?.document.uri.toString());
        item.text = line.text;
        item.tooltip = line.tooltip;
        item.backgroundColor =
            line.severity === "normal" ? undefined : new ThemeColor(`statusBarItem.${line.severity}Background`);
        item.accessibilityInformation = { label: line.tooltip };
    };
    show();
    item.show();
    return [item, store.onChange(show), window.onDidChangeActiveTextEditor(show)];
}

/** The tree view. */
export function createOverview(store: Store): Disposable[] {
    const overview = new Overview(store);
    return [overview, window.createTreeView("meta-log.overview", { treeDataProvider: overview })];
}

/** What the sidecar wants a person to read. */
export function showMessage(type: number, message: string): void {
    const text = `meta-log: ${message}`;
    if (type === 1) {
        void window.showErrorMessage(text);
    } else if (type === 2) {
        void window.showWarningMessage(text);
    } else {
        void window.showInformationMessage(text);
    }
}

type Node =
    | { readonly kind: "group"; readonly group: "documents" | "peers" | "connections" }
    | { readonly kind: "document"; readonly uri: string; readonly status: DocumentStatus }
    | {
          readonly kind: "peer";
          readonly peerId: string;
          readonly status: PeerStatus;
          /** Absent when it is not here. */
          readonly peer: Peer | undefined;
      }
    | { readonly kind: "connection"; readonly text: string; readonly connected: boolean };

class Overview implements TreeDataProvider<Node>, Disposable {
    private readonly changes = new EventEmitter<void>();
    private readonly listener: Disposable;

    readonly onDidChangeTreeData = this.changes.event;

    constructor(private readonly store: Store) {
        this.listener = store.onChange(() => this.changes.fire());
    }

    getTreeItem(node: Node): TreeItem {
        switch (node.kind) {
            case "group":
                return groupItem(node.group, this.store.state);
            case "document":
                return documentItem(node.uri, node.status);
            case "peer":
                return peerItem(node.peerId, node.status, node.peer);
            case "connection": {
                const item = new TreeItem(node.text);
                item.iconPath = new ThemeIcon(node.connected ? "radio-tower" : "debug-disconnect");
                return item;
            }
        }
    }

    getChildren(node?: Node): Node[] {
        const { documents, peers, connections, statuses } = this.store.state;
        const shown = shownPeers(this.store.state);
        if (node === undefined) {
            // Empty, so that the welcome text is shown until there is something to see.
            return documents.size === 0 && shown.length === 0
                ? []
                : (["documents", "peers", "connections"] as const).map((group) => ({ kind: "group", group }));
        }
        if (node.kind !== "group") {
            return [];
        }
        switch (node.group) {
            case "documents":
                return [...documents].map(([uri, status]) => ({ kind: "document", uri, status }));
            case "peers":
                return shown.map((peerId) => ({
                    kind: "peer",
                    peerId,
                    status: statuses.get(peerId) ?? "active",
                    peer: peers.get(peerId),
                }));
            case "connections":
                return [...connections.values()].map((connection) => ({
                    kind: "connection",
                    text: connectionText(connection),
                    connected: connection.state === "connected",
                }));
        }
    }

    dispose(): void {
        this.listener.dispose();
        this.changes.dispose();
    }
}

function groupItem(group: "documents" | "peers" | "connections", state: State): TreeItem {
    const labels = { documents: "Live documents", peers: "Peers", connections: "Brokers" };
    const item = new TreeItem(labels[group], TreeItemCollapsibleState.Expanded);
    item.id = group;
    item.description = String(group === "peers" ? shownPeers(state).length : state[group].size);
    return item;
}

function documentItem(uri: string, status: DocumentStatus): TreeItem {
    const item = new TreeItem(status.path);
    item.id = `document ${status.documentId}`;
    item.description = documentText(status);
    item.tooltip = status.explanation ?? `${status.path}: ${documentText(status)}, ${status.peers} peers`;
    item.iconPath = new ThemeIcon(documentIcon(status));
    item.contextValue = "document";
    item.resourceUri = Uri.parse(uri);
    item.command = { command: "vscode.open", title: "Open", arguments: [item.resourceUri] };
    return item;
}

function peerItem(peerId: string, status: PeerStatus, peer: Peer | undefined): TreeItem {
    const blocked = status === "blocked";
    const item = new TreeItem(peerId);
    item.id = `peer ${peerId}`;
    item.description = blocked ? "blocked" : [peer?.path, status === "active" ? "" : status].filter(Boolean).join(", ");
    item.tooltip = new MarkdownString().appendText(
        peer === undefined
            ? `${peerId}\n${status}`
            : `${peerId}\naddress ${peer.address}\nlast seen ${peer.lastSeen}\nreached by ${peer.path}\n${status}`,
    );
    item.iconPath = new ThemeIcon(blocked ? "circle-slash" : "account");
    item.contextValue = blocked ? "blockedPeer" : "peer";
    return item;
}

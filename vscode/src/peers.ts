/** The commands about peers: whom the person blocks. What follows from that the sidecar says. */
import { type QuickPickItem, window } from "vscode";
import type { CommandContext } from "./commands";
import { type Decided, PeerBlockRequest, PeerListRequest, type PeerState, PeerUnblockRequest } from "./protocol";

/** Blocks the peer that is meant, or one that the person picks; `undefined` when none was. */
export async function blockPeer(context: CommandContext, target?: unknown): Promise<Decided | undefined> {
    const peerId = peerOf(target) ?? (await pick(context, "Block a Peer", (peer) => peer.status !== "blocked"));
    if (peerId === undefined) {
        return undefined;
    }
    const client = await context.sidecar.client();
    const decided = await client.sendRequest(PeerBlockRequest, { peerId });
    void window.showInformationMessage(decided.explanation, "Unblock").then(async (choice) => {
        if (choice !== undefined) {
            await unblockPeer(context, peerId);
        }
    });
    return decided;
}

/** Hears the peer that is meant again, or one that the person picks; `undefined` when none was. */
export async function unblockPeer(context: CommandContext, target?: unknown): Promise<Decided | undefined> {
    const peerId = peerOf(target) ?? (await pick(context, "Unblock a Peer", (peer) => peer.status === "blocked"));
    if (peerId === undefined) {
        return undefined;
    }
    const client = await context.sidecar.client();
    const decided = await client.sendRequest(PeerUnblockRequest, { peerId });
    void window.showInformationMessage(decided.explanation);
    return decided;
}

/** Tells the person who does not hear whom; gives what was told. */
export async function tellSeparations({ sidecar }: CommandContext): Promise<readonly string[]> {
    const client = await sidecar.client();
    const { separations } = await client.sendRequest(PeerListRequest);
    const told = (separations ?? []).map(
        ({ first, second, through }) =>
            `${first} and ${second} do not hear each other; what they write passes through ${through.join(" and ") || "nobody that is known"}.`,
    );
    for (const text of told) {
        void window.showWarningMessage(text);
    }
    return told;
}

/** The peer meant by an argument: its id, or a node of the tree. */
function peerOf(target: unknown): string | undefined {
    if (typeof target === "string") {
        return target;
    }
    return typeof target === "object" && target !== null && "peerId" in target ? String(target.peerId) : undefined;
}

async function pick(
    { sidecar }: CommandContext,
    title: string,
    wanted: (peer: PeerState) => boolean,
): Promise<string | undefined> {
    const client = await sidecar.client();
    const { peers } = await client.sendRequest(PeerListRequest);
    const items = peers.filter(wanted).map(
        (peer): QuickPickItem => ({
            label: peer.peerId,
            description: peer.way ? `${peer.status}, ${peer.way.kind}` : peer.status,
            detail: [
                peer.lastHeard ? `heard ${peer.lastHeard}` : "never heard",
                peer.lastSynced ? `synced ${peer.lastSynced}` : "never synced",
                `${peer.exchanges.answered} of ${peer.exchanges.answered + peer.exchanges.unanswered} requests answered`,
                ...peer.relations.map(({ path, documentId }) => path ?? documentId),
            ].join(", "),
        }),
    );
    const choice = await window.showQuickPick(items, { title, placeHolder: "Peers of this workspace" });
    return choice?.label;
}

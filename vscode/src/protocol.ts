/**
 * The messages of the editor protocol (docs/protocol-editor.md) that this extension uses. Where LSP has a message, it is
 * LSP's, and vscode-languageclient knows it. A member that may be absent may also be `null`.
 */
import { RequestType, RequestType0 } from "vscode-languageclient/node";

/** The version of the protocol that this extension speaks. */
export const PROTOCOL_VERSION = 1;

/** `initializationOptions` of `initialize`. */
export interface Options {
    readonly protocolVersion: number;
    /** Shown to people; at most 64 characters. */
    readonly editorName: string;
    /** Instead of the sidecar's own setting; never holds a password. */
    readonly broker?: string;
    readonly brokerUser?: string;
    readonly brokerCaFile?: string;
    /** Where others look is to be told; the name is what they see of the person. */
    readonly presence?: { readonly name?: string };
}

/** A caret, or a selection from `anchor` to `head`. */
export interface Span {
    readonly anchor: { readonly line: number; readonly character: number };
    readonly head: { readonly line: number; readonly character: number };
}

/** Somebody else who is in a document. */
export interface Person {
    readonly peerId: string;
    readonly name?: string | null;
    readonly selections: readonly Span[];
    readonly focused: boolean;
    readonly idle: boolean;
    /** From 0 to 7. */
    readonly colour: number;
}

/** Who else is in a document; positions are of the version. */
export interface PresenceChanged {
    readonly uri: string;
    readonly version: number;
    readonly people: readonly Person[];
}

/** The state of the way to one broker, as last observed. */
export interface Connection {
    readonly broker: string;
    readonly state: "connecting" | "connected" | "disconnected";
    readonly explanation?: string | null;
    readonly embedded: boolean;
    /** The user whose password it wants; absent when it wants none. */
    readonly passwordOf?: string | null;
}

/** One peer that announced itself and whose announcement was verified. */
export interface Peer {
    readonly peerId: string;
    readonly publicKey: string;
    readonly address: string;
    /** UTC, ISO 8601. */
    readonly lastSeen: string;
    readonly path: string;
}

/** Where a peer stands: the first two are observed, the third is the person's decision. */
export type PeerStatus = "active" | "inactive" | "blocked";

/** What is known of a peer in this workspace, as far as it is shown here. */
export interface PeerState {
    readonly peerId: string;
    readonly status: PeerStatus;
    /** How it is reached now; absent when nothing reaches it. */
    readonly way?: { readonly kind: "direct" | "broker"; readonly addresses: readonly string[] } | null;
    /** Until when it gets no direct link, as it sent what no signature proves; absent when it may have one. */
    readonly bannedUntil?: string | null;
    /** UTC, ISO 8601; absent when it was never heard. */
    readonly lastHeard?: string | null;
    readonly lastSynced?: string | null;
    readonly exchanges: { readonly asked: number; readonly answered: number; readonly unanswered: number };
    readonly relations: readonly { readonly documentId: string; readonly path?: string | null }[];
}

/** A block, or the end of one, that is in force and kept; `explanation` is for the person. */
export interface Decided {
    readonly peer: PeerState;
    readonly explanation: string;
}

/** One live document as it stands. */
export interface DocumentStatus {
    readonly uri: string;
    readonly documentId: string;
    readonly path: string;
    readonly state: "in-sync" | "sending" | "receiving" | "offline" | "paused";
    /** Local changes that no broker has acknowledged yet. */
    readonly unsent: number;
    readonly peers: number;
    /** What is wrong and what to do; absent when nothing is. */
    readonly explanation?: string | null;
    /** Whether the person may read it and not write it; absent when they may write. */
    readonly readOnly?: boolean | null;
}

/** The whole state, as `meta-log/status` tells it. */
export interface Status {
    readonly peerId: string;
    readonly workspace: string;
    readonly connections: readonly Connection[];
    readonly peers: number;
    readonly documents: readonly DocumentStatus[];
    /** What was refused on public topics since the sidecar started. */
    readonly refused: readonly { readonly kind: string; readonly reason: string; readonly count: number }[];
    /** How often somebody had another text out of the same events since then, and how often that was over again. */
    readonly divergences: { readonly found: number; readonly healed: number };
}

/** A file or message has been taken by the broker; whether anybody received it is not known. */
export interface Sent {
    readonly broker: string;
    readonly timestamp: string;
}

/** A file that a peer signed: where it lies now, or why not. */
export interface FileReceived {
    readonly peerId: string;
    readonly file: string;
    readonly uri?: string | null;
    readonly kept: boolean;
    readonly explanation?: string | null;
    readonly timestamp: string;
}

/** What a peer signed for this installation; the payload is JSON text. */
export interface PeerMessage {
    readonly from: string;
    readonly to: string;
    readonly payload: string;
    readonly timestamp: string;
    readonly signature: string;
}

/** What others need to take part; whoever holds the invitation can read and write the document. */
export interface Shared {
    readonly documentId: string;
    readonly path: string;
    readonly invitation: string;
}

/**
 * What to join, where to show it, whether that may be a file that programs obey, and what the person is called among members.
 */
export interface JoinParams {
    readonly invitation: string;
    readonly uri?: string;
    readonly allow?: boolean;
    readonly name?: string;
}

/** The answer to a join: the document to open, and whether its text is here already. */
export interface Joined {
    readonly documentId: string;
    readonly path: string;
    readonly uri: string;
    readonly arrived: boolean;
}

/** A document to invite one person to, by a link or by a code that is read out. */
export interface InviteParams {
    readonly uri: string;
    readonly kind: "link" | "code";
    readonly role: "write" | "read";
    readonly name?: string;
}

/** An invitation for one person. */
export interface Invited {
    readonly workspace: string;
    readonly documentId: string;
    readonly path: string;
    readonly invitation: string;
    /** UTC, ISO 8601. */
    readonly expires: string;
}

/** Somebody has an invitation and waits to be let in; who asks chose the name. */
export interface Asks {
    readonly workspace: string;
    readonly request: string;
    readonly name: string;
    readonly peerId: string;
    readonly fingerprint: string;
    readonly role: "write" | "read";
}

/** A device that belongs to a workspace. */
export interface Member {
    readonly peerId: string;
    readonly name: string;
    readonly device: string;
    readonly fingerprint: string;
    readonly role: "owner" | "write" | "read";
    readonly self: boolean;
    /** Documents of which it is proved to have signed two different histories. */
    readonly twoHistories?: readonly string[] | null;
}

/** A workspace that this folder has documents of; `role` is this device's, absent if it was put out. */
export interface MemberWorkspace {
    readonly workspace: string;
    readonly owner?: string | null;
    readonly role?: Member["role"] | null;
    readonly members: readonly Member[];
    readonly asking: readonly Asks[];
    readonly documents: readonly string[];
    /** What members who are here have, and this folder has not: joined with its id as the invitation. */
    readonly offered: readonly { readonly documentId: string; readonly path: string; readonly peerId: string }[];
}

/** What was done, for the person. */
export interface Told {
    readonly explanation: string;
}

/** What the document shows, for comparison; `sha256` is over its UTF-8 bytes with `\n` line ends. */
export interface DigestParams {
    readonly uri: string;
    readonly version: number;
    readonly sha256: string;
}

/** `busy` means edits are under way; `different` asks for the whole text as one change. */
export interface DigestVerdict {
    readonly verdict: "equal" | "busy" | "different";
}

/** The error of a request, as long as the identity is not open. */
export const LOCKED = -32063;

/** The password was wrong, in the answer to {@link BrokerPasswordRequest}. */
export const BAD_CREDENTIALS = -32064;
export const BrokerPasswordRequest = new RequestType<
    { readonly broker: string; readonly password: string },
    Connection,
    void
>("meta-log/brokerPassword");
export const UnlockRequest = new RequestType<{ readonly passphrase: string }, object, void>("meta-log/unlock");
export const StatusRequest = new RequestType0<Status, void>("meta-log/status");
export const PeersRequest = new RequestType0<{ readonly peers: readonly Peer[] }, void>("meta-log/peers");
/** Two who do not hear each other; what they write passes through these, or nobody. */
export interface Separation {
    readonly first: string;
    readonly second: string;
    readonly through: readonly string[];
}

export const PeerListRequest = new RequestType0<
    { readonly peers: readonly PeerState[]; readonly separations?: readonly Separation[] | null },
    void
>("meta-log/peerList");
export const PeerBlockRequest = new RequestType<{ readonly peerId: string }, Decided, void>("meta-log/peerBlock");
export const PeerUnblockRequest = new RequestType<{ readonly peerId: string }, Decided, void>("meta-log/peerUnblock");
export const SendFileRequest = new RequestType<{ readonly file: string; readonly content: string }, Sent, void>(
    "meta-log/sendFile",
);
export const SendMessageRequest = new RequestType<{ readonly peerId: string; readonly payload: string }, Sent, void>(
    "meta-log/sendMessage",
);
export const ShareRequest = new RequestType<{ readonly uri: string }, Shared, void>("meta-log/share");
export const JoinRequest = new RequestType<JoinParams, Joined, void>("meta-log/join");

/** The error of a join into a file that programs obey, as long as the person was not asked. */
export const NEEDS_CONSENT = -32062;
export const InviteRequest = new RequestType<InviteParams, Invited, void>("meta-log/invite");
export const MembersRequest = new RequestType0<{ readonly workspaces: readonly MemberWorkspace[] }, void>(
    "meta-log/members",
);
export const MemberAnswerRequest = new RequestType<
    { readonly request: string; readonly approve: boolean; readonly role?: "write" | "read" },
    Told,
    void
>("meta-log/memberAnswer");
export const MemberRoleRequest = new RequestType<
    { readonly workspace?: string; readonly peerId: string; readonly role: "write" | "read" },
    Told,
    void
>("meta-log/memberRole");
export const MemberRemoveRequest = new RequestType<
    { readonly workspace?: string; readonly peerId: string },
    Told,
    void
>("meta-log/memberRemove");
export const MemberLeaveRequest = new RequestType<{ readonly workspace: string }, Told, void>("meta-log/memberLeave");
export const LeaveRequest = new RequestType<{ readonly uri: string }, object, void>("meta-log/leave");
export const DigestRequest = new RequestType<DigestParams, DigestVerdict, void>("meta-log/digest");

/** What the sidecar tells unasked: method → parameters. `window/showMessage` is LSP's; `type` 1 is an error, 2 a warning. */
export interface Notifications {
    "meta-log/locked": { readonly keystore: string };
    "meta-log/connection": Connection;
    "meta-log/documentStatus": DocumentStatus;
    "meta-log/peerDiscovered": Peer;
    "meta-log/peerLeft": { readonly peerId: string };
    "meta-log/peerStatus": { readonly peerId: string; readonly status: PeerStatus };
    "meta-log/presenceChanged": PresenceChanged;
    "meta-log/memberAsks": Asks;
    "meta-log/messageReceived": { readonly topic: string; readonly message: string; readonly retained: boolean };
    "meta-log/fileReceived": FileReceived;
    "meta-log/peerMessage": PeerMessage;
    "window/showMessage": { readonly type: number; readonly message: string };
}

/** One notification, told apart by its method. */
export type Notification = {
    [M in keyof Notifications]: { readonly method: M; readonly params: Notifications[M] };
}[keyof Notifications];

/** The methods of {@link Notifications}. */
export const NOTIFICATION_METHODS: readonly (keyof Notifications)[] = [
    "meta-log/locked",
    "meta-log/connection",
    "meta-log/documentStatus",
    "meta-log/peerDiscovered",
    "meta-log/peerLeft",
    "meta-log/peerStatus",
    "meta-log/presenceChanged",
    "meta-log/memberAsks",
    "meta-log/messageReceived",
    "meta-log/fileReceived",
    "meta-log/peerMessage",
    "window/showMessage",
];

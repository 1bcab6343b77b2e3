package dev.metalog.protocol.editor;

import java.util.List;

/**
 * Parameters and results of the {@code meta-log/*} messages between an editor and its sidecar. The document {@code
 * docs/protocol-editor.md} shows one example of each, and a test keeps the two in step.
 *
 * <p>A component that may be absent says so; JSON {@code null} and an absent member mean the same. Counts and
 * milliseconds fit in 32 bits unless they are given as strings.
 */
public final class EditorMessages {
    /** The version of this protocol, sent both ways in {@code initialize}. */
    public static final int PROTOCOL_VERSION = 1;

    private EditorMessages() {}

    /**
     * {@code initializationOptions} of {@code initialize}; all of it may be absent.
     *
     * @param protocolVersion the client's version of this protocol
     * @param editorName shown to people, such as {@code Emacs 28.2}; at most 64 characters
     * @param broker the broker to use instead of {@code META_LOG_MQTT_BROKER}; never holds a password
     * @param brokerUser as whom to go there, instead of the user in the address; absent: as that says
     * @param brokerCaFile of the authorities that vouch for it, instead of {@code META_LOG_MQTT_CA_FILE}
     * @param presence where others look is to be told; absent: it is not
     */
    public record Options(
            Integer protocolVersion,
            String editorName,
            String broker,
            String brokerUser,
            String brokerCaFile,
            PresenceMessages.Wish presence) {}

    /**
     * The experimental capability {@code metaLog} that the sidecar answers {@code initialize} with.
     *
     * @param workspace where the sidecar works: the root URI of this workspace
     */
    public record Capability(int protocolVersion, int minProtocolVersion, String workspace) {}

    /**
     * {@code meta-log/identity}.
     *
     * @param publicKey uncompressed secp256k1 key, 130 hex digits behind {@code 0x}
     * @param address 40 hex digits behind {@code 0x}
     * @param created whether this run made the identity
     */
    public record Identity(String peerId, String publicKey, String address, boolean created) {}

    /** {@code meta-log/federationInit}; an absent broker means the configured one, or else the one on this machine. */
    public record FederationInitParams(String broker) {}

    /**
     * The state of the way to one broker, as last observed.
     *
     * @param broker its URL, without any password
     * @param state {@code connecting}, {@code connected} or {@code disconnected}
     * @param explanation why, and what to do, when it is not connected; may be absent
     * @param embedded whether it is the broker that sidecars of this machine host themselves
     * @param passwordOf the user whose password it wants, as it got none or a wrong one: {@code meta-log/brokerPassword}
     *     gives another. Absent: it wants none
     */
    public record Connection(String broker, String state, String explanation, boolean embedded, String passwordOf) {
        public Connection(String broker, String state, String explanation, boolean embedded) {
            this(broker, state, explanation, embedded, null);
        }
    }

    /** {@code meta-log/brokerPassword}: another password for the user of a broker that wants one. */
    public record BrokerPasswordParams(String broker, String password) {
        /** Says nothing of the password, so that nobody prints it by mistake. */
        @Override
        public String toString() {
            return "BrokerPasswordParams[" + broker + "]";
        }
    }

    /** {@code meta-log/announce}: said only after the broker acknowledged the announcement. */
    public record Announced(String broker, String timestamp) {}

    /**
     * One peer that announced itself and whose announcement was verified.
     *
     * @param lastSeen UTC, ISO 8601
     * @param path how it is reached now: {@code relay}
     */
    public record Peer(String peerId, String publicKey, String address, String lastSeen, String path) {}

    /** {@code meta-log/peers}. */
    public record Peers(List<Peer> peers) {}

    /** {@code meta-log/share}: makes the open document live. */
    public record ShareParams(String uri) {}

    /**
     * What others need to take part.
     *
     * @param invitation one line of text; whoever holds it can read and write the document
     */
    public record Shared(String documentId, String path, String invitation) {}

    /**
     * {@code meta-log/join}.
     *
     * @param uri the document that shall show the shared text: empty, or equal to it. Absent: the invitation's file name
     *     inside the workspace folder
     * @param allow whether the person agrees to a file of a name that programs obey; absent: not asked
     * @param name what the person wants to be called among the members, with an invitation into a workspace; absent:
     *     {@code guest}
     */
    public record JoinParams(String invitation, String uri, Boolean allow, String name) {
        public JoinParams(String invitation, String uri, Boolean allow) {
            this(invitation, uri, allow, null);
        }

        public JoinParams(String invitation, String uri) {
            this(invitation, uri, null, null);
        }
    }

    /** {@code meta-log/unlock}. */
    public record UnlockParams(String passphrase) {
        /** Says nothing of the passphrase, so that nobody prints it by mistake. */
        @Override
        public String toString() {
            return "UnlockParams";
        }
    }

    /**
     * {@code meta-log/locked}: nothing can be done before {@code meta-log/unlock}.
     *
     * @param keystore the file that the passphrase opens
     */
    public record Locked(String keystore) {}

    /**
     * The answer to {@code meta-log/join}.
     *
     * @param uri the document to open, if it is not open yet: the text arrives there as an edit
     * @param arrived whether the shared text is here; otherwise it comes as soon as a peer who has it is online
     */
    public record Joined(String documentId, String path, String uri, boolean arrived) {}

    /** {@code meta-log/leave}: the document is no longer live in this workspace; its text stays. */
    public record LeaveParams(String uri) {}

    /**
     * One live document as it stands.
     *
     * @param state {@code in-sync}, {@code sending}, {@code receiving}, {@code offline} or {@code paused}
     * @param unsent local changes that no broker has acknowledged yet
     * @param explanation what is wrong and what to do; absent when nothing is
     * @param readOnly {@code true} while the person may read this document and not write it: what is typed there all the same
     *     reaches nobody and is set back. Absent otherwise
     */
    public record DocumentStatus(
            String uri,
            String documentId,
            String path,
            String state,
            int unsent,
            int peers,
            String explanation,
            Boolean readOnly) {}

    /**
     * {@code meta-log/status}.
     *
     * @param peers how many announce themselves now
     * @param refused what was refused on public topics
     * @param divergences of documents, since the sidecar started
     */
    public record Status(
            String peerId,
            String workspace,
            List<Connection> connections,
            int peers,
            List<DocumentStatus> documents,
            List<FederationMessages.Refusals> refused,
            Divergences divergences) {}

    /**
     * How often somebody who knew the same of a document, a peer or an editor, was found to have another text.
     *
     * @param found each of them once, until it has the same text again
     * @param healed how many of these had the same text again; of who went before that nobody knows
     */
    public record Divergences(int found, int healed) {}

    /**
     * {@code meta-log/digest}: what the editor shows, for comparison.
     *
     * @param version the document's version in the editor
     * @param sha256 64 hex digits over the UTF-8 bytes of the text with {@code \n} line ends
     */
    public record DigestParams(String uri, int version, String sha256) {}

    /**
     * The answer to {@code meta-log/digest}.
     *
     * @param verdict {@code equal}; {@code busy} (edits are under way, ask again); or {@code different}: send the whole
     *     text as one change, which heals the difference
     */
    public record DigestVerdict(String verdict) {}

    /** {@code meta-log/mqttPublish}: answered after the broker acknowledged it. QoS is 0 or 1. */
    public record PublishParams(String topic, String message, int qos, boolean retain) {}

    /** {@code meta-log/mqttSubscribe} and {@code meta-log/mqttUnsubscribe}. */
    public record TopicParams(String topic) {}

    /** {@code meta-log/sign}. */
    public record SignParams(String message) {}

    /** A recoverable EIP-191 signature: 130 hex digits behind {@code 0x}. */
    public record Signature(String signature) {}

    /** {@code meta-log/verify}. */
    public record VerifyParams(String peerId, String signature, String message) {}

    /** Whether the signature over the message was made by that peer's key. */
    public record Verified(boolean valid) {}

    /** A request that was carried out and has nothing to tell. */
    public record Done() {}

    /** {@code meta-log/peerLeft}. */
    public record PeerLeft(String peerId) {}

    /** {@code meta-log/messageReceived}: a message on a public topic; bytes that are not UTF-8 are not passed on. */
    public record MessageReceived(String topic, String message, boolean retained) {}
}

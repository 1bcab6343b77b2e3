package dev.metalog.protocol;

/** Every bound of the house, in one place. Configuration may lower them, never raise them. */
public final class Limits {
    /** The body of one JSON-RPC message from an editor. */
    public static final int JSONRPC_BODY_BYTES = 32 << 20;
    /** The header block of one JSON-RPC message. */
    public static final int JSONRPC_HEADER_BYTES = 4 << 10;
    /** Requests of one editor that are not answered yet; one more is refused. */
    public static final int JSONRPC_REQUESTS_IN_FLIGHT = 256;
    /** How deep JSON from an editor may nest. */
    public static final int JSON_NESTING = 64;
    /** Messages waiting to be written to one editor; one more closes that editor's session. */
    public static final int EDITOR_OUTBOX_MESSAGES = 4_096;
    /** Characters waiting to be written to one editor; when more wait already, the next message closes the session. */
    public static final int EDITOR_OUTBOX_CHARS = 64 << 20;
    /** Editors whose sidecars pass their messages on to this one; one more is refused. */
    public static final int ATTACHED_EDITORS = 16;

    /**
     * The text of one document, as UTF-8. What would make it longer is refused where it is opened, shared or typed;
     * deleting never is, so that the way back is open where several together went beyond it.
     */
    public static final int DOCUMENT_BYTES = 16 << 20;
    /**
     * The text of one document in UTF-16 code units: as many as {@link #DOCUMENT_BYTES} can have. A peer's event whose
     * own version would be longer is refused. That depends on the event and its ancestors alone, so all replicas decide
     * alike; what several wrote at the same time, each within the bound, is admitted everywhere.
     */
    public static final int DOCUMENT_UNITS = DOCUMENT_BYTES;
    /** The text one event inserts, in UTF-16 code units: three bytes each at most, so it fits a batch. */
    public static final int EVENT_INSERTED_UNITS = 64 << 10;
    /** One batch of events on the wire or in the log. */
    public static final int BATCH_BYTES = 256 << 10;

    public static final int BATCH_EVENTS = 4_096;
    /** A batch of events together with the proofs of its writers. */
    public static final int CHUNK_BYTES = 512 << 10;
    /** What fills up one leaf of a writer's hash tree; 63 tokens of at most 170 bytes. */
    public static final int PROOF_BRIDGE_BYTES = 12 << 10;
    /** A tree over 2^31 tokens has no more stretches than this beside the way to one of its leaves. */
    public static final int PROOF_PATH_HASHES = 32;
    /**
     * Units of one batch of events; a deletion alone may be of more. The text is a few hundred thousand at most, so this
     * bounds the deletions: otherwise a few thousand who each delete a long text at the same time would be a small batch
     * and a large amount of work.
     */
    public static final int BATCH_UNITS = 512 << 10;
    /** The inserted text, or the other columns, of one document's whole history, unpacked; more is refused. */
    public static final int HISTORY_BYTES = 256 << 20;
    /** Units of one document's whole history: one for each code unit that was ever inserted or deleted. */
    public static final int HISTORY_UNITS = 1 << 30;
    /** So many times as long as what was inserted is what peers may delete in one document, the same again counted again, … */
    public static final int DELETIONS_PER_INSERTION = 8;
    /** … and so many units more. */
    public static final int FREE_DELETIONS = 1 << 20;
    /** Parents of one event: a version has as many as writers who did not know of each other, so every member counts. */
    public static final int EVENT_PARENTS = 256;
    /** Live documents of one workspace. */
    public static final int WORKSPACE_DOCUMENTS = 10_000;
    /**
     * Bundles of one document that wait for their parents: whoever sent most of them loses its oldest, which is fetched
     * again.
     */
    public static final int PENDING_BUNDLES = 1_024;

    public static final int PENDING_BYTES = 32 << 20;
    /** The same of one peer, which loses its own oldest. */
    public static final int PENDING_BUNDLES_OF_ONE = 256;

    public static final int PENDING_BYTES_OF_ONE = 8 << 20;
    /**
     * What is listened to of one speaker about one thing, unasked: batches of events, and their bytes; what is beyond is
     * dropped, and asked for. Somebody who pastes 4 MiB is within it, and what is longer comes as an answer.
     */
    public static final int SPEAKER_BATCHES_PER_SECOND = 200;

    public static final int SPEAKER_BATCHES_AT_ONCE = 1_000;
    public static final int SPEAKER_BYTES_PER_SECOND = 2 << 20;
    public static final int SPEAKER_BYTES_AT_ONCE = 8 << 20;
    /** The same of what only says where somebody is, what they have, or what they want. */
    public static final int SPEAKER_TALK_PER_SECOND = 20;

    public static final int SPEAKER_TALK_AT_ONCE = 200;
    /**
     * Speakers about one thing that were not heard before; what others say is dropped until there is room, and they say hello
     * again. Whoever has the keys can make up any number.
     */
    public static final int NEW_SPEAKERS_PER_SECOND = 5;

    public static final int NEW_SPEAKERS_AT_ONCE = 256;
    /**
     * Replicas in what speakers about one thing are known to have beyond what is here, together; whoever said most is
     * forgotten, and says it again.
     */
    public static final int AHEAD_REPLICAS = 16_384;
    /** Names under which one device may write one document: each run of a sidecar that typed is one. */
    public static final int DEVICE_REPLICAS = 4_096;
    /** Replicas in one version vector: a run of a sidecar that typed is one, so these are years of work of a team. */
    public static final int VECTOR_REPLICAS = 16_384;

    /**
     * Postings of one blackboard: each value and each member of a set is one, whether it has expired or not. One more is
     * refused where it is written; what several wrote at the same time, each within the bound, is taken in up to twice of
     * it. What a peer sends beyond that is refused, and fetched again when there is room.
     */
    public static final int BLACKBOARD_POSTINGS = 10_000;
    /** One value of a blackboard, as UTF-8. */
    public static final int BLACKBOARD_VALUE_BYTES = 64 << 10;
    /** All names and values of one blackboard; more is refused as with {@link #BLACKBOARD_POSTINGS}. */
    public static final int BLACKBOARD_BYTES = 64 << 20;
    /** The members of one set of a blackboard together, as a set is shown whole; refused where it is written. */
    public static final int BLACKBOARD_ENTRY_BYTES = 4 << 20;
    /** How deep a value of a blackboard may nest. */
    public static final int BLACKBOARD_NESTING = 32;
    /** The name of one entry, as UTF-8. */
    public static final int BLACKBOARD_NAME_BYTES = 256;
    /** Writes of a blackboard known of beyond a gap; more is refused until the gap is filled. */
    public static final int BLACKBOARD_APART = 32_768;
    /** Runs of sidecars that wrote to one blackboard, ever; when there are so many nothing new is written or taken in. */
    public static final int BLACKBOARD_WRITERS = 4_096;
    /** What one write of a blackboard erases; more at once is refused. */
    public static final int BLACKBOARD_ERASED = 10_000;
    /** Writes that are kept as steps, to send to who lacks only a few; the oldest goes, and the state is sent instead. */
    public static final int BLACKBOARD_RECENT_WRITES = 4_096;

    /** What is said of where somebody looks; of more carets or a version of more heads, only that somebody is there. */
    public static final int PRESENCE_BYTES = 4 << 10;

    public static final int PRESENCE_CARETS = 16;
    public static final int PRESENCE_HEADS = 64;
    /** How often a second that is said of one document, and taken from one peer; in between the newest waits. */
    public static final int PRESENCE_A_SECOND = 20;
    /** Speakers that are shown in one document; one more is not, until one of them goes. */
    public static final int PRESENCE_SPEAKERS = 64;

    /** One MQTT packet. */
    public static final int MQTT_PACKET_BYTES = 1 << 20;

    public static final int MQTT_TOPIC_BYTES = 160;
    /** Messages that wait for a broker's acknowledgement; when full the link refuses, and anti-entropy catches up. */
    public static final int MQTT_OUTBOX_MESSAGES = 4_096;
    /** Brokers one sidecar talks to at once. */
    public static final int BROKERS = 4;

    /** Peers whom somebody says to hear, in one message; of more the others are not named. */
    public static final int HEARD_PEERS = 256;

    /** One frame of a direct link, behind its length. */
    public static final int DIRECT_FRAME_BYTES = 1 << 20;

    /** One announcement of a peer. */
    public static final int ANNOUNCEMENT_BYTES = 4 << 10;
    /** The text of one file that is sent to everybody, as UTF-8; a longer one is refused where it is sent and taken. */
    public static final int SENT_FILE_BYTES = 512 << 10;
    /** The message that sends it, as JSON may make it longer; what is left of the packet is for the topic. */
    public static final int SENT_FILE_MESSAGE_BYTES = MQTT_PACKET_BYTES - (1 << 10);
    /** One message for a peer, signature included. */
    public static final int PEER_MESSAGE_BYTES = 64 << 10;
    /**
     * Files of one peer that are kept of those it sent to everybody; what would be more is refused, until the person deletes
     * something.
     */
    public static final int RECEIVED_FILES_OF_ONE = 256;

    public static final int RECEIVED_BYTES_OF_ONE = 16 << 20;
    /** Peers of whom such files are kept, and all of those together; refused in the same way. */
    public static final int RECEIVED_PEERS = 256;

    public static final int RECEIVED_BYTES = 256 << 20;
    /** Such files that wait to be written; one more is refused. */
    public static final int RECEIVED_WAITING = 64;
    /** Peers kept in the table; the one heard of longest ago makes room. */
    public static final int PEERS = 4_096;
    /** Things that no signature proves and that a direct link brings in a minute, through the doing of its other end; more end it. */
    public static final int BAD_SIGNATURES_PER_MINUTE = 10;
    /** How long a peer that sent more gets no direct link. */
    public static final long BAN_MILLIS = 10 * 60_000;
    /** Announcements of one peer that are taken note of in a minute; more are refused. */
    public static final int ANNOUNCEMENTS_PER_MINUTE = 10;
    /** How far the clock in an announcement, or any other signed statement on a public topic, may be from ours. */
    public static final long ANNOUNCEMENT_SKEW_MILLIS = 10 * 60 * 1_000;

    /** Devices that are members of one workspace at a time; one more is refused where it would be let in. */
    public static final int MEMBERS = 256;
    /** What a person is called, in characters; more is refused where it is typed. */
    public static final int MEMBER_NAME_CODE_POINTS = 64;
    /** Pins in one record of a workspace's membership; more go into records of their own before it. */
    public static final int MEMBERSHIP_PINS = 1_024;
    /** One such record: with the most pins of the longest names, and a key for every member, it is below this. */
    public static final int MEMBERSHIP_RECORD_BYTES = 96 << 10;
    /** Records by which more is let count of somebody who is out, since members had taken it before they heard of that. */
    public static final int MEMBERSHIP_LATER_PINS = 64;
    /** Records of one workspace's membership, ever; when there are so many nobody comes in or goes out any more. */
    public static final int MEMBERSHIP_RECORDS = 16_384;
    /** The same in bytes. */
    public static final int MEMBERSHIP_BYTES = 32 << 20;
    /** Pairs of records that an owner signed for one place, kept as evidence; later ones are only counted. */
    public static final int MEMBERSHIP_FORKS = 64;

    /** Inputs waiting for the loop thread; a shell that finds it full waits, so stdin stops being read. */
    public static final int MAILBOX_INPUTS = 16_384;
    /** A shared path. */
    public static final int PATH_BYTES = 512;

    public static final int PATH_SEGMENTS = 32;

    private Limits() {}
}

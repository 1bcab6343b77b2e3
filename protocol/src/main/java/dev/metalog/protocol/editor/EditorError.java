package dev.metalog.protocol.editor;

/**
 * Why the sidecar refuses a request of an editor. The code goes into the JSON-RPC error; the message says where, why and
 * what to do. Codes are ours to choose between -32099 and -32000 less those LSP took.
 */
public enum EditorError {
    /** The document is not open in this editor, or not live. */
    UNKNOWN_DOCUMENT(-32050),
    /** A version, position or text that does not fit the document. */
    BAD_CHANGE(-32051),
    /** The invitation is cut off, of another version, or not one of ours. */
    BAD_INVITATION(-32052),
    /** The document already shows other text, which joining would destroy. */
    WOULD_OVERWRITE(-32053),
    /** No broker is connected, or it did not acknowledge in time. */
    NOT_CONNECTED(-32054),
    /** The home folder, the log or the identity could not be read or written. */
    STORE_FAILED(-32055),
    /** A limit was reached; the message names it. */
    LIMIT(-32056),
    /** The sidecar of this workspace is another process, and it could not be reached. */
    WORKSPACE_BUSY(-32057),
    /** There is no such entry on the blackboard, or no such member. */
    UNKNOWN_ENTRY(-32058),
    /** The entry of the blackboard is a set where a value is wanted, or a value where a set is. */
    OTHER_KIND(-32059),
    /** No such peer was ever heard of in this workspace. */
    UNKNOWN_PEER(-32060),
    /** It concerns a peer that the person blocked. */
    BLOCKED(-32061),
    /** The file's name is one that programs obey, and the person has not agreed to it; ask, then join with {@code allow}. */
    NEEDS_CONSENT(-32062),
    /** A passphrase protects the identity, and it was not given yet, or another one was; see {@code meta-log/unlock}. */
    LOCKED(-32063),
    /** The broker refused the user or the password; see {@code meta-log/brokerPassword}. */
    BAD_CREDENTIALS(-32064),
    /** A parameter is missing or malformed. */
    BAD_PARAMS(-32602),
    /** The request came before {@code initialize} or after {@code shutdown}. */
    NOT_READY(-32002);

    private final int code;

    EditorError(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}

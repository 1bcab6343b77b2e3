package dev.metalog.server.editor.frame;

/** One message that cannot be used; the stream behind it is in step. */
public final class BadMessage extends Exception {
    private final int code;
    private final String id;

    BadMessage(int code, String id, String why) {
        super(why);
        this.code = code;
        this.id = id;
    }

    /** The JSON-RPC error code to answer with. */
    public int code() {
        return code;
    }

    /** The message's id as JSON text, {@code null} in letters when it has none. */
    public String id() {
        return id;
    }
}

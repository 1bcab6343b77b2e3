package dev.metalog.editorclients.drive;

/** A driven editor did not carry out a command. Nothing was changed. */
public final class EditorRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    /** @param code the sidecar's error code, or 0 */
    EditorRefusal(String message, int code) {
        super(message);
        this.code = code;
    }

    /** The sidecar's error code, or 0 when it was not the sidecar that refused. */
    public int code() {
        return code;
    }
}

package dev.metalog.server.editor;

import dev.metalog.protocol.editor.EditorError;

/** Thrown by a handler, or put into its future, to answer a request with one of the documented errors. */
public final class EditorRefusal extends RuntimeException {
    private final EditorError error;

    /** @param message where, why and what to do; it is shown to people */
    public EditorRefusal(EditorError error, String message) {
        super(message);
        this.error = error;
    }

    public EditorError error() {
        return error;
    }
}

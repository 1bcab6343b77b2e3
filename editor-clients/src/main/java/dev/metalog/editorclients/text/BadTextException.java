package dev.metalog.editorclients.text;

/** An offset, position or text that does not fit a buffer or cannot be in one. Nothing was changed. */
public final class BadTextException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BadTextException(String message) {
        super(message);
    }
}

package dev.metalog.editorclients.drive;

/** A command that cannot be carried out as it was written. The message says what is wrong with it. */
final class BadCommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadCommandException(String message) {
        super(message);
    }
}

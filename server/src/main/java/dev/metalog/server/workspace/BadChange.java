package dev.metalog.server.workspace;

/** A change that does not fit the document it names. Says where, why and what to do; nothing has been changed. */
final class BadChange extends Exception {
    private static final long serialVersionUID = 1L;

    BadChange(String message) {
        super(message);
    }
}

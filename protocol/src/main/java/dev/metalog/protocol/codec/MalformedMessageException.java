package dev.metalog.protocol.codec;

/** Bytes that are no peer message. Says why; nothing was kept of them. */
public final class MalformedMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedMessageException(String message) {
        super(message);
    }
}

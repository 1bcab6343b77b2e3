package dev.metalog.server.trace;

/** A trace that cannot be read or replayed; the message says where, why, and what to do. */
public final class BadTraceException extends Exception {
    private static final long serialVersionUID = 1;

    BadTraceException(String where, String why) {
        super(where.isEmpty() ? why : where + ": " + why);
    }

    BadTraceException(String where, String why, Throwable cause) {
        super(where.isEmpty() ? why : where + ": " + why, cause);
    }
}

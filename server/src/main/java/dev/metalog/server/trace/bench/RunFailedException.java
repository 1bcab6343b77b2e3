package dev.metalog.server.trace.bench;

/** A run that gave no reading; the message is the reason, for the table. */
final class RunFailedException extends Exception {
    private static final long serialVersionUID = 1;

    RunFailedException(String reason) {
        super(reason);
    }

    RunFailedException(String reason, Throwable cause) {
        super(reason, cause);
    }
}

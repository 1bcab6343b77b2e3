package dev.metalog.server.link.direct;

/** The doorman's refusal. Its message is for a person here; the other end does not get it. */
public final class NotAdmitted extends Exception {
    private static final long serialVersionUID = 1L;

    public NotAdmitted(String message) {
        super(message);
    }
}

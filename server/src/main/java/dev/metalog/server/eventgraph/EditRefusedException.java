package dev.metalog.server.eventgraph;

/** A local edit that cannot be recorded. The graph is as it was; the caller's idea of the text is wrong. */
public final class EditRefusedException extends RuntimeException {
    private final Admission.Reason reason;

    EditRefusedException(Admission.Reason reason, String explanation) {
        super(explanation);
        this.reason = reason;
    }

    public Admission.Reason reason() {
        return reason;
    }
}

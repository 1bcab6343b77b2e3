package dev.metalog.server.eventgraph;

import dev.metalog.protocol.EventId;

/** Found on the way into the graph: the event does not fit its parents. Caught by {@link EventGraph}, which undoes. */
final class BadEventException extends RuntimeException {
    static final String ANCESTOR = "One parent is an ancestor of another.";

    private final Admission.Reason reason;
    private final EventId event;

    BadEventException(Admission.Reason reason, EventId event, String explanation) {
        super(explanation);
        this.reason = reason;
        this.event = event;
    }

    Admission.Reason reason() {
        return reason;
    }

    EventId event() {
        return event;
    }
}

package dev.metalog.server.blackboard;

/** Something that cannot be written or taken in; the blackboard is as it was. The message says why and what to do. */
public final class BlackboardRefused extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of refusal it is. */
    public enum Reason {
        /** There is no such entry or member. */
        NOT_THERE,
        /** A value where there is a set, or a member where there is a value. */
        OTHER_KIND,
        /** There is no room, or a peer sent more than can be kept. */
        LIMIT,
        /** A time before now, or so far away that it cannot be meant. */
        BAD_TIME,
        /** A peer knows of writes of this replica that this replica never made. */
        NOT_OURS
    }

    private final Reason reason;

    BlackboardRefused(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}

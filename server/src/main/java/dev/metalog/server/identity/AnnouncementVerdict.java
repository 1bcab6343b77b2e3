package dev.metalog.server.identity;

/** What became of an announcement that was received. */
public sealed interface AnnouncementVerdict {
    /** It was the peer's own word, new and fresh. */
    record Accepted(Announcement announcement) implements AnnouncementVerdict {}

    /**
     * It was refused and nothing was remembered.
     *
     * @param fault the counter to raise
     * @param detail a sentence for the person; holds nothing the sender wrote
     */
    record Refused(Fault fault, String detail) implements AnnouncementVerdict {}

    /** Why an announcement is refused. */
    enum Fault {
        TOO_LARGE,
        NOT_JSON,
        WRONG_SHAPE,
        /** It stands under the topic of another peer. */
        WRONG_TOPIC,
        /** The public key or the address is not the one of the claimed peer id. */
        FOREIGN_KEY,
        /** The timestamp is too far from our clock, in either direction. */
        STALE,
        /** More arrive than may be checked: a signature costs half a millisecond of the thread that also types. */
        TOO_MANY,
        /** Nobody, or somebody else, signed it. */
        FORGED,
        /** A true one, older than the newest we have of that peer. */
        REPLAY,
        /** The very one we have already: two topics and every reconnection bring it again. Not an attack. */
        REPEATED;

        /** The name of the counter that this fault raises. */
        public String counterName() {
            return "announcements_refused_" + name().toLowerCase(java.util.Locale.ROOT);
        }

        /** Whether a person should hear of it. */
        public boolean isSuspicious() {
            return this != REPEATED;
        }
    }

    /** One method for each verdict. */
    interface Handler<T> {
        T accepted(Accepted verdict);

        T refused(Refused verdict);
    }

    default <T> T dispatch(Handler<T> handler) {
        if (this instanceof Accepted accepted) {
            return handler.accepted(accepted);
        }
        return handler.refused((Refused) this);
    }
}

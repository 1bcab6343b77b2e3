package dev.metalog.server.identity;

import java.util.Locale;

/**
 * What became of a signed statement that was received on a public topic.
 *
 * @param <T> the statement
 */
public sealed interface Verdict<T> {
    /** It was the peer's own word, new and fresh. */
    record Accepted<T>(T statement) implements Verdict<T> {}

    /**
     * It was refused and nothing was kept of it.
     *
     * @param fault the counter to raise
     * @param detail a sentence for the person; holds nothing the sender wrote
     */
    record Refused<T>(Fault fault, String detail) implements Verdict<T> {}

    /** Why a statement is refused. */
    enum Fault {
        TOO_LARGE,
        NOT_JSON,
        /** A name stands twice in one object: two readers could read two things, and both find the signature good. */
        DUPLICATE_NAME,
        WRONG_SHAPE,
        /** It stands under the topic of another peer, or is for another one. */
        WRONG_TOPIC,
        /** The public key or the address is not the one of the claimed peer id. */
        FOREIGN_KEY,
        /** The timestamp is too far from our clock, in either direction. */
        STALE,
        /** More arrive than may be checked: a signature costs half a millisecond of the thread that also types. */
        TOO_MANY,
        /** Nobody, or somebody else, signed it. */
        FORGED,
        /** A true one that was here before, or is older than the newest we have of that peer. */
        REPLAY,
        /** A true one, of a file whose name is no name for a file here. */
        BAD_NAME,
        /** The very one we have already, or sent: two topics and every reconnection bring it again. Not an attack. */
        REPEATED;

        /** As people and programs read it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Whether a person should hear of it. */
        public boolean isSuspicious() {
            return this != REPEATED;
        }
    }

    /** One method for each verdict. */
    interface Handler<T, R> {
        R accepted(T statement);

        R refused(Fault fault, String detail);
    }

    default <R> R dispatch(Handler<T, R> handler) {
        if (this instanceof Accepted<T> accepted) {
            return handler.accepted(accepted.statement());
        }
        Refused<T> refused = (Refused<T>) this;
        return handler.refused(refused.fault(), refused.detail());
    }
}

package dev.metalog.protocol.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.VersionVector;
import java.util.List;

/** What peers say to each other about their blackboard; the inside of an envelope, and a record of its log. */
public sealed interface BlackboardMessage {
    /**
     * "This is what I have."
     *
     * @param digest equal where the same postings stand; see {@code Blackboard}
     * @param asks whether an answer is wanted even from those who have the same
     * @param clockMillis the sender's clock: the second witness that an entry has long expired
     */
    record Hello(VersionVector vector, long digest, boolean asks, long clockMillis) implements BlackboardMessage {}

    /** "These were written." Some may be known already, and some before them may be missing. */
    record Writes(List<BlackboardWrite> writes) implements BlackboardMessage {
        public Writes {
            writes = List.copyOf(writes);
            if (writes.isEmpty()) {
                throw new IllegalArgumentException("A message of writes has at least one.");
            }
        }
    }

    /**
     * "Of all that I know of, this still stands; everything else was erased." The postings went before it as writes.
     *
     * @param vector the writes the sender knows of, without gaps
     * @param apart those it knows of beyond a gap, in their order, each once
     * @param erasedUnseen those it does not know of yet and knows to be erased, in their order, each once
     * @param standing those whose postings stand, in their order, each once
     */
    record State(VersionVector vector, List<EventId> apart, List<EventId> erasedUnseen, List<EventId> standing)
            implements BlackboardMessage {
        public State {
            apart = List.copyOf(apart);
            erasedUnseen = List.copyOf(erasedUnseen);
            standing = List.copyOf(standing);
            if (!isInOrder(apart) || !isInOrder(erasedUnseen) || !isInOrder(standing)) {
                throw new IllegalArgumentException("A state names writes in their order, each once.");
            }
        }

        private static boolean isInOrder(List<EventId> ids) {
            for (int i = 1; i < ids.size(); i++) {
                if (ids.get(i - 1).compareTo(ids.get(i)) >= 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** One method for each kind. */
    interface Handler<T> {
        T hello(Hello message);

        T writes(Writes message);

        T state(State message);
    }

    default <T> T dispatch(Handler<T> handler) {
        if (this instanceof Hello hello) {
            return handler.hello(hello);
        }
        if (this instanceof Writes writes) {
            return handler.writes(writes);
        }
        return handler.state((State) this);
    }
}

package dev.metalog.protocol.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.VersionVector;
import java.util.List;

/** What peers send each other of their blackboard, one in each chunk; a record of its log is one too. */
public sealed interface BlackboardMessage {
    /** "These were written", one after the other. Some may be known already, and some before them may be missing. */
    record Writes(List<BlackboardWrite> writes) implements BlackboardMessage {
        public Writes {
            writes = List.copyOf(writes);
            if (writes.isEmpty()) {
                throw new IllegalArgumentException("A message of writes has at least one.");
            }
        }
    }

    /**
     * "These stand", whatever was written before them. What their writes erased is not told, so they count from the {@link
     * State} on that names them.
     */
    record Postings(List<BlackboardWrite> writes) implements BlackboardMessage {
        public Postings {
            writes = List.copyOf(writes);
            if (writes.isEmpty()
                    || writes.stream()
                            .anyMatch(write ->
                                    write.posting() == null || !write.erased().isEmpty())) {
                throw new IllegalArgumentException(
                        "A message of postings has at least one, and tells of nothing erased.");
            }
        }
    }

    /**
     * "Of all that I know of, this still stands; everything else was erased." The postings went before it.
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
        T writes(Writes message);

        T postings(Postings message);

        T state(State message);
    }

    default <T> T dispatch(Handler<T> handler) {
        if (this instanceof Writes writes) {
            return handler.writes(writes);
        }
        if (this instanceof Postings postings) {
            return handler.postings(postings);
        }
        return handler.state((State) this);
    }
}

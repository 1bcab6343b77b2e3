package dev.metalog.server.eventgraph;

import dev.metalog.protocol.EventId;
import java.util.List;

/** What became of a bundle that was offered to the graph. Only {@link Added} changed anything. */
public sealed interface Admission {
    /** Why events were refused. A refusal depends on the event and its ancestors alone, so all replicas agree on it. */
    enum Reason {
        /** The graph does not know the version that the edit was made against. */
        UNKNOWN_VERSION,
        /** The position or the length lies outside of the text of the parents. */
        OUT_OF_RANGE,
        /** The edge of the edit lies between the two halves of a surrogate pair. */
        SPLITS_A_CHARACTER,
        /** The event names parents that are not a version: one an ancestor of another, or the inside of a deletion. */
        BAD_PARENTS,
        /** The bundle has a child before its parent. */
        UNORDERED,
        /** The graph has another event under the same name. */
        CONFLICT,
        /** The text, or the history, would be longer than a document may be. */
        TOO_LARGE
    }

    /** All parents were here, and the graph has now learned {@code units} inserted or deleted code units more. */
    record Added(int units) implements Admission {
        @Override
        public <T> T dispatch(Handler<T> handler) {
            return handler.added(this);
        }
    }

    /** Everything in the bundle was known already. */
    record Duplicate() implements Admission {
        @Override
        public <T> T dispatch(Handler<T> handler) {
            return handler.duplicate(this);
        }
    }

    /** The bundle has to wait for these events, which it follows and the graph does not know. */
    record Missing(List<EventId> events) implements Admission {
        public Missing {
            events = List.copyOf(events);
        }

        @Override
        public <T> T dispatch(Handler<T> handler) {
            return handler.missing(this);
        }
    }

    /** The bundle can never be admitted; {@code event} is the first one at fault. */
    record Refused(Reason reason, EventId event, String explanation) implements Admission {
        @Override
        public <T> T dispatch(Handler<T> handler) {
            return handler.refused(this);
        }
    }

    /** One case each. */
    interface Handler<T> {
        T added(Added added);

        T duplicate(Duplicate duplicate);

        T missing(Missing missing);

        T refused(Refused refused);
    }

    <T> T dispatch(Handler<T> handler);
}

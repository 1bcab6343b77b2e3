package dev.metalog.server.sync;

import static dev.metalog.server.sync.PeerSession.Reason.ALL_CAME;
import static dev.metalog.server.sync.PeerSession.Reason.CHANGED_HERE;
import static dev.metalog.server.sync.PeerSession.Reason.FORGOTTEN;
import static dev.metalog.server.sync.PeerSession.Reason.HAS_MORE;
import static dev.metalog.server.sync.PeerSession.Reason.NEEDS_WHAT_OTHERS_SEND;
import static dev.metalog.server.sync.PeerSession.Reason.RESTED;
import static dev.metalog.server.sync.PeerSession.Reason.SAID_ANOTHER;
import static dev.metalog.server.sync.PeerSession.Reason.SAID_OUR_FRONTIER;
import static dev.metalog.server.sync.PeerSession.Reason.SPEAKS_ANOTHER_PROTOCOL;
import static dev.metalog.server.sync.PeerSession.Reason.SPEAKS_OUR_PROTOCOL;
import static dev.metalog.server.sync.PeerSession.Reason.SPOKE;
import static dev.metalog.server.sync.PeerSession.Reason.UNANSWERED;
import static dev.metalog.server.sync.PeerSession.Reason.WISH_SENT;
import static dev.metalog.server.sync.PeerSession.State.AHEAD;
import static dev.metalog.server.sync.PeerSession.State.DIFFERENT;
import static dev.metalog.server.sync.PeerSession.State.EQUAL;
import static dev.metalog.server.sync.PeerSession.State.FETCHING;
import static dev.metalog.server.sync.PeerSession.State.FOREIGN;
import static dev.metalog.server.sync.PeerSession.State.RESTING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.Speaker;
import dev.metalog.server.sync.PeerSession.Reason;
import dev.metalog.server.sync.PeerSession.State;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every reason in every state, against a table written down by hand beside the picture. */
class PeerSessionTest {
    private static final Map<State, Map<Reason, State>> TABLE = Map.of(
            DIFFERENT,
            Map.of(SAID_OUR_FRONTIER, EQUAL, HAS_MORE, AHEAD, SPEAKS_ANOTHER_PROTOCOL, FOREIGN),
            EQUAL,
            Map.of(
                    SAID_ANOTHER, DIFFERENT,
                    CHANGED_HERE, DIFFERENT,
                    HAS_MORE, AHEAD,
                    SPEAKS_ANOTHER_PROTOCOL, FOREIGN),
            AHEAD,
            Map.of(
                    SAID_OUR_FRONTIER, EQUAL,
                    WISH_SENT, FETCHING,
                    ALL_CAME, DIFFERENT,
                    FORGOTTEN, DIFFERENT,
                    SPEAKS_ANOTHER_PROTOCOL, FOREIGN),
            FETCHING,
            Map.of(
                    SAID_OUR_FRONTIER, EQUAL,
                    NEEDS_WHAT_OTHERS_SEND, AHEAD,
                    ALL_CAME, DIFFERENT,
                    FORGOTTEN, DIFFERENT,
                    UNANSWERED, RESTING,
                    SPEAKS_ANOTHER_PROTOCOL, FOREIGN),
            RESTING,
            Map.of(
                    SAID_OUR_FRONTIER, EQUAL,
                    HAS_MORE, AHEAD,
                    SPOKE, AHEAD,
                    RESTED, AHEAD,
                    WISH_SENT, FETCHING,
                    ALL_CAME, DIFFERENT,
                    FORGOTTEN, DIFFERENT,
                    SPEAKS_ANOTHER_PROTOCOL, FOREIGN),
            FOREIGN,
            Map.of(SPEAKS_OUR_PROTOCOL, DIFFERENT));

    private static final Map<State, List<Reason>> WAY_THERE = new HashMap<>(Map.of(
            DIFFERENT, List.of(),
            EQUAL, List.of(SAID_OUR_FRONTIER),
            AHEAD, List.of(HAS_MORE),
            FETCHING, List.of(HAS_MORE, WISH_SENT),
            RESTING, List.of(HAS_MORE, WISH_SENT, UNANSWERED),
            FOREIGN, List.of(SPEAKS_ANOTHER_PROTOCOL)));

    private static PeerSession in(State state) {
        PeerSession session = new PeerSession(new Speaker(new PeerId("peer-" + "a".repeat(40)), 1), 0);
        WAY_THERE.get(state).forEach(reason -> session.change(reason, 0));
        assertThat(session.state()).isEqualTo(state);
        return session;
    }

    @Test
    void everyReasonInEveryState() {
        for (State state : State.values()) {
            for (Reason reason : Reason.values()) {
                PeerSession session = in(state);
                session.change(reason, 1_000);
                assertThat(session.state())
                        .as("%s in %s", reason, state)
                        .isEqualTo(TABLE.get(state).getOrDefault(reason, state));
            }
        }
    }

    @Test
    void restsDoubleUpToTheirBoundAndSuccessEndsThem() {
        PeerSession session = in(AHEAD);
        for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 64, 64, 64}) {
            session.change(WISH_SENT, 0);
            assertThat(session.dueMillis()).isEqualTo(PeerSession.ANSWER_MILLIS);
            session.change(UNANSWERED, 10_000);
            assertThat(session.dueMillis()).isEqualTo(10_000 + seconds * 1_000);
        }
        session.change(WISH_SENT, 0);
        session.change(ALL_CAME, 0);
        session.change(HAS_MORE, 0);
        session.change(WISH_SENT, 0);
        session.change(UNANSWERED, 0);
        assertThat(session.dueMillis()).isEqualTo(1_000);
    }
}

package dev.metalog.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.server.blackboard.Blackboard;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BlackboardEventsTest {
    private static final PeerId ANN = new PeerId("peer-" + "a".repeat(40));
    private static final EntryValue LARGE = EntryValue.of("\"" + "x".repeat(60_000) + "\"");

    private final Blackboard board = new Blackboard(ANN, new ReplicaId("ann"));
    private final BlackboardEvents events = new BlackboardEvents(board, (id, posting) -> null, names -> {});

    /** Somebody who fetches the blackboard. */
    private static final class Asker {
        final Speaker speaker;
        final Blackboard board;
        final BlackboardEvents events;

        Asker(int number) {
            speaker = new Speaker(ANN, number);
            board = new Blackboard(ANN, new ReplicaId("asker" + number));
            events = new BlackboardEvents(board, (id, posting) -> null, names -> {});
        }
    }

    private void fill() throws Exception {
        for (int i = 0; i < 300; i++) {
            board.set(new EntryName("n", "k" + i), LARGE, 0, 1);
        }
    }

    @Test
    void eachAskerIsToldAllOfItWhoeverElseAsksMeanwhile() throws Exception {
        fill();
        List<Asker> askers = List.of(new Asker(1), new Asker(2), new Asker(3));
        int answers = 0;
        for (boolean more = true; more && answers < 10; answers++) {
            more = false;
            for (Asker asker : askers) {
                Replicated.Slice slice = events.answer(asker.speaker, asker.board.vector(), 1);
                for (Chunk chunk : slice.chunks()) {
                    assertThat(asker.events.admit(chunk).kind()).isEqualTo(Verdict.Kind.ADDED);
                }
                more |= slice.more();
            }
        }
        assertThat(answers).isEqualTo(3);
        for (Asker asker : askers) {
            assertThat(asker.events.frontier()).isEqualTo(events.frontier());
            assertThat(asker.events.content()).isEqualTo(events.content());
        }
    }

    @Test
    void whoAskedLongestAgoBeginsAnewWhenTooManyAsk() throws Exception {
        fill();
        List<Chunk> first = events.answer(speaker(0), VersionVector.EMPTY, 1).chunks();
        for (int i = 1; i < BlackboardEvents.MOST_ASKERS; i++) {
            events.answer(speaker(i), VersionVector.EMPTY, 1);
        }
        assertThat(events.answer(speaker(0), VersionVector.EMPTY, 1).chunks()).isNotEqualTo(first);
        events.answer(speaker(BlackboardEvents.MOST_ASKERS), VersionVector.EMPTY, 1);
        assertThat(events.answer(speaker(1), VersionVector.EMPTY, 1).chunks()).isEqualTo(first);
        assertThat(events.answer(speaker(2), VersionVector.EMPTY, 1).chunks()).isEqualTo(first);
    }

    private static Speaker speaker(int number) {
        return new Speaker(ANN, number);
    }

    @Test
    void aPostingWithoutItsStateChangesNoFrontierAndIsKept() throws Exception {
        board.set(new EntryName("n", "k"), LARGE, 0, 1);
        List<EntryName> touched = new ArrayList<>();
        Blackboard other = new Blackboard(ANN, new ReplicaId("other"));
        BlackboardEvents there = new BlackboardEvents(other, (id, posting) -> null, touched::addAll);
        List<BlackboardMessage> all = board.everything();
        assertThat(there.admit(BlackboardEvents.chunk(all.get(0))).kind()).isEqualTo(Verdict.Kind.ADDED);
        assertThat(there.frontier()).isNotEqualTo(events.frontier());
        assertThat(touched).isEmpty();
        assertThat(there.admit(BlackboardEvents.chunk(all.get(1))).kind()).isEqualTo(Verdict.Kind.ADDED);
        assertThat(there.frontier()).isEqualTo(events.frontier());
        assertThat(touched).hasSize(1);
    }
}

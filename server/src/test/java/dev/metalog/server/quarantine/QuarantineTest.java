package dev.metalog.server.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is out is what the definition says, found the slow way, and what is left means what it meant. */
class QuarantineTest {
    private static final int WRITERS = 5;

    private static ReplicaId writer(int number) {
        return new ReplicaId("w" + number);
    }

    private static EventGraph graph(Random random) {
        EventGraph graph = new EventGraph();
        List<Version> versions = new ArrayList<>(List.of(Version.ROOT));
        for (int i = random.nextInt(60); i > 0; i--) {
            Version at = random.nextBoolean() ? graph.tip() : versions.get(random.nextInt(versions.size()));
            int length = graph.textAt(at).length();
            int position = random.nextInt(length + 1);
            int deleted = random.nextInt(3) == 0 ? random.nextInt(Math.min(3, length - position) + 1) : 0;
            String inserted = deleted > 0 ? "" : "abc".substring(0, 1 + random.nextInt(3));
            List<Bundle> bundles =
                    graph.edit(writer(random.nextInt(WRITERS)), at, List.of(new TextEdit(position, deleted, inserted)));
            List<Event> last = bundles.get(bundles.size() - 1).events();
            versions.add(Version.of(last.get(last.size() - 1).lastId()));
        }
        return graph;
    }

    private static List<Event> events(EventGraph graph) {
        return graph.since(VersionVector.EMPTY).stream()
                .flatMap(bundle -> bundle.events().stream())
                .toList();
    }

    /** By the definition, again and again until nothing more comes: the first seq of each writer that is out. */
    private static Map<ReplicaId, Integer> oracle(List<Event> events, Set<ReplicaId> writers) {
        Map<ReplicaId, Integer> first = new HashMap<>();
        writers.forEach(out -> first.put(out, 0));
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Event event : events) {
                boolean follows = event.parents().stream()
                        .anyMatch(parent -> first.getOrDefault(parent.replica(), Integer.MAX_VALUE) <= parent.seq());
                ReplicaId who = event.id().replica();
                if (follows
                        && first.getOrDefault(who, Integer.MAX_VALUE)
                                > event.id().seq()) {
                    first.put(who, event.id().seq());
                    changed = true;
                }
            }
        }
        return first;
    }

    @Test
    void whatIsLeftIsWhatFollowsOnNothingThatIsOut() {
        int lessThanAll = 0;
        for (long seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            EventGraph whole = graph(random);
            Set<ReplicaId> writers = new HashSet<>(Set.of(writer(random.nextInt(WRITERS))));
            writers.add(writer(random.nextInt(WRITERS)));
            Quarantine quarantine = new Quarantine(new Quarantine(), writers);
            EventGraph left = Remainder.of(whole, quarantine);
            Map<ReplicaId, Integer> out = oracle(events(whole), writers);
            Map<ReplicaId, Integer> expected = new HashMap<>();
            whole.vector().nextSeqs().forEach((who, next) -> {
                int most = Math.min(next, out.getOrDefault(who, Integer.MAX_VALUE));
                if (most > 0) {
                    expected.put(who, most);
                }
            });
            assertThat(left.vector().nextSeqs()).as("seed %d", seed).isEqualTo(expected);
            assertThat(left.text()).as("seed %d", seed).isEqualTo(whole.textAt(left.tip()));
            assertThat(quarantine.within(whole.vector())).as("seed %d", seed).isEqualTo(left.vector());
            assertThat(Remainder.of(left, new Quarantine(quarantine, Set.of())))
                    .as("seed %d: all of that is left", seed)
                    .isSameAs(left);
            lessThanAll += left.eventCount() > 0 && left != whole ? 1 : 0;
        }
        assertThat(lessThanAll).isGreaterThan(500);
    }

    /** Whoever hears the events one bundle after the other, and has nothing of what is out, comes to the same. */
    @Test
    void theSameIsLeftToWhomItComesPieceByPiece() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            EventGraph whole = graph(random);
            Set<ReplicaId> writers = Set.of(writer(random.nextInt(WRITERS)));
            EventGraph left = Remainder.of(whole, new Quarantine(new Quarantine(), writers));
            Quarantine heard = new Quarantine(new Quarantine(), writers);
            EventGraph piecemeal = new EventGraph();
            for (Event event : events(whole)) {
                Bundle bundle = new Bundle(List.of(event));
                if (heard.meets(BundleCodec.toRuns(bundle))) {
                    heard.note(BundleCodec.toRuns(bundle), any -> true);
                } else {
                    piecemeal.admit(bundle);
                }
            }
            assertThat(piecemeal.vector()).as("seed %d", seed).isEqualTo(left.vector());
            assertThat(piecemeal.text()).as("seed %d", seed).isEqualTo(left.text());
        }
    }

    @Test
    void nothingIsNotedOfAWriterWhoIsNotProvedToHaveWritten() {
        Quarantine quarantine = new Quarantine(new Quarantine(), Set.of(writer(0)));
        Event event = Event.insertion(
                new EventId(writer(1), 7), List.of(new EventId(writer(0), 3), new EventId(writer(1), 6)), 0, "x");
        quarantine.note(BundleCodec.toRuns(new Bundle(List.of(event))), who -> false);
        assertThat(quarantine.ends()).isEmpty();
        quarantine.note(BundleCodec.toRuns(new Bundle(List.of(event))), who -> true);
        assertThat(quarantine.ends()).containsExactly(Map.entry(writer(1), 7));
        assertThat(quarantine.holds(new EventId(writer(1), 8))).isTrue();
        assertThat(quarantine.holds(new EventId(writer(1), 6))).isFalse();
    }

    @Test
    void ofMoreWritersThanCanBeToldNoneIsRemembered() {
        Quarantine quarantine = new Quarantine(new Quarantine(), Set.of(writer(0)));
        for (int i = 0; i < Limits.VECTOR_REPLICAS; i++) {
            quarantine.end(writer(1 + i), 5);
        }
        quarantine.end(writer(1 + Limits.VECTOR_REPLICAS), 5);
        quarantine.end(writer(1), 4);
        assertThat(quarantine.ends()).hasSize(Limits.VECTOR_REPLICAS).containsEntry(writer(1), 4);
    }
}

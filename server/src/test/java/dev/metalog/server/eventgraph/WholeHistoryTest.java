package dev.metalog.server.eventgraph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.DocumentCodec;
import dev.metalog.protocol.codec.EventRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A whole history that comes into an empty graph in one piece has a way of its own, which has to lead to the same. */
final class WholeHistoryTest {
    private static final int SHAPES = 300;
    private static final int EDITS = 50;

    @Test
    void leadsToTheSameAsItsEventsOneByOne() {
        long seed = Seed.draw("whole histories");
        for (int shape = 0; shape < SHAPES; shape++) {
            Random random = new Random(seed + shape);
            // Without surrogates the text is read off the tracker, with them it is edited step by step.
            Grown grown = Grown.some(random, shape % 3 != 0, shape % 5 == 0 ? 1 : EDITS);
            String name = "shape " + shape + " of seed " + seed;
            EventGraph whole = new EventGraph();
            assertThat(whole.admit(grown.graph.runsSince(0)))
                    .as(name)
                    .isEqualTo(new Admission.Added(grown.graph.eventCount()));
            compare(name, random, grown, whole);
            TrackerCheck.check(whole, random);

            Version parents = grown.version(random);
            List<TextEdit> edits = grown.edits(random, parents);
            List<Bundle> more = grown.graph.edit(new ReplicaId("late"), parents, edits);
            more.forEach(whole::admit);
            compare(name + ", gone on", random, grown, whole);
        }
    }

    private static void compare(String name, Random random, Grown grown, EventGraph whole) {
        PlainWalker plain = new PlainWalker();
        grown.graph.since(VersionVector.EMPTY).forEach(bundle -> plain.add(bundle.events()));
        assertThat(whole.text()).as(name).isEqualTo(plain.text());
        assertThat(whole.tip()).as(name).isEqualTo(grown.graph.tip());
        assertThat(whole.vector()).as(name).isEqualTo(grown.graph.vector());
        assertThat(whole.length()).as(name).isEqualTo(plain.text().length());
        assertThat(bytes(whole)).as(name).isEqualTo(bytes(grown.graph));
        assertThat(grown.graph.agreesWithItsHistory()).as(name).isTrue();
        for (int i = 0; i < 4; i++) {
            Version version = grown.version(random);
            assertThat(whole.textAt(version)).as(name).isEqualTo(plain.textAt(version.events()));
            assertThat(Texts.apply(whole.textAt(version), whole.editsBetween(version, whole.tip())))
                    .as(name)
                    .isEqualTo(plain.text());
        }
    }

    private static byte[] bytes(EventGraph graph) {
        return DocumentCodec.encode(graph.runsSince(0), DocumentCodec.Packing.NOTHING);
    }

    @Test
    void isRefusedIfOneParentOfAnEventIsAnAncestorOfAnother() throws Exception {
        long seed = Seed.draw("parents of whole histories");
        int refused = 0;
        int added = 0;
        for (int shape = 0; shape < 2 * SHAPES; shape++) {
            Random random = new Random(seed + shape);
            Grown grown = Grown.some(random, true, 12);
            List<EventId> parents = new ArrayList<>();
            for (int i = 2 + random.nextInt(2); i > 0; i--) {
                parents.addAll(grown.version(random).events());
            }
            parents = parents.stream().distinct().sorted().toList();
            EventId id = new EventId(new ReplicaId("guest"), 0);
            Event event = Event.insertion(id, parents, 0, "x");
            EventRuns runs = grown.runsWith(event, random.nextBoolean());
            EventGraph whole = new EventGraph();
            Admission admission = whole.admit(runs);
            String name = "shape " + shape + " of seed " + seed;
            if (isVersion(grown.graph, parents)) {
                assertThat(admission).as(name).isEqualTo(new Admission.Added(runs.units()));
                added++;
            } else {
                assertThat(admission).as(name).isInstanceOfSatisfying(Admission.Refused.class, refusal -> {
                    assertThat(refusal.reason()).isEqualTo(Admission.Reason.BAD_PARENTS);
                    assertThat(refusal.event()).isEqualTo(id);
                });
                assertThat(whole.eventCount()).as(name).isZero();
                assertThat(whole.text()).as(name).isEmpty();
                assertThat(whole.tip()).as(name).isEqualTo(Version.ROOT);
                refused++;
                // Nothing of it is left: what is good comes in afterwards.
                assertThat(whole.admit(grown.graph.runsSince(0))).as(name).isInstanceOf(Admission.Added.class);
                assertThat(whole.text()).as(name).isEqualTo(grown.graph.text());
            }
        }
        assertThat(refused).isGreaterThan(SHAPES / 5);
        assertThat(added).isGreaterThan(SHAPES / 5);
    }

    private static boolean isVersion(EventGraph graph, List<EventId> parents) {
        for (EventId parent : parents) {
            for (EventId other : parents) {
                if (!parent.equals(other) && graph.includes(Version.of(parent), Version.of(other))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A graph that has grown at random, and the versions it went through. */
    private record Grown(EventGraph graph, List<Version> versions, boolean ascii) {
        static Grown some(Random random, boolean ascii, int edits) {
            Grown grown = new Grown(new EventGraph(), new ArrayList<>(List.of(Version.ROOT)), ascii);
            int writers = 1 + random.nextInt(8);
            int reach = 1 + random.nextInt(random.nextBoolean() ? 3 : EDITS);
            for (int i = 0; i <= edits; i++) {
                Version parents = grown.recent(random, reach);
                for (int merges = random.nextInt(3); merges > 0; merges--) {
                    parents = grown.graph.merge(parents, grown.recent(random, reach));
                }
                ReplicaId writer = new ReplicaId("w" + random.nextInt(writers));
                List<Bundle> recorded = grown.graph.edit(writer, parents, grown.edits(random, parents));
                recorded.forEach(bundle -> grown.versions.add(Version.of(
                        bundle.events().get(bundle.events().size() - 1).lastId())));
            }
            grown.graph.edit(new ReplicaId("end"), Version.ROOT, List.of(new TextEdit(0, 0, "end")));
            return grown;
        }

        private Version recent(Random random, int reach) {
            return versions.get(versions.size() - 1 - random.nextInt(Math.min(reach, versions.size())));
        }

        Version version(Random random) {
            return recent(random, versions.size());
        }

        List<TextEdit> edits(Random random, Version parents) {
            String text = graph.textAt(parents);
            if (!ascii) {
                return RandomText.edits(random, text);
            }
            int position = random.nextInt(text.length() + 1);
            int deleted = random.nextInt(3) == 0 ? random.nextInt(Math.min(4, text.length() - position) + 1) : 0;
            return List.of(new TextEdit(position, deleted, "abcdef".substring(random.nextInt(6))));
        }

        /** The whole history and one more event, which the last of what there is may follow or not. */
        EventRuns runsWith(Event event, boolean followed) throws Exception {
            List<Event> events = new ArrayList<>();
            graph.since(VersionVector.EMPTY).forEach(bundle -> events.addAll(bundle.events()));
            events.add(event);
            if (followed) {
                EventId next = new EventId(new ReplicaId("friend"), 0);
                events.add(Event.insertion(next, List.of(event.id()), 0, "y"));
            }
            return BundleCodec.decodeRuns(BundleCodec.encode(new Bundle(events)));
        }
    }
}

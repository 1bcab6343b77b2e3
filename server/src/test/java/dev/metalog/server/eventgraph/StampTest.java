package dev.metalog.server.eventgraph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.DocumentCodec;
import dev.metalog.protocol.codec.DocumentCodec.Packing;
import dev.metalog.protocol.codec.EventRuns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** From when text is, and that everybody who has it says the same. */
final class StampTest {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final ReplicaId BEN = new ReplicaId("ben");
    private static final int HISTORIES = 120;
    private static final int EDITS = 40;

    private final EventGraph graph = new EventGraph();

    @Test
    void everyStretchSaysFromWhenItIs() {
        type(ANNA, 0, 0, "abc", 10);
        type(ANNA, 3, 0, "def", 10);
        type(ANNA, 6, 0, "ghi", 12);
        type(BEN, 3, 0, "X", Stamp.AS_BEFORE);
        type(ANNA, 8, 1, "", 11);
        type(ANNA, 0, 0, "<", 9);
        assertThat(graph.text()).isEqualTo("<abcXdefgi");
        assertThat(graph.origins())
                .containsExactly(
                        new Origin(new EventId(ANNA, 10), 1, 9),
                        new Origin(new EventId(ANNA, 0), 3, 10),
                        new Origin(new EventId(BEN, 0), 1, Stamp.UNKNOWN_MINUTES),
                        new Origin(new EventId(ANNA, 3), 3, 10),
                        new Origin(new EventId(ANNA, 6), 1, 12),
                        new Origin(new EventId(ANNA, 8), 1, 12));
    }

    @Test
    void aKeyOfTheSameMinuteTakesNoByteMore() {
        graph.type(ANNA, new TextEdit(0, 0, "a"), 10);
        EventGraph without = new EventGraph();
        without.type(ANNA, new TextEdit(0, 0, "a"));
        graph.type(ANNA, new TextEdit(1, 0, "b"), 10);
        without.type(ANNA, new TextEdit(1, 0, "b"));
        assertThat(graph.updateSince(1)).isEqualTo(without.updateSince(1));
        graph.type(ANNA, new TextEdit(2, 0, "c"), 11);
        without.type(ANNA, new TextEdit(2, 0, "c"));
        assertThat(graph.updateSince(2)).hasSize(without.updateSince(2).length + 2);
    }

    /** Two who know a writer's unit from different minutes do not part: each keeps what it heard first. */
    @Test
    void theFirstStampOfAUnitStays() {
        Event first = Event.insertion(new EventId(ANNA, 0), List.of(), 0, "abc").stamped(5);
        Event again =
                Event.insertion(new EventId(ANNA, 0), List.of(), 0, "abcde").stamped(7);
        assertThat(graph.admit(new Bundle(List.of(first)))).isInstanceOf(Admission.Added.class);
        assertThat(graph.admit(new Bundle(List.of(first.stamped(6))))).isInstanceOf(Admission.Duplicate.class);
        assertThat(graph.admit(new Bundle(List.of(again)))).isEqualTo(new Admission.Added(2));
        assertThat(graph.origins())
                .containsExactly(new Origin(new EventId(ANNA, 0), 3, 5), new Origin(new EventId(ANNA, 3), 2, 7));
    }

    @Test
    void whatWasRefusedLeavesNoStamp() {
        type(ANNA, 0, 0, "abc", 5);
        Event good = Event.insertion(new EventId(ANNA, 3), List.of(new EventId(ANNA, 2)), 3, "d")
                .stamped(6);
        Event bad =
                Event.insertion(new EventId(BEN, 0), List.of(good.id()), 9, "x").stamped(8);
        assertThat(graph.admit(new Bundle(List.of(good, bad)))).isInstanceOf(Admission.Refused.class);
        type(ANNA, 3, 0, "e", 5);
        Event bens = Event.insertion(new EventId(BEN, 0), List.of(new EventId(ANNA, 3)), 4, "y");
        assertThat(graph.admit(new Bundle(List.of(bens)))).isInstanceOf(Admission.Added.class);
        assertThat(graph.origins())
                .containsExactly(
                        new Origin(new EventId(ANNA, 0), 4, 5),
                        new Origin(new EventId(BEN, 0), 1, Stamp.UNKNOWN_MINUTES));
    }

    /** Clocks run, stand, jump ahead and back; bundles come in any order and twice; files are opened again. */
    @Test
    void whateverWayEventsComeTheyAreFromTheSameTime() throws Exception {
        long seed = Seed.draw("stamps");
        for (int history = 0; history < HISTORIES; history++) {
            String name = "history " + history + " of seed " + seed;
            Random random = new Random(seed + history);
            EventGraph written = new EventGraph();
            Map<EventId, Integer> minutes = new HashMap<>();
            List<Bundle> bundles = write(random, written, minutes);
            check(name, written, minutes);

            EventGraph received = new EventGraph();
            List<Bundle> waiting = new ArrayList<>(bundles);
            while (!waiting.isEmpty()) {
                Bundle bundle = waiting.get(random.nextInt(Math.min(5, waiting.size())));
                Admission admission = received.admit(BundleCodec.decode(BundleCodec.encode(bundle)));
                if (!(admission instanceof Admission.Missing) && random.nextInt(4) > 0) {
                    waiting.remove(bundle);
                }
            }
            check(name + ", received", received, minutes);

            byte[] file = DocumentCodec.encode(written.runsSince(0), Packing.EVERYTHING);
            EventGraph opened = new EventGraph();
            opened.admit(DocumentCodec.readHistory(file));
            check(name + ", opened", opened, minutes);
            assertThat(DocumentCodec.encode(opened.runsSince(0), Packing.EVERYTHING))
                    .as(name)
                    .isEqualTo(file);

            EventGraph caughtUp = new EventGraph();
            bundles.subList(0, random.nextInt(bundles.size())).forEach(caughtUp::admit);
            written.since(caughtUp.vector()).forEach(caughtUp::admit);
            check(name + ", caught up", caughtUp, minutes);
            assertThat(encoded(caughtUp)).as(name).isEqualTo(encoded(written));
        }
    }

    private static List<String> encoded(EventGraph graph) {
        return graph.since(VersionVector.EMPTY).stream()
                .map(bundle -> HexFormat.of().formatHex(BundleCodec.encode(bundle)))
                .toList();
    }

    private static List<Bundle> write(Random random, EventGraph graph, Map<EventId, Integer> minutes) throws Exception {
        List<Bundle> bundles = new ArrayList<>();
        List<Version> versions = new ArrayList<>(List.of(Version.ROOT));
        int clock = random.nextInt(1_000_000);
        for (int i = 0; i < EDITS; i++) {
            ReplicaId writer = new ReplicaId("w" + random.nextInt(4));
            Version at = random.nextInt(3) > 0 ? graph.tip() : versions.get(random.nextInt(versions.size()));
            clock = Math.max(0, clock + (random.nextInt(3) == 0 ? random.nextInt(7) - 2 : 0));
            int before = graph.eventCount();
            int seq = graph.vector().nextSeq(writer);
            List<Bundle> recorded = graph.edit(writer, at, RandomText.edits(random, graph.textAt(at)), clock);
            bundles.addAll(recorded);
            for (int k = seq; k < graph.vector().nextSeq(writer); k++) {
                minutes.put(new EventId(writer, k), clock);
            }
            if (!recorded.isEmpty()) {
                versions.add(Version.of(new EventId(writer, graph.vector().nextSeq(writer) - 1)));
                EventRuns runs = BundleCodec.decodeRuns(graph.updateSince(before));
                assertThat(graph.updateSince(before)).isEqualTo(BundleCodec.encode(recorded.get(0)));
                assertThat(runs.stampCount()).isLessThan(2);
            }
        }
        return bundles;
    }

    private static void check(String name, EventGraph graph, Map<EventId, Integer> minutes) {
        int length = 0;
        for (Origin origin : graph.origins()) {
            for (int k = 0; k < origin.length(); k++) {
                EventId unit =
                        new EventId(origin.firstId().replica(), origin.firstId().seq() + k);
                assertThat(minutes.get(unit)).as(name).isEqualTo(origin.stampMinutes());
            }
            length += origin.length();
        }
        assertThat(length).as(name).isEqualTo(graph.length());
    }

    private void type(ReplicaId writer, int position, int deleted, String inserted, int minutes) {
        graph.edit(writer, graph.tip(), List.of(new TextEdit(position, deleted, inserted)), minutes);
    }
}

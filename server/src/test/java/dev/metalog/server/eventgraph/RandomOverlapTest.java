package dev.metalog.server.eventgraph;

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
import dev.metalog.protocol.codec.DocumentCodec;
import dev.metalog.protocol.codec.DocumentCodec.Packing;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.EventRunsBuilder;
import dev.metalog.protocol.codec.RunKind;
import dev.metalog.server.eventgraph.Admission.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Columns of which a part is known already come in like the bundles that they amount to. */
final class RandomOverlapTest {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final ReplicaId BEN = new ReplicaId("ben");
    private static final int HISTORIES = 150;
    private static final int EDITS = 40;
    private static final int OFFERS = 12;

    @Test
    void aPartlyKnownHistoryIsTakenInLikeBundles() throws Exception {
        long seed = Seed.draw("overlaps");
        int partlyNew = 0;
        for (int history = 0; history < HISTORIES; history++) {
            String name = "history " + history + " of seed " + seed;
            Random random = new Random(seed + history);
            List<Bundle> bundles = write(random);
            EventGraph all = new EventGraph();
            bundles.forEach(all::admit);
            EventGraph byColumns = new EventGraph();
            EventGraph byBundles = new EventGraph();
            for (int offer = 0; offer < OFFERS; offer++) {
                EventRuns runs = offer(random, bundles, all, byColumns, offer);
                int before = byColumns.eventCount();
                Admission admission = byColumns.admit(runs);
                assertThat(told(admission)).as(name).isEqualTo(told(byBundles.admit(BundleCodec.toBundle(runs))));
                assertThat(admission).as(name).isNotInstanceOf(Admission.Refused.class);
                boolean added = admission instanceof Admission.Added;
                partlyNew += added && byColumns.eventCount() - before < runs.units() ? 1 : 0;
                TrackerCheck.check(byColumns, random);
                assertThat(byColumns.text()).as(name).isEqualTo(byBundles.text());
                assertThat(byColumns.vector()).as(name).isEqualTo(byBundles.vector());
                assertThat(byColumns.tip()).as(name).isEqualTo(byBundles.tip());
            }
            assertThat(byColumns.text()).as(name).isEqualTo(all.text());
            assertThat(byColumns.origins()).as(name).isEqualTo(all.origins());
            assertThat(byColumns.admit(all.runsSince(0))).as(name).isEqualTo(new Admission.Duplicate());
            assertThat(all.admit(byColumns.runsSince(0))).as(name).isEqualTo(new Admission.Duplicate());
        }
        assertThat(partlyNew).isGreaterThan(HISTORIES);
    }

    /** Whoever misses a unit misses those of the same writer before it, which may be told or not. */
    private static Object told(Admission admission) {
        Map<ReplicaId, Integer> last = new HashMap<>();
        if (admission instanceof Admission.Missing missing) {
            missing.events().forEach(event -> last.merge(event.replica(), event.seq(), Math::max));
        }
        return last.isEmpty() ? admission : last;
    }

    /** Any stretch of the history as this or that replica has it; in the end all of it. */
    private static EventRuns offer(Random random, List<Bundle> bundles, EventGraph all, EventGraph one, int offer)
            throws Exception {
        if (offer == OFFERS - 1) {
            return DocumentCodec.readHistory(DocumentCodec.encode(all.runsSince(0), Packing.NOTHING));
        }
        if (random.nextInt(4) == 0 && one.eventCount() > 0) {
            return one.runsSince(random.nextInt(2) * eventStart(one, random.nextInt(one.eventCount())));
        }
        EventGraph some = new EventGraph();
        for (int tries = random.nextInt(2 * bundles.size()); tries >= 0; tries--) {
            some.admit(bundles.get(random.nextInt(Math.min(bundles.size(), 4 + some.eventCount()))));
        }
        int from = random.nextInt(3) == 0 ? random.nextInt(some.eventCount() + 1) : 0;
        List<Bundle> since = some.recordedSince(eventStart(some, from));
        return since.isEmpty() ? all.runsSince(0) : BundleCodec.decodeRuns(BundleCodec.encode(since.get(0)));
    }

    /** A number of units that ends with a whole event. */
    private static int eventStart(EventGraph graph, int units) {
        int end = 0;
        for (Bundle bundle : graph.since(VersionVector.EMPTY)) {
            for (Event event : bundle.events()) {
                if (end + event.length() > units) {
                    return end;
                }
                end += event.length();
            }
        }
        return 0;
    }

    private static List<Bundle> write(Random random) {
        EventGraph graph = new EventGraph();
        List<Bundle> bundles = new ArrayList<>();
        List<Version> versions = new ArrayList<>(List.of(Version.ROOT));
        int clock = random.nextInt(1_000);
        while (versions.size() < EDITS) {
            ReplicaId writer = new ReplicaId("w" + random.nextInt(5));
            Version at = random.nextInt(3) > 0 ? graph.tip() : versions.get(random.nextInt(versions.size()));
            clock += random.nextInt(5) == 0 ? 1 : 0;
            List<Bundle> recorded = graph.edit(writer, at, RandomText.edits(random, graph.textAt(at)), clock);
            bundles.addAll(recorded);
            if (!recorded.isEmpty()) {
                versions.add(Version.of(new EventId(writer, graph.vector().nextSeq(writer) - 1)));
            }
        }
        return bundles;
    }

    /** Whatever is known of it, a history may have more events than a {@link Bundle} can hold. */
    @Test
    void moreEventsThanABundleHoldsAreTakenIn() {
        Random random = new Random(1);
        EventGraph written = new EventGraph();
        List<Bundle> bundles = new ArrayList<>();
        for (int i = 0; i < 3 * Limits.BATCH_EVENTS; i++) {
            TextEdit edit = new TextEdit(random.nextInt(written.length() + 1), 0, "k");
            bundles.addAll(written.edit(i % 3 == 0 ? ANNA : BEN, written.tip(), List.of(edit)));
        }
        EventGraph half = new EventGraph();
        bundles.subList(0, Limits.BATCH_EVENTS).forEach(half::admit);
        assertThat(half.admit(written.runsSince(0))).isEqualTo(new Admission.Added(2 * Limits.BATCH_EVENTS));
        assertThat(half.text()).isEqualTo(written.text());
        assertThat(half.admit(written.runsSince(0))).isEqualTo(new Admission.Duplicate());
        EventGraph none = new EventGraph();
        assertThat(none.admit(written.runsSince(9)))
                .isEqualTo(new Admission.Missing(List.of(new EventId(ANNA, 2), new EventId(BEN, 5))));
        EventGraph mine = new EventGraph();
        mine.edit(ANNA, Version.ROOT, List.of(new TextEdit(0, 0, "another text")));
        assertThat(mine.admit(written.runsSince(0))).isInstanceOfSatisfying(Admission.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(Reason.CONFLICT);
            assertThat(refused.event()).isEqualTo(new EventId(ANNA, 0));
        });
        assertThat(mine.text()).isEqualTo("another text");
    }

    @Test
    void otherEventsUnderAKnownNameAreAConflict() {
        EventGraph graph = new EventGraph();
        graph.edit(ANNA, Version.ROOT, List.of(new TextEdit(0, 0, "abcdef")));
        graph.edit(ANNA, graph.tip(), List.of(new TextEdit(1, 3, "")));
        assertThat(graph.admit(deletions(RunKind.DELETION, 1, 3))).isInstanceOf(Admission.Duplicate.class);
        conflict(graph, deletions(RunKind.DELETION, 1, 2));
        conflict(graph, deletions(RunKind.DELETION, 1, 4));
        conflict(graph, deletions(RunKind.DELETION, 1, 1));
        conflict(graph, deletions(RunKind.DELETION, 2, 3));
        conflict(graph, deletions(RunKind.DELETE_KEYS, 1, 3));
        conflict(graph, deletions(RunKind.BACKSPACES, 3, 3));
        EventGraph keys = new EventGraph();
        keys.edit(ANNA, Version.ROOT, List.of(new TextEdit(0, 0, "abcdef")));
        for (int i = 0; i < 3; i++) {
            keys.edit(ANNA, keys.tip(), List.of(new TextEdit(1, 1, "")));
        }
        assertThat(keys.admit(deletions(RunKind.DELETE_KEYS, 1, 2))).isInstanceOf(Admission.Duplicate.class);
        assertThat(keys.admit(deletions(RunKind.DELETE_KEYS, 1, 4))).isEqualTo(new Admission.Added(1));
        conflict(keys, deletions(RunKind.DELETION, 1, 3));
        conflict(keys, deletions(RunKind.BACKSPACES, 1, 2));
        conflict(keys, deletions(RunKind.DELETE_KEYS, 0, 2));
    }

    /** "abcdef" by Anna, and then so many of it deleted by her. */
    private static EventRuns deletions(RunKind kind, int position, int length) {
        EventRunsBuilder builder = new EventRunsBuilder();
        int anna = builder.replica(ANNA);
        builder.insertion(anna, 0, new int[0], 0, "abcdef".toCharArray(), 0, 6);
        builder.deletion(kind, anna, 6, null, position, length);
        return builder.build();
    }

    private static void conflict(EventGraph graph, EventRuns runs) {
        String text = graph.text();
        for (Admission admission : List.of(graph.admit(runs), graph.admit(BundleCodec.toBundle(runs)))) {
            assertThat(admission)
                    .isInstanceOfSatisfying(
                            Admission.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.CONFLICT));
        }
        assertThat(graph.text()).isEqualTo(text);
    }
}

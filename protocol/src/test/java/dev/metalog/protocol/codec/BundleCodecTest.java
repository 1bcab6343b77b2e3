package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Seed;
import dev.metalog.protocol.Stamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class BundleCodecTest {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final ReplicaId BEN = new ReplicaId("ben");
    private static final String SMILE = RandomEvents.SMILE;

    /** Typing "Hi", a deletion, and somebody else's work that merges it with his own. */
    private static final Bundle SMALL = new Bundle(List.of(
            Event.insertion(new EventId(ANNA, 7), List.of(new EventId(BEN, 3)), 300, "Hi" + SMILE),
            Event.deletion(new EventId(ANNA, 11), List.of(new EventId(ANNA, 10)), 300, 1),
            Event.deletion(new EventId(BEN, 4), List.of(new EventId(ANNA, 11), new EventId(BEN, 3)), 0, 2)));

    /** Read by eye with docs/format-events.md. */
    private static final String SMALL_HEX = "58" // form 2; several runs and replicas, long names, parents, some outside
            + "01" // three runs
            + "01" + "00" // two writers, no other replicas
            + "04616e6e61" + "0362656e" // anna, ben
            + "07" + "04" // their first sequence numbers
            + "00" + "01" + "01" + "00" // two runs by anna, one by ben
            + "0c" + "01" + "05" // 4 units inserted, 1 deleted, 2 deleted at once
            + "01" // two runs name their parents
            + "00" + "01" + "03" + "03" // the first: one parent, ben 3
            + "01" + "02" + "00" + "03" + "03" // the third: two parents, the end of the run before and ben 3
            + "ac02" + "07" + "d704" // 300; 4 back from the cursor; 300 back from the cursor
            + "4869f09f9880";

    @Test
    void theBytesAreThoseOfTheFormat() throws Exception {
        assertThat(HexFormat.of().formatHex(BundleCodec.encode(SMALL))).isEqualTo(SMALL_HEX);
        assertThat(decode(SMALL_HEX)).isEqualTo(SMALL);
    }

    /** The same in minutes 70, 71 and 69. */
    private static final Bundle STAMPED = new Bundle(List.of(
            SMALL.events().get(0).stamped(70),
            SMALL.events().get(1).stamped(71),
            SMALL.events().get(2).stamped(69)));

    private static final String STAMPED_HEX = "78"
            + SMALL_HEX.substring(2, SMALL_HEX.length() - 12)
            + "01" + "46" // the first unit, and more to come: minute 70
            + "07" + "02" // three units on, and more to come: a minute later
            + "00" + "45" // the next unit, the last stamp: Ben's first, minute 69
            + "4869f09f9880";

    @Test
    void stampsStandBehindThePositions() throws Exception {
        assertThat(HexFormat.of().formatHex(BundleCodec.encode(STAMPED))).isEqualTo(STAMPED_HEX);
        assertThat(decode(STAMPED_HEX)).isEqualTo(STAMPED);
    }

    /** The same minute again goes without saying, and so does that nobody has said it before anybody does. */
    @Test
    void whatGoesWithoutSayingIsNotStamped() throws Exception {
        Event first = Event.insertion(new EventId(ANNA, 0), List.of(), 0, "ab").stamped(0);
        Event second = Event.insertion(new EventId(ANNA, 2), List.of(first.lastId()), 2, "c")
                .stamped(9);
        Event third = Event.insertion(new EventId(ANNA, 3), List.of(second.lastId()), 3, "d")
                .stamped(9);
        assertThat(BundleCodec.decode(BundleCodec.encode(new Bundle(List.of(first, second, third))))
                        .events())
                .containsExactly(
                        Event.insertion(first.id(), List.of(), 0, "ab"),
                        Event.insertion(second.id(), second.parents(), 2, "cd").stamped(9));
    }

    @Test
    void aKeyOfANewMinuteTakesFourBytesMore() {
        ReplicaId writer = RandomEvents.replica(new Random(1), true);
        Event key = Event.insertion(new EventId(writer, 200_000), List.of(new EventId(writer, 199_999)), 100_000, "x");
        int now = Stamp.minutesAt(1_790_000_000_000L);
        assertThat(BundleCodec.encode(new Bundle(List.of(key.stamped(now))))).hasSize(19 + 4);
    }

    @Test
    void aKeyIsTwentyBytesAtMost() throws Exception {
        ReplicaId writer = RandomEvents.replica(new Random(1), true);
        Event key = Event.insertion(new EventId(writer, 200_000), List.of(new EventId(writer, 199_999)), 100_000, "x");
        byte[] bytes = BundleCodec.encode(new Bundle(List.of(key)));
        assertThat(bytes).hasSize(19);
        assertThat(BundleCodec.decode(bytes).events()).containsExactly(key);
    }

    @Test
    void whatWasWrittenIsRead() throws Exception {
        long seed = Seed.draw("bundle round trips");
        for (int i = 0; i < 500; i++) {
            String name = "round " + i + " of seed " + seed;
            List<Event> events = RandomEvents.some(new Random(seed + i), 40);
            byte[] bytes = BundleCodec.encode(new Bundle(events));
            Bundle decoded = BundleCodec.decode(bytes);
            assertThat(RandomEvents.units(decoded.events())).as(name).isEqualTo(RandomEvents.units(events));
            assertThat(BundleCodec.encode(decoded)).as(name).isEqualTo(bytes);
            assertThat(BundleCodec.encode(BundleCodec.decodeRuns(bytes)))
                    .as(name)
                    .isEqualTo(bytes);
            assertThat(BundleCodec.decode(BundleCodec.encode(decoded))).as(name).isEqualTo(decoded);
        }
    }

    /** Typed key by key they are one run, so they are few events as written and many as handed in. */
    @Test
    void keysThatJoinAreStillPackedWithinTheLimit() throws Exception {
        List<Event> keys = new ArrayList<>();
        for (int seq = 0; seq < 2 * Limits.BATCH_EVENTS + 1; seq++) {
            List<EventId> parents = seq == 0 ? List.of() : List.of(new EventId(ANNA, seq - 1));
            keys.add(Event.insertion(new EventId(ANNA, seq), parents, seq, "k"));
        }
        List<Bundle> bundles = BundleCodec.pack(keys);
        assertThat(bundles).extracting(bundle -> bundle.events().size()).containsExactly(4_096, 4_096, 1);
        assertThat(BundleCodec.encode(bundles.get(0))).hasSizeLessThan(5_000);
        List<Event> stamped = new ArrayList<>();
        keys.forEach(key -> stamped.add(key.stamped(1 + key.id().seq())));
        bundles = BundleCodec.pack(stamped);
        List<Event> unpacked = new ArrayList<>();
        for (Bundle bundle : bundles) {
            unpacked.addAll(BundleCodec.decode(BundleCodec.encode(bundle)).events());
        }
        assertThat(unpacked).isEqualTo(stamped);
    }

    @Test
    void largeDeletionsArePackedWithinTheLimit() throws Exception {
        int half = Limits.BATCH_UNITS / 2;
        List<Event> deletions = new ArrayList<>();
        int seq = 1;
        for (int length : new int[] {half, half, 1, 3 * half, half - 1, half, 1}) {
            deletions.add(Event.deletion(new EventId(ANNA, seq), List.of(new EventId(ANNA, seq - 1)), 0, length));
            seq += length;
        }
        List<Bundle> bundles = BundleCodec.pack(deletions);
        assertThat(bundles).extracting(bundle -> bundle.events().size()).containsExactly(2, 1, 1, 3);
        for (Bundle bundle : bundles) {
            assertThat(BundleCodec.decode(BundleCodec.encode(bundle))).isEqualTo(bundle);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BundleCodec.encode(new Bundle(deletions)))
                .withMessageContaining("units");
    }

    /** However events are cut before they are handed in, they are the same bytes. */
    @Test
    void howEventsWereCutDoesNotShow() {
        long seed = Seed.draw("bundle cuts");
        for (int i = 0; i < 200; i++) {
            Random random = new Random(seed + i);
            List<Event> events = RandomEvents.some(random, 20);
            List<Event> cut = new ArrayList<>();
            events.forEach(event -> cut(random, event, cut));
            assertThat(BundleCodec.encode(new Bundle(cut)))
                    .as("round %d of seed %d", i, seed)
                    .isEqualTo(BundleCodec.encode(new Bundle(events)));
        }
    }

    private static void cut(Random random, Event event, List<Event> pieces) {
        int at = event.length() == 1 ? 0 : 1 + random.nextInt(event.length() - 1);
        boolean whole = at == 0 || event.kind() == Event.Kind.DELETION || pieces.size() > 2_000;
        if (whole || Character.isLowSurrogate(event.inserted().charAt(at))) {
            pieces.add(event);
            return;
        }
        Event first = Event.insertion(
                        event.id(),
                        event.parents(),
                        event.position(),
                        event.inserted().substring(0, at))
                .stamped(event.stampMinutes());
        cut(random, first, pieces);
        EventId next = new EventId(event.id().replica(), event.id().seq() + at);
        cut(
                random,
                Event.insertion(
                        next,
                        List.of(first.lastId()),
                        event.position() + at,
                        event.inserted().substring(at)),
                pieces);
    }

    @Test
    void aRunAloneIsTheSameBytes() {
        long seed = Seed.draw("runs alone");
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            ReplicaId writer = RandomEvents.replica(random, random.nextBoolean());
            RunEncoder encoder = new RunEncoder(writer);
            int seq = 1 + random.nextInt(1 << (1 + random.nextInt(29)));
            int position = 5 + random.nextInt(1 << (1 + random.nextInt(29)));
            int length = 1 + random.nextInt(4);
            RunKind kind = RunKind.of(random.nextInt(4));
            EventRunsBuilder builder = new EventRunsBuilder();
            char[] text = "xyé漢a".substring(random.nextInt(2)).toCharArray();
            byte[] alone;
            if (kind == RunKind.INSERTION) {
                builder.insertion(builder.replica(writer), seq, null, position, text, 0, length);
                alone = encoder.insertion(seq, position, text, 0, length);
            } else {
                builder.deletion(kind, builder.replica(writer), seq, null, position, length);
                alone = encoder.deletion(kind, seq, position, length);
            }
            assertThat(alone).as("round %d of seed %d", i, seed).isEqualTo(BundleCodec.encode(builder.build()));
        }
    }

    @Test
    void keysThatDeleteAreJoined() throws Exception {
        List<Event> events = new ArrayList<>();
        int[] positions = {9, 9, 9, 8, 7, 7, 6, 6, 5};
        for (int i = 0; i < positions.length; i++) {
            List<EventId> parents = i == 0 ? List.of() : List.of(new EventId(ANNA, i - 1));
            events.add(Event.deletion(new EventId(ANNA, i), parents, positions[i], 1));
        }
        byte[] bytes = BundleCodec.encode(new Bundle(events));
        EventRuns runs = BundleCodec.decodeRuns(bytes);
        assertThat(BundleCodec.decode(bytes).events()).isEqualTo(events);
        assertThat(runs.count()).isEqualTo(4);
        assertThat(List.of(runs.kind(0), runs.kind(1), runs.kind(2), runs.kind(3)))
                .containsExactly(RunKind.DELETE_KEYS, RunKind.BACKSPACES, RunKind.BACKSPACES, RunKind.BACKSPACES);
        assertThat(List.of(runs.length(0), runs.length(1), runs.length(2), runs.length(3)))
                .containsExactly(3, 2, 2, 2);
        assertThat(runs.position(3)).isEqualTo(6);
    }

    @Test
    @Timeout(60)
    void everyChangedByteIsRefusedOrAnotherBundle() {
        long seed = Seed.draw("bundle mutations");
        Samples samples = new Samples(seed);
        int refused = 0;
        for (byte[] bytes : samples.bundles()) {
            for (int at = 0; at < bytes.length; at++) {
                for (int value = 1; value < 256; value += bytes.length < 40 ? 1 : 37) {
                    byte[] changed = bytes.clone();
                    changed[at] ^= (byte) value;
                    refused += refusedOrCanonical(changed) ? 1 : 0;
                }
                assertThat(refusedOrCanonical(Arrays.copyOf(bytes, at)))
                        .as("prefix %d, seed %d", at, seed)
                        .isTrue();
            }
            assertThat(refusedOrCanonical(Arrays.copyOf(bytes, bytes.length + 1)))
                    .isTrue();
        }
        assertThat(refused).isGreaterThan(3_000);
    }

    /** Whether the bytes are refused; fails if they are accepted although they are not what they would be written as. */
    private static boolean refusedOrCanonical(byte[] bytes) {
        try {
            Bundle bundle = BundleCodec.decode(bytes);
            assertThat(BundleCodec.encode(bundle))
                    .as(HexFormat.of().formatHex(bytes))
                    .isEqualTo(bytes);
            return false;
        } catch (MalformedBundleException e) {
            assertThat(e).hasMessageStartingWith("Not a bundle");
            return true;
        }
    }

    private static Bundle decode(String hex) throws MalformedBundleException {
        return BundleCodec.decode(HexFormat.of().parseHex(hex));
    }
}

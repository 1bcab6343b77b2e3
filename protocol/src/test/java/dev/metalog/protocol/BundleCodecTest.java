package dev.metalog.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
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
    private static final String SMILE = "\uD83D\uDE00";

    /** Typing "Hi", a deletion that merges with somebody else's work, and an answer. */
    private static final Bundle SMALL = new Bundle(List.of(
            Event.insertion(new EventId(ANNA, 7), List.of(new EventId(BEN, 3)), 300, "Hi" + SMILE),
            Event.deletion(new EventId(ANNA, 11), List.of(new EventId(ANNA, 10)), 300, 1),
            Event.deletion(new EventId(BEN, 4), List.of(new EventId(ANNA, 11), new EventId(BEN, 3)), 0, 2)));

    /** Read by eye with the format in the class comment of the codec. */
    private static final String SMALL_HEX = "83" + "01" // three parts, format 1
            + "82" + "64616e6e61" + "6362656e" // two replicas: anna, ben
            + "83" // three events
            + "85" + "00" + "07" + "82" + "0103" + "19012c" + "66" + "4869f09f9880"
            + "85" + "00" + "0b" + "f6" + "19012c" + "01"
            + "85" + "01" + "04" + "84" + "000b" + "0103" + "00" + "02";

    @Test
    void theBytesAreThoseOfTheFormat() throws Exception {
        assertThat(HexFormat.of().formatHex(BundleCodec.encode(SMALL))).isEqualTo(SMALL_HEX);
        assertThat(decode(SMALL_HEX)).isEqualTo(SMALL);
    }

    @Test
    void whatWasWrittenIsRead() throws Exception {
        long seed = Seed.draw("bundle round trips");
        for (int i = 0; i < 500; i++) {
            Bundle bundle = randomBundle(new Random(seed + i));
            byte[] bytes = BundleCodec.encode(bundle);
            assertThat(BundleCodec.decode(bytes))
                    .as("round %d of seed %d", i, seed)
                    .isEqualTo(bundle);
            assertThat(BundleCodec.encode(BundleCodec.decode(bytes))).isEqualTo(bytes);
        }
    }

    @Test
    @Timeout(30)
    void brokenBytesAreRefusedWithOneException() {
        long seed = Seed.draw("bundle mutations");
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = mutate(random, BundleCodec.encode(randomBundle(random)));
            String name =
                    "mutation " + i + " of seed " + seed + ": " + HexFormat.of().formatHex(bytes);
            try {
                Bundle bundle = BundleCodec.decode(bytes);
                assertThat(BundleCodec.encode(bundle)).as(name).isEqualTo(bytes);
            } catch (MalformedBundleException e) {
                assertThat(e).as(name).hasMessageStartingWith("Not a bundle");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(2_000);
    }

    @Test
    void everyPrefixOfABundleIsRefused() {
        byte[] bytes = BundleCodec.encode(SMALL);
        for (int length = 0; length < bytes.length; length++) {
            byte[] prefix = Arrays.copyOf(bytes, length);
            assertThrows(MalformedBundleException.class, () -> BundleCodec.decode(prefix));
        }
    }

    @Test
    void theRefusalSaysWhereAndWhy() {
        String start = "830181" + "64616e6e61";
        refused("", "expected a list of three");
        refused("a0", "expected a list of three");
        refused("83" + "02" + "80" + "80", "format 2 is not known");
        refused("83" + "01" + "8101" + "80", "expected a replica name");
        refused("83" + "01" + "8160" + "80", "A replica id is");
        refused(start + "80", "A bundle holds 1");
        refused(start + "8101", "expected an event");
        refused(start + "81" + "85" + "05" + "00" + "80" + "00" + "6161", "at event 0: author 5 is not one");
        refused(start + "81" + "85" + "00" + "20" + "80" + "00" + "6161", "sequence number is not negative");
        refused(start + "81" + "85" + "00" + "00" + "f6" + "00" + "6161", "first event cannot follow");
        refused(start + "81" + "85" + "00" + "00" + "820000" + "00" + "60", "cannot be 0 units long");
        refused(start + "81" + "85" + "00" + "00" + "80" + "00" + "00", "cannot be 0 units long");
        refused(start + "81" + "85" + "00" + "00" + "80" + "20" + "6161", "negative position");
        refused(start + "81" + "85" + "00" + "00" + "80" + "00" + "f5", "the inserted text or the deleted length");
        refused(start + "81" + "85" + "00" + "1b0000000100000000" + "80" + "00" + "6161", "a number is too large");
        refused(start + "81" + "85" + "00" + "00" + "8100" + "00" + "6161", "expected an integer");
        refused(start + "81" + "86" + "00" + "00" + "80" + "00" + "6161" + "00", "expected the end of the event");
        refused(SMALL_HEX + "00", "something follows");
        // The second event is at fault.
        String good = "85" + "00" + "00" + "80" + "00" + "6161";
        refused(start + "82" + good + "85" + "01" + "01" + "f6" + "00" + "6161", "at event 1: author 1");
    }

    @Test
    void thereIsOneEncodingOnly() {
        String event = "85" + "00" + "00" + "80" + "00" + "6161";
        assertThat(decodes("830181" + "64616e6e61" + "81" + event)).isTrue();
        refused("83" + "1801" + "81" + "64616e6e61" + "81" + event, "not the one encoding");
        refused("9f" + "01" + "81" + "64616e6e61" + "81" + event + "ff", "not the one encoding");
        refused("830182" + "64616e6e61" + "6362656e" + "81" + event, "not the one encoding");
        refused("830182" + "64616e6e61" + "64616e6e61" + "81" + event, "not the one encoding");
        refused("830181" + "7f64616e6e61ff" + "81" + event, "not the one encoding");
        refused("c1830181" + "64616e6e61" + "81" + event, "not the one encoding");
        String parentsUnsorted = "85" + "01" + "04" + "84" + "0103" + "000b" + "00" + "02";
        refused(SMALL_HEX.substring(0, SMALL_HEX.length() - 20) + parentsUnsorted, "not the one encoding");
        String parentSpelledOut = "85" + "00" + "01" + "820000" + "01" + "6162";
        refused("830181" + "64616e6e61" + "82" + event + parentSpelledOut, "not the one encoding");
    }

    @Test
    void halfACharacterIsRefused() {
        // U+D83D alone, in the three bytes that a careless encoder makes of it.
        refused("830181" + "64616e6e61" + "81" + "85" + "00" + "00" + "80" + "00" + "63eda0bd", "Not a bundle");
        // The same for both halves: CESU-8, which is not UTF-8.
        refused("830181" + "64616e6e61" + "81" + "85" + "00" + "00" + "80" + "00" + "66eda0bdedb880", "Not a bundle");
    }

    @Test
    void tooManyBytesEventsOrParentsAreRefusedUnread() {
        byte[] tooMany = new byte[Limits.BATCH_BYTES + 1];
        assertThat(assertThrows(MalformedBundleException.class, () -> BundleCodec.decode(tooMany)))
                .hasMessageContaining("262145 bytes");

        StringBuilder events = new StringBuilder("830181" + "64616e6e61" + "991001");
        events.append("85" + "00" + "00" + "80" + "00" + "01");
        events.append(("85" + "00" + "00" + "f6" + "00" + "01").repeat(Limits.BATCH_EVENTS));
        refused(events.toString(), "more than 4096 events");

        String parents = "990202" + "0000".repeat(Limits.EVENT_PARENTS + 1);
        refused("830181" + "64616e6e61" + "81" + "85" + "00" + "00" + parents + "00" + "01", "more than 256 parents");
    }

    @Test
    void packingKeepsEveryBundleWithinItsBounds() throws Exception {
        List<Event> events = new ArrayList<>();
        String long1 = "漢".repeat(Limits.EVENT_INSERTED_UNITS);
        for (int seq = 0;
                events.size() < 9_000;
                seq = events.get(events.size() - 1).lastId().seq() + 1) {
            EventId id = new EventId(ANNA, seq);
            List<EventId> parents = seq == 0 ? List.of() : List.of(new EventId(ANNA, seq - 1));
            events.add(Event.insertion(id, parents, 0, events.size() < 3 ? long1 : "x"));
        }
        List<Bundle> bundles = BundleCodec.pack(events);
        List<Event> unpacked = new ArrayList<>();
        for (Bundle bundle : bundles) {
            byte[] bytes = BundleCodec.encode(bundle);
            assertThat(bytes.length).isLessThanOrEqualTo(Limits.BATCH_BYTES);
            unpacked.addAll(BundleCodec.decode(bytes).events());
        }
        assertThat(unpacked).isEqualTo(events);
        // Two are filled by the bytes of one event, one by the number of its events.
        assertThat(bundles.stream().map(bundle -> bundle.events().size()))
                .startsWith(1, 1)
                .contains(Limits.BATCH_EVENTS);
        assertThat(BundleCodec.pack(List.of())).isEmpty();
    }

    @Test
    void aBundleThatIsTooLargeIsNotWritten() {
        String text = "漢".repeat(50_000);
        List<Event> events = List.of(
                Event.insertion(new EventId(ANNA, 0), List.of(), 0, text),
                Event.insertion(new EventId(BEN, 0), List.of(), 0, text));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BundleCodec.encode(new Bundle(events)))
                .withMessageContaining("at most 262144");
    }

    private static Bundle decode(String hex) throws MalformedBundleException {
        return BundleCodec.decode(HexFormat.of().parseHex(hex));
    }

    private static boolean decodes(String hex) {
        try {
            return decode(hex) != null;
        } catch (MalformedBundleException e) {
            return false;
        }
    }

    private static void refused(String hex, String why) {
        assertThat(assertThrows(MalformedBundleException.class, () -> decode(hex)))
                .hasMessageContaining(why);
    }

    private static Bundle randomBundle(Random random) {
        List<Event> events = new ArrayList<>();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            EventId id = randomId(random);
            List<EventId> parents = new ArrayList<>();
            for (int p = random.nextInt(4); p > 0; p--) {
                EventId parent = randomId(random);
                if (!parents.contains(parent)) {
                    parents.add(parent);
                }
            }
            if (i > 0 && random.nextBoolean()) {
                parents = List.of(events.get(i - 1).lastId());
            }
            int position = random.nextInt(1 << (1 + random.nextInt(24)));
            events.add(
                    random.nextBoolean()
                            ? Event.deletion(id, parents, position, 1 + random.nextInt(100_000))
                            : Event.insertion(id, parents, position, randomText(random)));
        }
        return new Bundle(events);
    }

    private static EventId randomId(Random random) {
        return new EventId(new ReplicaId("r" + random.nextInt(5)), random.nextInt(1 << (1 + random.nextInt(20))));
    }

    private static String randomText(Random random) {
        String[] pieces = {"a", "\r\n", "é", "漢", SMILE, "typing "};
        StringBuilder text = new StringBuilder();
        for (int i = 1 + random.nextInt(random.nextInt(20) == 0 ? 3_000 : 8); i > 0; i--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    private static byte[] mutate(Random random, byte[] original) {
        byte[] bytes = original.clone();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 3 -> bytes = spliced(bytes, at, new byte[] {(byte) random.nextInt(256)});
                default -> bytes = spliced(bytes, at, "\u00ff漢".getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int at, byte[] more) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
        System.arraycopy(more, 0, longer, at, more.length);
        return longer;
    }
}

package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bundles that a hostile peer might make, written by hand; every refusal says where and why. */
final class BundleAttacksTest {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final ReplicaId BEN = new ReplicaId("ben");
    private static final String A = "0161";
    private static final String B = "0162";

    /** Form 2 with these flags. */
    private static String head(int flags) {
        return String.format("%02x", 0x40 | flags);
    }

    /** One run by replica "a", from its unit 1 on. */
    private static String one(String rest) {
        return head(3) + A + "01" + rest;
    }

    /** Two runs by replica "a" of which the second follows. */
    private static String two(String rest) {
        return head(2) + "00" + A + "01" + rest;
    }

    @Test
    void theExampleOfTheDescriptionIsRead() throws Exception {
        String example = "47" + "00".repeat(10) + "e807" + "00" + "ac02" + "78";
        ReplicaId anna = new ReplicaId("a".repeat(16));
        assertThat(decode(example).events())
                .containsExactly(Event.insertion(new EventId(anna, 1_000), List.of(new EventId(anna, 999)), 300, "x"));
    }

    @Test
    void otherFormsAreNamed() {
        refused("", "end too soon");
        refused("830181", "form 1 (CBOR)");
        refused("60", "end too soon");
        refused("a0", "form 5 of events is not known");
        refused("00", "form 0 of events is not known");
    }

    @Test
    void numbersHaveOneFormAndARange() {
        accepted(one("00" + "00" + "78"));
        refused(head(3) + A + "8100" + "00" + "00" + "78", "more bytes than it needs");
        refused(head(3) + A + "ffffffff0f" + "00" + "00" + "78", "too large");
        refused(head(3) + A + "ffffffffff7f" + "00" + "00" + "78", "too large");
        // Units 2^31 - 2 and, with a length of two, the one after.
        accepted(head(3) + A + "feffffff07" + "00" + "00" + "78");
        refused(head(3) + A + "feffffff07" + "04" + "00" + "7878", "overflow");
        refused(head(3) + A + "01" + "f9ffffff1f" + "00", "overflow");
        refused(one("01" + "ffffffff07"), "too far behind");
        refused(two("00" + "00" + "00" + "03" + "7878"), "before the start");
        refused(one("0b" + "01"), "before the start");
    }

    @Test
    void countsBeyondTheBytesTakeNoMemory() {
        refused(head(2) + "fdffffff07" + A + "01", "too few");
        refused(head(1) + "feffffff07" + "00", "too few");
        refused(head(0) + "00" + "00" + "ffffffff07", "too few");
        refused(head(9 | 2) + A + "01" + "00" + "feffffff07" + "00" + "00", "too few");
        refused(one("00" + "00"), "1 code units long and their text 0");
        refused(one("f8ffffff1f" + "00" + "78"), "overflow");
    }

    @Test
    void replicasAreNamedOnceInOrderAndNotInVain() {
        refused(head(3) + "00" + "01" + "00" + "00" + "78", "name of a replica");
        refused(head(3) + "0120" + "01" + "00" + "00" + "78", "name of a replica");
        refused(head(3) + "01ff" + "01" + "00" + "00" + "78", "name of a replica");
        refused(head(3) + "10" + "61".repeat(16) + "01" + "00" + "00" + "78", "spelled out");
        refused(head(1) + "00" + "01" + A + B + "01" + "00" + "00" + "78", "neither writes");
        String twoWriters = "00" + "01" + "00";
        accepted(head(0) + twoWriters + A + B + "0101" + "0000" + "0100" + "0000" + "00" + "02" + "7878");
        refused(head(0) + twoWriters + A + A + "0101" + "0000" + "0100" + "0000" + "00" + "02" + "7878", "named twice");
        refused(head(0) + twoWriters + A + B + "0101" + "0100" + "0000" + "0000" + "00" + "02" + "7878", "shared out");
        refused(head(0) + twoWriters + A + B + "0101" + "0000" + "0000" + "0000" + "00" + "02" + "7878", "shared out");
        refused(head(0) + twoWriters + A + B + "0101" + "0001" + "0000" + "00" + "02" + "7878", "writes nothing");
        refused(head(0) + twoWriters + A + B + "0101" + "0000" + "0107" + "0000" + "00" + "02" + "7878", "shared out");
        refused(head(0) + "00" + "00" + "00" + A + "01" + "0000" + "00" + "02" + "7878", "not counted");
    }

    @Test
    void parentsAreThereAndBeforeTheirChildren() {
        // A second run, which names one parent: b is the number that says which.
        String second = head(2 | 8) + "00" + A + "00" + "08" + "00" + "01" + "00" + "00";
        accepted(second + "00" + "01" + "01" + "00" + "00" + "12" + "78787879");
        refused(second + "00" + "01" + "00" + "00" + "12" + "78787879", "goes without saying");
        refused(second + "00" + "01" + "02" + "00" + "12" + "78787879", "before the first run");
        refused(second + "00" + "01" + "01" + "02" + "00" + "12" + "78787879", "outside of the run");
        refused(second + "00" + "02" + "01" + "00" + "01" + "00" + "00" + "12" + "78787879", "named twice");
        refused(second + "00" + "02" + "01" + "01" + "01" + "00" + "00" + "12" + "78787879", "out of order");
        refused(second + "01" + "00" + "00" + "12" + "78787879", "a run that is not there");
        // The first run cannot name anything here, and cannot follow what was never written.
        refused(head(3 | 8) + A + "00" + "00" + "00" + "00" + "01" + "00" + "00" + "78", "before the first run");
        refused(head(3) + A + "00" + "00" + "00" + "78", "no event before");
        // An inner unit of an atomic deletion.
        refused(
                head(2 | 8) + "00" + A + "00" + "09" + "00" + "01" + "00" + "00" + "00" + "01" + "01" + "00" + "00"
                        + "02" + "78",
                "inside of an atomic deletion");
        // Between the halves of a pair.
        refused(
                head(2 | 8) + "00" + A + "00" + "04" + "00" + "01" + "00" + "00" + "00" + "01" + "01" + "00" + "00"
                        + "12" + "f09f988079",
                "first half of a surrogate pair");
    }

    @Test
    void parentsThatAreElsewhereAreNotAmongThese() {
        String outside = head(1 | 8 | 16) + "00" + "01" + A + B + "05" + "00" + "00" + "00";
        accepted(outside + "01" + "03" + "09" + "00" + "78");
        refused(outside + "01" + "05" + "09" + "00" + "78", "replica 2");
        refused(outside + "02" + "03" + "09" + "03" + "09" + "00" + "78", "named twice");
        refused(outside + "02" + "03" + "09" + "01" + "02" + "00" + "78", "out of order");
        refused(outside + "01" + "01" + "02" + "00" + "78", "neither writes");
        String own = head(3 | 8 | 16) + A + "05" + "00" + "00" + "00";
        accepted(own + "01" + "01" + "03" + "00" + "78");
        refused(own + "01" + "01" + "04" + "00" + "78", "goes without saying");
        refused(own + "01" + "01" + "05" + "00" + "78", "as if it were known before");
        refused(own + "01" + "01" + "63" + "00" + "78", "as if it were known before");
        refused(own + "00" + "00" + "78", "no parent is outside");
        refused(head(3 | 16) + A + "05" + "00" + "00" + "78", "no parents at all");
    }

    @Test
    void runsAreJoinedAsFarAsItGoes() {
        refused(two("00" + "00" + "05" + "00" + "7878"), "not joined");
        refused(two("01" + "01" + "05" + "00"), "not joined");
        refused(two("01" + "01" + "05" + "01"), "not joined");
        refused(two("06" + "01" + "05" + "00"), "not joined");
        refused(two("07" + "01" + "05" + "01"), "not joined");
        accepted(two("07" + "01" + "05" + "00"));
        accepted(two("05" + "01" + "05" + "00"));
        refused(one("02" + "05"), "not a joined one");
        refused(one("03" + "05"), "not a joined one");
    }

    /** Two runs by "a", from its first unit on: "xy" inserted, and two characters deleted at once. */
    private static String stamped(String stamps) {
        return "6a" + "00" + A + "00" + "04" + "05" + "00" + "00" + "00" + "00" + "03" + stamps + "7879";
    }

    @Test
    void stampsTellAChangeAndPartNothing() {
        accepted(stamped("00" + "05"));
        accepted(stamped("01" + "05" + "00" + "01"));
        accepted(stamped("01" + "05" + "02" + "02"));
        accepted(stamped("01" + "ffffffff07" + "00" + "fdffffff0f"));
        // Without stamps, the text is taken for one.
        refused(stamped(""), "a unit that is not there");
        refused("63" + A + "01" + "01" + "00" + "01", "end too soon");
        refused(stamped("00" + "00"), "its writer's last one says");
        refused(stamped("01" + "05" + "00" + "00"), "its writer's last one says");
        refused(stamped("01" + "05" + "00" + "0b"), "before the first minute");
        refused(stamped("01" + "ffffffff07" + "00" + "02"), "after the last");
        refused(stamped("00" + "8080808008"), "too large");
        refused(stamped("08" + "05"), "a unit that is not there");
        refused(stamped("01" + "05" + "06" + "02"), "a unit that is not there");
        refused(stamped("feffffff0f" + "05"), "a unit that is not there");
        refused(stamped("06" + "05"), "inside of an atomic deletion");
        refused(stamped("00" + "8500"), "more bytes than it needs");
        // Between the halves of a pair.
        refused("63" + A + "01" + "04" + "00" + "02" + "05" + "f09f9880", "first half of a surrogate pair");
        // Where the writer goes on, nobody can tell here whether the minute is a new one.
        accepted("63" + A + "01" + "00" + "00" + "00" + "00" + "78");
        // A form without stamps has none.
        refused("4a" + stamped("00" + "05").substring(2), "their text");
    }

    @Test
    void textIsWholeUtf8() {
        refused(one("00" + "00" + "ff"), "not UTF-8");
        refused(one("00" + "00" + "c1b8"), "not UTF-8");
        refused(one("00" + "00" + "eda0bd"), "not UTF-8");
        refused(one("04" + "00" + "eda0bdedb880"), "not UTF-8");
        accepted(one("04" + "00" + "f09f9880"));
        accepted(one("00" + "00" + "efbfbd"));
        refused(one("00" + "00" + "7878"), "1 code units long and their text 2");
        refused(two("00" + "00" + "05" + "08" + "f09f9880"), "parts a surrogate pair");
    }

    @Test
    void boundsAreReached() throws Exception {
        byte[] tooLong = new byte[Limits.BATCH_BYTES + 1];
        assertThat(assertThrows(MalformedBundleException.class, () -> BundleCodec.decodeRuns(tooLong)))
                .hasMessageContaining("262145 bytes");
        // 4,096 backspaces, and one more.
        accepted(one("ff7f" + "ff1f"));
        refused(one("838001" + "8020"), "more than 4096 events");
        // 2^19 units by two deletions, and one more; a deletion alone may be of more.
        accepted(two("fdff3f" + "fdff3f" + "05" + "00"));
        refused(two("818040" + "fdff3f" + "05" + "00"), "more than 524288 units");
        accepted(one("81808002" + "05"));
        List<EventId> parents = new ArrayList<>();
        for (int i = 0; i < Limits.EVENT_PARENTS; i++) {
            parents.add(new EventId(BEN, 3 * i));
        }
        Bundle most = new Bundle(List.of(Event.deletion(new EventId(ANNA, 0), parents, 0, 1)));
        assertThat(BundleCodec.decode(BundleCodec.encode(most))).isEqualTo(most);
        EventRunsBuilder builder = new EventRunsBuilder();
        int ben = builder.replica(BEN);
        int[] codes = new int[Limits.EVENT_PARENTS + 1];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = builder.outside(ben, i);
        }
        builder.deletion(RunKind.DELETION, builder.replica(ANNA), 0, codes, 0, 1);
        assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining("256 parents");
        String tooMany = head(1 | 8 | 16) + "00" + "01" + A + B + "05" + "00" + "00" + "00" + "8102"
                + "0309".repeat(257) + "00" + "78";
        refused(tooMany, "256 parents");
        // 4,095 backspaces and a stamp, and one more.
        accepted("63" + A + "01" + "fb7f" + "ff1f" + "00" + "05");
        refused("63" + A + "01" + "ff7f" + "ff1f" + "00" + "05", "more than 4096 events");
    }

    @Test
    void whatCannotBeWrittenIsNotTaken() {
        notWritten("leaves a gap", event(ANNA, 0, List.of()), event(ANNA, 2, List.of()));
        notWritten("leaves a gap", event(ANNA, 5, List.of()), event(ANNA, 5, List.of()));
        notWritten("known before", event(ANNA, 5, List.of(new EventId(ANNA, 9))), event(ANNA, 6, List.of()));
        notWritten(
                "known before",
                event(ANNA, 5, List.of(new EventId(BEN, 5))),
                event(BEN, 5, List.of(new EventId(ANNA, 5))));
    }

    private static Event event(ReplicaId writer, int seq, List<EventId> parents) {
        return Event.deletion(new EventId(writer, seq), parents, 0, 1);
    }

    private static void notWritten(String why, Event... events) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BundleCodec.encode(new Bundle(List.of(events))))
                .withMessageContaining(why);
    }

    private static Bundle decode(String hex) throws MalformedBundleException {
        return BundleCodec.decode(HexFormat.of().parseHex(hex));
    }

    private static void accepted(String hex) {
        try {
            assertThat(HexFormat.of().formatHex(BundleCodec.encode(decode(hex))))
                    .isEqualTo(hex);
        } catch (MalformedBundleException e) {
            throw new AssertionError(hex, e);
        }
    }

    private static void refused(String hex, String why) {
        assertThat(assertThrows(MalformedBundleException.class, () -> decode(hex), hex))
                .hasMessageContaining(why);
    }
}

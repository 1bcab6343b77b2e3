package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Seed;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.membership.KeyWrap;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.protocol.membership.MembershipChange;
import dev.metalog.protocol.membership.MembershipRecord;
import dev.metalog.protocol.membership.Pin;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MembershipCodecTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final PeerId PEER = new PeerId("peer-" + "0123456789".repeat(4));
    private static final DeviceId DEVICE = new DeviceId("aaaaaaaaaaaaaaaaaaaaaaaaai");
    private static final String ONE = "00".repeat(15) + "01";
    private static final String HEAD = "07".repeat(16) + "ac02" + "09".repeat(32) + "05";

    private static Chunk chunk(int value, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return new Chunk(bytes);
    }

    private static MembershipRecord record(MembershipChange change) {
        return new MembershipRecord(
                WorkspaceId.fromBytes(chunk(7, 16).bytes()),
                300,
                new Digest(chunk(9, 32).bytes()),
                5,
                change);
    }

    /** These bytes are signed, in logs and on the wire: a change of them is a new form. */
    @Test
    void theBytesAreTheOnesThatWereSignedBefore() throws Exception {
        Chunk certificate = chunk(1, 134);
        MemberName name = new MemberName("\u00e9");
        golden(
                "0101" + "07".repeat(16) + "00" + "00".repeat(32) + "05" + "01".repeat(134) + "02c3a9" + "02".repeat(32)
                        + "03".repeat(16) + "04".repeat(80),
                new MembershipRecord(
                        WorkspaceId.fromBytes(chunk(7, 16).bytes()),
                        0,
                        MembershipRecord.NOTHING,
                        5,
                        new MembershipChange.Genesis(certificate, name, chunk(2, 32), chunk(3, 16), chunk(4, 80))));
        golden(
                "0102" + HEAD + "01".repeat(134) + "02c3a9" + "01" + "04".repeat(80),
                record(new MembershipChange.Add(certificate, name, MemberRole.WRITE, chunk(4, 80))));
        List<Pin> pins = List.of(
                new Pin(DocumentId.fromRandom(new byte[16]), new ReplicaId("a"), 1),
                new Pin(DocumentId.fromRandom(new byte[16]), new ReplicaId("b"), 300),
                new Pin(DocumentId.fromRandom(HEX.parseHex(ONE)), new ReplicaId("a"), 2));
        String pinned = "02" + "00".repeat(16) + "02" + "016101" + "0162ac02" + ONE + "01" + "016102";
        String device = "00".repeat(15) + "02";
        golden(
                "0103" + HEAD + device + "02" + pinned,
                record(new MembershipChange.SetRole(DEVICE, MemberRole.READ, pins)));
        golden(
                "0104" + HEAD + "01234567890123456789".repeat(2) + pinned,
                record(new MembershipChange.MorePins(PEER, pins)));
        golden(
                "0105" + HEAD + "01234567890123456789".repeat(2) + pinned + "03" + "03".repeat(16) + "01" + device
                        + "04".repeat(80),
                record(new MembershipChange.Remove(
                        PEER, pins, 3, chunk(3, 16), List.of(new KeyWrap(DEVICE, chunk(4, 80))))));
    }

    private static void golden(String hex, MembershipRecord record) throws MalformedMessageException {
        byte[] content = MembershipCodec.content(record);
        assertThat(HEX.formatHex(content)).isEqualTo(hex);
        byte[] signature = chunk(8, 65).bytes();
        MembershipCodec.Signed read = MembershipCodec.decode(MembershipCodec.encode(content, signature));
        assertThat(read.record()).isEqualTo(record);
        assertThat(read.content()).isEqualTo(content);
        assertThat(read.signature()).isEqualTo(signature);
    }

    private static byte[] encode(MembershipRecord record, Random random) {
        return MembershipCodec.encode(MembershipCodec.content(record), RandomMembership.bytes(random, 65));
    }

    @Test
    void everyRecordComesBackAsItWas() throws Exception {
        Random random = new Random(Seed.draw("records of membership"));
        for (int i = 0; i < 2_000; i++) {
            MembershipRecord record = RandomMembership.record(random);
            assertThat(MembershipCodec.decode(encode(record, random)).record()).isEqualTo(record);
        }
    }

    @Test
    void theLongestRecordFits() throws Exception {
        Random random = new Random(3);
        MembershipRecord record = RandomMembership.longest(random);
        byte[] bytes = encode(record, random);
        assertThat(bytes.length).isBetween(Limits.MEMBERSHIP_RECORD_BYTES * 3 / 4, Limits.MEMBERSHIP_RECORD_BYTES);
        assertThat(MembershipCodec.decode(bytes).record()).isEqualTo(record);
        byte[] longer = Arrays.copyOf(bytes, Limits.MEMBERSHIP_RECORD_BYTES + 1);
        assertThatThrownBy(() -> MembershipCodec.decode(longer)).hasMessageContaining("at most");
    }

    @Test
    void damagedBytesAreRefusedOrAreAnotherRecordInItsOneForm() {
        Random random = new Random(Seed.draw("damaged records of membership"));
        int refused = 0;
        for (int i = 0; i < 6_000; i++) {
            byte[] bytes = encode(RandomMembership.record(random), random);
            byte[] damaged = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
            if (damaged == bytes) {
                damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                MembershipCodec.Signed read = MembershipCodec.decode(damaged);
                assertThat(MembershipCodec.encode(MembershipCodec.content(read.record()), read.signature()))
                        .isEqualTo(damaged);
            } catch (MalformedMessageException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1_000);
    }

    /** Counts that promise more than there is, and orders that are not the one. */
    @Test
    void whatIsOutOfBoundsOrOrderIsRefused() {
        String peer = "01234567890123456789".repeat(2);
        String wrap = "04".repeat(80);
        for (String odd : new String[] {
            "0104" + HEAD + peer + "00",
            "0104" + HEAD + peer + "8108" + "00".repeat(40),
            "0104" + HEAD + peer + "ffffffff07",
            "0104" + HEAD + peer + "01" + "00".repeat(16) + "00",
            "0104" + HEAD + peer + "01" + "00".repeat(16) + "ffffffff07",
            "0104" + HEAD + peer + "01" + "00".repeat(16) + "01" + "016100",
            "0104" + HEAD + peer + "01" + "00".repeat(16) + "02" + "016201" + "016101",
            "0104" + HEAD + peer + "01" + "00".repeat(16) + "02" + "016101" + "016102",
            "0104" + HEAD + peer + "02" + ONE + "01" + "016101" + "00".repeat(16) + "01" + "016101",
            "0104" + HEAD + peer + "02" + ONE + "01" + "016101" + ONE + "01" + "016201",
            "0103" + HEAD + ONE + "00" + "00",
            "0103" + HEAD + ONE + "03" + "00",
            "0103" + HEAD + ONE + "01" + "01" + ONE + "01" + "016101",
            "0105" + HEAD + peer + "00" + "02" + "03".repeat(16) + "00",
            "0105" + HEAD + peer + "00" + "01" + "03".repeat(16) + "01" + ONE + wrap,
            "0105" + HEAD + peer + "00" + "02" + "03".repeat(16) + "ffffffff07",
            "0105" + HEAD + peer + "00" + "02" + "03".repeat(16) + "02" + ONE + wrap + "00".repeat(16) + wrap,
            "0105" + HEAD + peer + "00" + "02" + "03".repeat(16) + "02" + ONE + wrap + ONE + wrap,
            "0101" + HEAD + "01".repeat(134) + "0141" + "02".repeat(32) + "03".repeat(16) + "04".repeat(80),
            "0102" + HEAD + "01".repeat(134) + "00" + "01" + wrap,
            "0102" + HEAD + "01".repeat(134) + "0120" + "01" + wrap,
            "0102" + HEAD + "01".repeat(134) + "01ff" + "01" + wrap,
            "0106" + HEAD,
            "0203" + HEAD + ONE + "01" + "00",
            "0103" + HEAD + ONE + "01" + "00" + "00",
        }) {
            byte[] bytes = MembershipCodec.encode(HEX.parseHex(odd), new byte[65]);
            assertThatThrownBy(() -> MembershipCodec.decode(bytes))
                    .as(odd)
                    .isInstanceOf(MalformedMessageException.class)
                    .hasMessageContaining("record of membership");
        }
    }

    @Test
    void thereAreNotMoreRecordsThanMay() {
        Chunk wrap = chunk(4, 80);
        MembershipChange add = new MembershipChange.Add(chunk(1, 134), new MemberName("A"), MemberRole.READ, wrap);
        for (int number : new int[] {-1, 0, Limits.MEMBERSHIP_RECORDS, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> new MembershipRecord(
                            WorkspaceId.fromBytes(new byte[16]), number, MembershipRecord.NOTHING, 0, add))
                    .as("number " + number)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}

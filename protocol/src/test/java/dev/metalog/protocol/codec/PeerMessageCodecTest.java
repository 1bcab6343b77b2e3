package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.Attention;
import dev.metalog.protocol.Caret;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Seed;
import dev.metalog.protocol.Testimony;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.WriterProof;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of what peers say: fixed for ever, each message in one form, and everything else refused. */
class PeerMessageCodecTest {
    private static final Digest ONES = digest(0x11);
    private static final Digest TWOS = digest(0x22);
    private static final VersionVector VECTOR = vector(Map.of("ab", 3, "zz", 70_000));
    private static final Extras ADDED = new Extras(new TreeMap<>(Map.of(7, new byte[] {1, 2})));

    private static Digest digest(int value) {
        byte[] bytes = new byte[Digest.BYTES];
        Arrays.fill(bytes, (byte) value);
        return new Digest(bytes);
    }

    private static VersionVector vector(Map<String, Integer> nextSeqs) {
        TreeMap<ReplicaId, Integer> map = new TreeMap<>();
        nextSeqs.forEach((replica, next) -> map.put(new ReplicaId(replica), next));
        return new VersionVector(map);
    }

    private static Version version(String replica, int seq, String other, int otherSeq) {
        return new Version(
                List.of(new EventId(new ReplicaId(replica), seq), new EventId(new ReplicaId(other), otherSeq)));
    }

    private static PeerMessage presence(int attention, String name, Version version, List<Caret> carets) {
        return new PeerMessage.Presence(1, Attention.of(attention), name, version, carets, Extras.NONE);
    }

    private static byte[] bytes(int count, int value) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static Testimony testimony(String writer) {
        return new Testimony(new ReplicaId(writer), 300, 2, bytes(32, 0x11), bytes(WriterProof.SIGNATURE_BYTES, 0x22));
    }

    private static final String TESTIMONY = "026162" + "ac02" + "02" + "11".repeat(32) + "22".repeat(64);

    private static Equivocation equivocation() {
        return new Equivocation(
                bytes(WriterProof.CERTIFICATE_BYTES, 0x33),
                bytes(WriterProof.NONCE_BYTES, 0x44),
                testimony("ab"),
                new Equivocation.Signature(301, 3, bytes(WriterProof.SIGNATURE_BYTES, 0x55)),
                bytes(64, 0x66),
                bytes(2, 0x77),
                bytes(32, 0x08));
    }

    /** The bytes that docs/protocol-peers.md explains. */
    static Stream<Arguments> golden() {
        String ones = "5820" + "11".repeat(32);
        String twos = "5820" + "22".repeat(32);
        String vector = "846261620362" + "7a7a" + "1a00011170";
        Chunk chunk = new Chunk(new byte[] {9, 8});
        return Stream.of(
                Arguments.of(
                        "01860101f5" + ones + twos + "a0",
                        new PeerMessage.Hello(ProtocolRange.OURS, ONES, TWOS, true, Extras.NONE)),
                Arguments.of(
                        "01860218f0f4" + ones + ones + "a107420102",
                        new PeerMessage.Hello(new ProtocolRange(2, 240), ONES, ONES, false, ADDED)),
                Arguments.of("020908", new PeerMessage.Events(chunk)),
                Arguments.of("0383" + ones + vector + "a0", new PeerMessage.Have(ONES, VECTOR, Extras.NONE)),
                Arguments.of("04830580a0", new PeerMessage.Want(5, VersionVector.EMPTY, Extras.NONE)),
                Arguments.of("050000000500" + "0908", new PeerMessage.Part(5, false, false, chunk)),
                Arguments.of("050000000503" + "0908", new PeerMessage.Part(5, true, true, chunk)),
                Arguments.of("8c" + "0000000000000105" + "01", new PeerMessage.Probe(261, true)),
                Arguments.of("84", new PeerMessage.Hears(List.of())),
                Arguments.of(
                        "84" + "11".repeat(20) + "a0".repeat(20),
                        new PeerMessage.Hears(
                                List.of(new PeerId("peer-" + "11".repeat(20)), new PeerId("peer-" + "a0".repeat(20))))),
                Arguments.of("80" + "0708", new PeerMessage.Reachable(new byte[] {7, 8})),
                Arguments.of(
                        "81" + "860102" + "63416461" + "84" + "61610261620780" + "a0",
                        presence(2, "Ada", version("a", 2, "b", 7), List.of())),
                Arguments.of(
                        "81" + "8619100003" + "60" + "80" + "8400051910001864" + "a107420102",
                        new PeerMessage.Presence(
                                4_096,
                                Attention.IN_FRONT,
                                "",
                                Version.ROOT,
                                List.of(new Caret(0, 5), new Caret(4_096, 100)),
                                ADDED)),
                Arguments.of("82" + TESTIMONY, new PeerMessage.Testimonies(List.of(testimony("ab")))),
                Arguments.of(
                        "82" + TESTIMONY + "027a7a" + TESTIMONY.substring(6),
                        new PeerMessage.Testimonies(List.of(testimony("ab"), testimony("zz")))),
                Arguments.of(
                        "83" + "01" + "33".repeat(134) + "44".repeat(10) + TESTIMONY + "ad02" + "03" + "55".repeat(64)
                                + "02" + "66".repeat(64) + "02" + "7777" + "01" + "08".repeat(32),
                        new PeerMessage.Contradiction(true, equivocation())),
                Arguments.of("057fffffff01", new PeerMessage.Part(Integer.MAX_VALUE, true, false, Chunk.EMPTY)));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("golden")
    void hasItsBytes(String hex, PeerMessage message) throws MalformedMessageException {
        assertThat(HexFormat.of().formatHex(PeerMessageCodec.encode(message))).isEqualTo(hex);
        assertThat(PeerMessageCodec.decode(HexFormat.of().parseHex(hex))).isEqualTo(message);
    }

    @Test
    void anUnknownKindIsAnUpgradeOrMayBeMissed() throws MalformedMessageException {
        assertThatThrownBy(() -> PeerMessageCodec.decode(new byte[] {99, 1, 2}))
                .isInstanceOfSatisfying(
                        MalformedMessageException.class,
                        e -> assertThat(e.isOfNewer()).isTrue())
                .hasMessageContaining("Upgrade");
        assertThat(PeerMessageCodec.decode(new byte[] {(byte) 200, 1, 2})).isEqualTo(new PeerMessage.Unknown(200));
    }

    @Test
    void otherFormsOfTheSameAreRefused() {
        String ones = "5820" + "11".repeat(32);
        List<String> odd = List.of(
                "",
                "02",
                "0486",
                // A number longer than it has to be, an array without its length, bytes behind the end.
                "0483180580a0",
                "049f0580a0ff",
                "04830580a000",
                // Replicas out of order, twice, with a next seq of 0, without one.
                "048305847a6200",
                "0483058462" + "7a7a" + "0162" + "6162" + "01a0",
                "0483058462" + "6162" + "0162" + "6162" + "01a0",
                "0483058262" + "6162" + "00a0",
                "0483058162" + "6162" + "a0",
                // A digest that is too short, added fields out of order, a range that goes down.
                "01860101f5" + "4111" + ones + "a0",
                "01860101f5" + ones + ones + "a20240014000",
                "01860201f5" + ones + ones + "a0",
                "04830080a0",
                // Presence: number 0, an unknown attention, a name that hides, heads out of order, half a caret, gone
                // with
                // a caret, a caret before the text.
                "81" + "860002608080a0",
                "81" + "860104608080a0",
                "81" + "86010263e280ae8080a0",
                "81" + "860102608461620261610780a0",
                "81" + "860102608081" + "00a0",
                "81" + "860100608082" + "0000a0",
                "81" + "860102608082" + "2000a0",
                "0500000005",
                "050000000500",
                "050000000502" + "0908",
                "050000000001",
                "05ffffffff01",
                "050000000504" + "0908",
                // No writer, one twice, a number of no units, half a signature; flags that there are not, nothing at
                // all.
                "82",
                "82" + TESTIMONY + TESTIMONY,
                "82" + "026162" + "00" + TESTIMONY.substring(10),
                "82" + TESTIMONY.substring(0, TESTIMONY.length() - 2),
                "8302" + "33".repeat(134),
                "83",
                "8300");
        for (String hex : odd) {
            assertThatThrownBy(() -> PeerMessageCodec.decode(HexFormat.of().parseHex(hex)))
                    .as(hex)
                    .isInstanceOf(MalformedMessageException.class);
        }
    }

    @Test
    void whatIsTooLongIsRefused() {
        assertThatThrownBy(() -> PeerMessageCodec.decode(new byte[2 + Limits.CHUNK_BYTES]))
                .isInstanceOf(MalformedMessageException.class);
        byte[] events = new byte[2 + Limits.CHUNK_BYTES];
        events[0] = PeerMessageCodec.EVENTS;
        assertThatThrownBy(() -> PeerMessageCodec.decode(events)).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> new Extras(new TreeMap<>(Map.of(1, new byte[Extras.MOST_BYTES + 1]))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void presenceIsShort() throws MalformedMessageException {
        List<EventId> heads = new ArrayList<>();
        for (int i = 0; i < Limits.PRESENCE_HEADS; i++) {
            heads.add(new EventId(new ReplicaId("r".repeat(30) + (10 + i)), Integer.MAX_VALUE));
        }
        List<Caret> carets =
                Collections.nCopies(Limits.PRESENCE_CARETS, new Caret(Integer.MAX_VALUE, Integer.MAX_VALUE));
        PeerMessage longest = new PeerMessage.Presence(
                Long.MAX_VALUE, Attention.IDLE, "\ud83d\ude00".repeat(64), new Version(heads), carets, Extras.NONE);
        byte[] bytes = PeerMessageCodec.encode(longest);
        assertThat(bytes.length).isLessThan(Limits.PRESENCE_BYTES);
        assertThat(PeerMessageCodec.decode(bytes)).isEqualTo(longest);

        TreeMap<Integer, byte[]> much = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            much.put(i, new byte[Extras.MOST_BYTES]);
        }
        byte[] tooLong = PeerMessageCodec.encode(
                new PeerMessage.Presence(1, Attention.IDLE, "", Version.ROOT, List.of(), new Extras(much)));
        assertThatThrownBy(() -> PeerMessageCodec.decode(tooLong)).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void theLongestVectorFitsIntoAnEnvelope() throws MalformedMessageException {
        TreeMap<ReplicaId, Integer> map = new TreeMap<>();
        for (int i = 0; i < Limits.VECTOR_REPLICAS; i++) {
            map.put(new ReplicaId("r".repeat(26) + (100_000 + i)), Integer.MAX_VALUE);
        }
        PeerMessage.Have have = new PeerMessage.Have(ONES, new VersionVector(map), Extras.NONE);
        byte[] bytes = PeerMessageCodec.encode(have);
        assertThat(bytes.length).isLessThan(900_000);
        assertThat(PeerMessageCodec.decode(bytes)).isEqualTo(have);
    }

    @Test
    void damageIsNeverAnotherMessageInTwoForms() throws MalformedMessageException {
        Random random = new Random(Seed.draw("PeerMessageCodecTest"));
        List<Arguments> all = golden().toList();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = PeerMessageCodec.encode(
                    (PeerMessage) all.get(random.nextInt(all.size())).get()[1]);
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                PeerMessage message = PeerMessageCodec.decode(bytes);
                if (!(message instanceof PeerMessage.Unknown)) {
                    assertThat(PeerMessageCodec.encode(message)).isEqualTo(bytes);
                }
            } catch (MalformedMessageException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }
}

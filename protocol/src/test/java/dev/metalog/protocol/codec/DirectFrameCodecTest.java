package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.DirectFrame;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.Seed;
import java.util.Arrays;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of direct links: fixed for ever, each frame in one form, and everything else refused. */
class DirectFrameCodecTest {
    private static final Extras ADDED = new Extras(new TreeMap<>(Map.of(7, new byte[] {1, 2}, 300, new byte[0])));

    /** The bytes that docs/protocol-peers.md explains. */
    static Stream<Arguments> golden() {
        return Stream.of(
                Arguments.of(
                        "00000012" + "01" + "00000001" + "00000001" + "0123456789abcdef" + "00",
                        new DirectFrame.Hello(DirectFrame.VERSIONS, 0x0123456789abcdefL, Extras.NONE)),
                Arguments.of(
                        "00000020" + "01" + "00000002" + "000000f0" + "ffffffffffffffff" + "02" + "00000007" + "0002"
                                + "0102" + "0000012c" + "0000",
                        new DirectFrame.Hello(new ProtocolRange(2, 240), -1, ADDED)),
                Arguments.of("00000001" + "02", new DirectFrame.Ready()),
                Arguments.of("00000004" + "03" + "6d2f31", new DirectFrame.Want("m/1")),
                Arguments.of("00000003" + "04" + "c3a9", new DirectFrame.Unwant("é")),
                Arguments.of("00000008" + "05" + "01" + "03" + "6d2f31" + "0908", message("m/1", true, 9, 8)),
                Arguments.of("00000004" + "05" + "00" + "01" + "6d", message("m", false)),
                Arguments.of("00000009" + "06" + "00000000000000ff", new DirectFrame.Ping(255)),
                Arguments.of("00000009" + "07" + "8000000000000000", new DirectFrame.Pong(Long.MIN_VALUE)),
                Arguments.of("00000005" + "08" + "02" + "627965", new DirectFrame.Bye(2, "bye")),
                Arguments.of("00000002" + "08" + "ff", new DirectFrame.Bye(255, "")));
    }

    private static DirectFrame message(String topic, boolean urgent, int... payload) {
        byte[] bytes = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            bytes[i] = (byte) payload[i];
        }
        return new DirectFrame.Message(topic, urgent, bytes);
    }

    private static byte[] withoutLength(byte[] frame) {
        return Arrays.copyOfRange(frame, DirectFrameCodec.PREFIX_BYTES, frame.length);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("golden")
    void hasItsBytes(String hex, DirectFrame frame) throws MalformedMessageException {
        assertThat(HexFormat.of().formatHex(DirectFrameCodec.encode(frame))).isEqualTo(hex);
        assertThat(DirectFrameCodec.decode(withoutLength(HexFormat.of().parseHex(hex))))
                .isEqualTo(frame);
    }

    @Test
    void anUnknownKindIsAnUpgradeOrMayBeMissed() throws MalformedMessageException {
        assertThatThrownBy(() -> DirectFrameCodec.decode(new byte[] {99, 1, 2}))
                .isInstanceOfSatisfying(
                        MalformedMessageException.class,
                        e -> assertThat(e.isOfNewer()).isTrue())
                .hasMessageContaining("Upgrade");
        assertThat(DirectFrameCodec.decode(new byte[] {(byte) 200, 1, 2})).isEqualTo(new DirectFrame.Unknown(200));
        assertThatThrownBy(() -> DirectFrameCodec.encode(new DirectFrame.Unknown(200)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                // A range that goes down, too many added fields, out of order, twice, below 0, cut off, bytes behind.
                "0100000002000000010000000000000000" + "00",
                "0100000001000000010000000000000000" + "11",
                "0100000001000000010000000000000000" + "02" + "000000070000" + "000000060000",
                "0100000001000000010000000000000000" + "02" + "000000070000" + "000000070000",
                "0100000001000000010000000000000000" + "01" + "ffffffff0000",
                "0100000001000000010000000000000000" + "01" + "000000070401",
                "0100000001000000010000000000000000" + "01" + "00000007000201",
                "0100000001000000010000000000000000" + "0000",
                "01000000010000000100000000000000",
                "0200",
                // No topic, wildcards, a private one, control characters, not UTF-8, an overlong form, a surrogate.
                "03",
                "036d2f2b",
                "036d2f23",
                "03247368617265",
                "036d00",
                "036d0a",
                "036dc285",
                "03ff",
                "03c0af",
                "03eda080",
                "04",
                "03f09f9880",
                // Unknown flags, a topic of no or more bytes than there are.
                "0502016d",
                "0580016d",
                "050000",
                "0500056d",
                "05",
                "0500",
                "06000000000000",
                "06000000000000000000",
                "07",
                "08",
                "0801ff",
                "0801610a",
                "00"
            })
    void otherFormsAreRefused(String hex) {
        assertThatThrownBy(() -> DirectFrameCodec.decode(HexFormat.of().parseHex(hex)))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void sizesUpToTheLimitPassAndLargerOnesAreRefused() throws MalformedMessageException {
        String longest = "t".repeat(Limits.MQTT_TOPIC_BYTES);
        byte[] largest = new byte[Limits.DIRECT_FRAME_BYTES - DirectFrame.Message.OVERHEAD_BYTES - longest.length()];
        DirectFrame.Message message = new DirectFrame.Message(longest, false, largest);
        byte[] bytes = withoutLength(DirectFrameCodec.encode(message));
        assertThat(bytes).hasSize(Limits.DIRECT_FRAME_BYTES);
        assertThat(DirectFrameCodec.decode(bytes)).isEqualTo(message);
        assertThatThrownBy(() -> new DirectFrame.Message(longest, false, new byte[largest.length + 1]))
                .hasMessageContaining("Send it in parts");
        assertThatThrownBy(() -> new DirectFrame.Want(longest + "t")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DirectFrameCodec.decode(new byte[Limits.DIRECT_FRAME_BYTES + 1]))
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> DirectFrameCodec.decode(HexFormat.of().parseHex("03" + "61".repeat(161))))
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> DirectFrameCodec.decode(HexFormat.of().parseHex("0801" + "61".repeat(257))))
                .isInstanceOf(MalformedMessageException.class);
        for (int length : List.of(0, -1, Integer.MIN_VALUE, Limits.DIRECT_FRAME_BYTES + 1)) {
            assertThatThrownBy(() -> DirectFrameCodec.demandLength(length, Limits.DIRECT_FRAME_BYTES))
                    .isInstanceOf(MalformedMessageException.class)
                    .hasMessageContaining(Integer.toUnsignedString(length));
        }
    }

    @Test
    void theLongestHelloHasItsLength() throws MalformedMessageException {
        TreeMap<Integer, byte[]> extras = new TreeMap<>();
        for (int i = 0; i < Extras.MOST; i++) {
            extras.put(i, new byte[Extras.MOST_BYTES]);
        }
        DirectFrame.Hello hello = new DirectFrame.Hello(DirectFrame.VERSIONS, 1, new Extras(extras));
        byte[] bytes = withoutLength(DirectFrameCodec.encode(hello));
        assertThat(bytes).hasSize(DirectFrameCodec.HELLO_BYTES);
        assertThat(DirectFrameCodec.decode(bytes)).isEqualTo(hello);
    }

    @Test
    void damageIsNeverAnotherFrameInTwoForms() {
        Random random = new Random(Seed.draw("DirectFrameCodecTest"));
        List<Arguments> all = golden().toList();
        int decoded = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = withoutLength(DirectFrameCodec.encode(
                    (DirectFrame) all.get(random.nextInt(all.size())).get()[1]));
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                DirectFrame frame = DirectFrameCodec.decode(bytes);
                if (!(frame instanceof DirectFrame.Unknown)) {
                    assertThat(withoutLength(DirectFrameCodec.encode(frame))).isEqualTo(bytes);
                    decoded++;
                }
            } catch (MalformedMessageException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        assertThat(decoded).isPositive();
    }
}

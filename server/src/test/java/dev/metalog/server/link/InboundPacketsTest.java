package dev.metalog.server.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InboundPacketsTest {
    /** One for all tests of a run: a test that is tried again meets the same. */
    private static final long FRESH_SEED = System.nanoTime();

    private static byte[] publish(String topic, String payload) {
        byte[] name = topic.getBytes(UTF_8);
        byte[] content = payload.getBytes(UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x32);
        int length = 2 + name.length + 2 + content.length;
        while (length > 127) {
            out.write(length % 128 | 0x80);
            length /= 128;
        }
        out.write(length);
        out.write(name.length >> 8);
        out.write(name.length);
        out.writeBytes(name);
        out.writeBytes(new byte[] {0, 7});
        out.writeBytes(content);
        return out.toByteArray();
    }

    /** A stream that gives a few bytes at a time and times out in between. */
    private static InputStream halting(byte[] bytes, Random random) {
        return new InputStream() {
            private int at;
            private int ration;

            private boolean halts() {
                if (ration == 0) {
                    ration = 1 + random.nextInt(5);
                    return true;
                }
                return false;
            }

            @Override
            public int read() throws IOException {
                if (at < bytes.length && halts()) {
                    throw new SocketTimeoutException("halted");
                }
                ration--;
                return at < bytes.length ? bytes[at++] & 0xff : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int value = read();
                if (value < 0) {
                    return -1;
                }
                target[offset] = (byte) value;
                return 1;
            }
        };
    }

    private static byte[] readAll(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] some = new byte[33];
        while (true) {
            try {
                int count = in.read(some);
                if (count < 0) {
                    return out.toByteArray();
                }
                out.write(some, 0, count);
            } catch (SocketTimeoutException e) {
                // Paho asks again after a time-out as well.
            }
        }
    }

    @Test
    void soundPacketsPassUnchangedWhereverTheStreamHalts() throws IOException {
        long seed = Long.getLong("seed", FRESH_SEED);
        Random random = new Random(seed);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        sent.writeBytes(new byte[] {0x20, 2, 0, 0});
        for (int i = 0; i < 100; i++) {
            sent.writeBytes(publish("a/ä/" + i, "x".repeat(random.nextInt(500))));
            sent.writeBytes(new byte[] {0x40, 2, 0, 1});
            sent.writeBytes(new byte[] {(byte) 0xd0, 0});
            sent.writeBytes(new byte[] {(byte) 0x90, 4, 0, 1, 1, (byte) 0x80});
        }
        assertThat(readAll(new InboundPackets(halting(sent.toByteArray(), random))))
                .as("seed %s", seed)
                .isEqualTo(sent.toByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/\ud83d\ude00", "a/\u0000", "a/\u0085x", "a/\ufffd", "a/\uff21"})
    void aTopicPahoCannotReadIsTakenAway(String topic) throws IOException {
        byte[] taken = "+".repeat(topic.getBytes(UTF_8).length).getBytes(UTF_8);
        assertThat(readAll(new InboundPackets(new ByteArrayInputStream(publish(topic, "body")))))
                .isEqualTo(publish(new String(taken, UTF_8), "body"));
    }

    @Test
    void aTopicThatIsTooLongOrNoTextIsTakenAway() throws IOException {
        String longest = "t".repeat(LinkLimits.TOPIC_BYTES);
        assertThat(readAll(new InboundPackets(new ByteArrayInputStream(publish(longest, "body")))))
                .isEqualTo(publish(longest, "body"));
        assertThat(readAll(new InboundPackets(new ByteArrayInputStream(publish(longest + "t", "body")))))
                .isEqualTo(publish("+".repeat(longest.length() + 1), "body"));
        byte[] malformed = publish("abc", "body");
        malformed[5] = (byte) 0xc3;
        assertThat(readAll(new InboundPackets(new ByteArrayInputStream(malformed))))
                .isEqualTo(publish("+++", "body"));
    }

    @Test
    void brokenPacketsEndTheConnection() {
        byte[][] broken = {
            {0x00, 0},
            {0x10, 2, 0, 0},
            {0x20, 3, 0, 0, 0},
            {0x20, 0},
            {0x40, 1, 0},
            {(byte) 0x90, 2, 0, 1},
            {(byte) 0xb0, 0},
            {(byte) 0xd0, 1, 0},
            {(byte) 0xf0, 0},
            {0x30, 1, 0},
            {0x30, 2, 0, 1},
            {0x32, 3, 0, 1, 'a'},
            {0x36, 5, 0, 1, 'a', 0, 1},
            {0x30, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 1},
            {0x30, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f},
        };
        for (byte[] bytes : broken) {
            assertThatThrownBy(() -> readAll(new InboundPackets(new ByteArrayInputStream(bytes))))
                    .as(java.util.Arrays.toString(bytes))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("the broker sent a packet");
        }
    }

    @Test
    void anEndWithinAPacketIsAnEnd() throws IOException {
        byte[] whole = publish("a", "body");
        for (int cut = 0; cut < whole.length; cut++) {
            byte[] part = java.util.Arrays.copyOf(whole, cut);
            assertThat(readAll(new InboundPackets(new ByteArrayInputStream(part))))
                    .isEmpty();
        }
    }

    @Test
    void randomBytesNeverDoMoreThanEndTheConnection() {
        long seed = Long.getLong("seed", FRESH_SEED);
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            try {
                readAll(new InboundPackets(new ByteArrayInputStream(noise)));
            } catch (IOException e) {
                assertThat(e).as("seed %s", seed).hasMessageStartingWith("the broker sent");
            }
        }
    }
}

package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.codec.DocumentCodec.Packing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Saved documents and large bundles that are made to take time, memory or trust they should not get. */
final class DocumentAttacksTest {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final int TEXT_PACKED = 3;

    @Test
    void aBombDoesNotGoOff() throws Exception {
        byte[] bomb = deflated(new byte[60 << 20]);
        assertThat(bomb).hasSizeLessThan(Decoding.INPUT_BYTES);
        // The truth about its size, a size that would be allowed, and every length that is nearly right.
        refused(withText(bomb, 60 << 20), "larger than is allowed");
        refused(withText(bomb, 16 << 20), "cannot stand for");
        refused(withText(Arrays.copyOf(bomb, 3_000), (512 << 10) + 1), "cannot stand for");
        refused(withText(bomb, (int) Section.TEXT.mostPlainBytes(bomb.length)), "do not end where they should");
        byte[] small = deflated("abcabcabcabc, abcabc".repeat(3).getBytes(StandardCharsets.UTF_8));
        assertThat(DocumentCodec.readText(withText(small, 60)).text()).hasSize(60);
        refused(withText(small, 59), "do not end where they should");
        refused(withText(small, 61), "do not end where they should");
        refused(withText(small, small.length), "cannot stand for");
        refused(withText(Arrays.copyOf(small, small.length - 1), 60), "do not end where they should");
        refused(withText(Arrays.copyOf(small, small.length + 1), 60), "do not end where they should");
        byte[] random = new byte[500];
        new Random(7).nextBytes(random);
        refused(withText(random, 501), "packed bytes");
    }

    private static byte[] deflated(byte[] plain) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        deflater.setInput(plain);
        deflater.finish();
        byte[] out = new byte[plain.length];
        int length = deflater.deflate(out);
        deflater.end();
        return Arrays.copyOf(out, length);
    }

    /** A document without events whose text is these packed bytes. */
    private static byte[] withText(byte[] packed, int plainLength) throws Exception {
        byte[] file = ByteBuffer.allocate(DocumentCodec.HEADER_BYTES + 1 + packed.length)
                .put(DocumentCodec.encode(EventRuns.EMPTY, Packing.NOTHING))
                .put((byte) 0)
                .put(packed)
                .put(9, (byte) TEXT_PACKED)
                .putInt(10, 1)
                .putInt(14, packed.length)
                .putInt(18, plainLength)
                .array();
        DocumentCodecTest.withRightSums(file);
        return file;
    }

    private static void refused(byte[] file, String why) {
        Decoding.bounded(
                file,
                () -> assertThatThrownBy(() -> DocumentCodec.readText(file))
                        .isInstanceOf(MalformedDocumentException.class)
                        .hasMessageContaining(why));
    }

    @Test
    void whatIsNoWholeHistoryIsNotWritten() {
        notWritten("lies behind the end", Event.insertion(new EventId(ANNA, 0), List.of(), 1, "x"));
        notWritten("lies behind the end", insertion(0, "xy"), follower(2, 1, 2));
        notWritten("first events of anna are missing", Event.insertion(new EventId(ANNA, 3), List.of(), 0, "x"));
        notWritten(
                "a parent is not in the history",
                Event.insertion(new EventId(ANNA, 0), List.of(new EventId(new ReplicaId("ben"), 0)), 0, "x"));
    }

    private static Event insertion(int seq, String text) {
        return Event.insertion(new EventId(ANNA, seq), List.of(), 0, text);
    }

    private static Event follower(int seq, int position, int length) {
        return Event.deletion(new EventId(ANNA, seq), List.of(new EventId(ANNA, seq - 1)), position, length);
    }

    private static void notWritten(String why, Event... events) {
        EventRuns runs = BundleEvents.toRuns(List.of(events));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DocumentCodec.encode(runs, Packing.HISTORY))
                .withMessageContaining(why);
    }

    /** Ratios at their bounds: text that packs to a sixteenth, columns that pack to a quarter. */
    @Test
    void theDearestDocumentsOf64KibStayWithinTheBounds() throws Exception {
        Random random = new Random(3);
        StringBuilder text = new StringBuilder();
        while (text.length() < 700_000) {
            text.append("0123456789 repeated now and then ".repeat(3));
            for (int i = 0; i < 9; i++) {
                text.append((char) ('a' + random.nextInt(26)));
            }
        }
        EventRunsBuilder texts = new EventRunsBuilder();
        texts.insertion(texts.replica(ANNA), 0, new int[0], 0, text.toString().toCharArray(), 0, text.length());
        measure(DocumentCodec.encode(texts.build(), Packing.HISTORY));

        EventRunsBuilder runs = new EventRunsBuilder();
        int anna = runs.replica(ANNA);
        char[] some = "many, many letters ".repeat(4_000).toCharArray();
        runs.insertion(anna, 0, new int[0], 0, some, 0, some.length);
        int[] steps = {-4, -3, -2, 1, 2, 3, 4, 5};
        int position = some.length / 2;
        for (int i = 0; i < 110_000; i++) {
            position = Math.min(Math.max(10, position + steps[random.nextInt(8)]), some.length / 2);
            runs.deletion(RunKind.DELETION, anna, runs.units(), null, position, 1);
        }
        measure(DocumentCodec.encode(runs.build(), Packing.HISTORY));
    }

    private static void measure(byte[] file) throws Exception {
        assertThat(file.length).isBetween(Decoding.INPUT_BYTES / 2, Decoding.INPUT_BYTES);
        assertThat(DocumentCodec.readHistory(file).units()).isPositive();
        Decoding.bounded(file, () -> {
            try {
                DocumentCodec.readHistory(file);
            } catch (MalformedDocumentException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void theDearestBundlesOf64KibStayWithinTheBounds() {
        EventRunsBuilder names = new EventRunsBuilder();
        int writer = names.replica(ANNA);
        for (int run = 0; names.bytesAtMost() < 120_000; run++) {
            int[] parents = new int[256];
            for (int i = 0; i < parents.length; i++) {
                parents[i] = names.outside(names.replica(new ReplicaId("n" + (run * 256 + i))), 1);
            }
            names.deletion(RunKind.DELETION, writer, run, parents, 0, 1);
        }
        measureBundle(BundleCodec.encode(names.build()), true);

        // Runs of two bytes each, more of them than a bundle may have: that is only known when all have been read.
        int count = 32_000;
        ByteSink runs = new ByteSink(Decoding.INPUT_BYTES);
        runs.put(0x42);
        runs.varint(count - 2);
        runs.put(new byte[] {1, 'a', 1});
        for (int i = 0; i < count; i++) {
            runs.put(1);
        }
        for (int i = 0; i < count; i++) {
            runs.put(2);
        }
        measureBundle(runs.toArray(), false);

        List<Event> parents = new ArrayList<>();
        for (int i = 0; i < 2_048; i++) {
            List<EventId> before = new ArrayList<>();
            for (int k = 1; k <= 27 && k <= i; k++) {
                before.add(new EventId(ANNA, 2 * (i - k) + 1));
            }
            parents.add(Event.deletion(new EventId(ANNA, 2 * i), before.size() == 1 ? List.of() : before, i, 2));
        }
        measureBundle(BundleCodec.encode(BundleEvents.toRuns(parents)), true);
    }

    private static void measureBundle(byte[] bytes, boolean good) {
        assertThat(bytes.length).isBetween(Decoding.INPUT_BYTES / 2, Decoding.INPUT_BYTES);
        Decoding.bounded(bytes, () -> {
            try {
                BundleCodec.decode(bytes);
                assertThat(good).isTrue();
            } catch (MalformedBundleException e) {
                assertThat(good).as(e.getMessage()).isFalse();
            }
        });
    }
}

package dev.metalog.server.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.PositionEncoding;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Texts and buffers against plain strings, with every bound and sum checked after every step. */
class RandomTextTest {
    /** One for all tests of a run: a test that is tried again meets the same. */
    private static final long FRESH_SEED = System.nanoTime();

    /** A text as it once was, which nothing may have changed since. */
    private record Memory(Text text, String content) {}

    private static final int MEMORIES = 8;

    private final Deque<Memory> memories = new ArrayDeque<>();

    @Test
    void shortTextsAreRightAfterEveryEdit() {
        long seed = seed("short texts");
        for (int round = 0; round < 60; round++) {
            edit(new Random(seed + round), 40, 300);
        }
    }

    @Test
    void textsOfSomeLeavesAreRightAfterEveryEdit() {
        long seed = seed("some leaves");
        for (int round = 0; round < 6; round++) {
            edit(new Random(seed + round), 6_000, 250);
        }
    }

    @Test
    void textsOfSomeLevelsAreRightAfterEveryEdit() {
        long seed = seed("some levels");
        for (int round = 0; round < 2; round++) {
            edit(new Random(seed + round), 60_000, 80);
        }
    }

    /** From one text by edits that cancel out, or nearly, by different ways: equal or not, and from where on. */
    @Test
    void textsOfCommonDescentAreComparedRight() {
        long seed = seed("common descent");
        for (int round = 0; round < 300; round++) {
            Random random = new Random(seed + round);
            RandomTextEdits edits = new RandomTextEdits(random, 60_000);
            String base = edits.text(random.nextInt(random.nextBoolean() ? 50 : 30_000));
            Text one = Text.of(base);
            Text other = one;
            for (int i = random.nextInt(5); i > 0; i--) {
                RandomTextEdits.Edit edit = edits.next(one);
                int end = edit.position() + edit.deleted();
                String old = one.substring(edit.position(), end);
                one = one.replace(edit.position(), end, edit.inserted());
                if (random.nextInt(4) > 0) {
                    one = one.replace(
                            edit.position(), edit.position() + edit.inserted().length(), old);
                }
            }
            if (random.nextBoolean()) {
                other = Text.of(one.toString());
            }
            String oneText = one.toString();
            String otherText = other.toString();
            assertThat(one.equals(other)).isEqualTo(oneText.equals(otherText));
            assertThat(one.contentEquals(otherText)).isEqualTo(oneText.equals(otherText));
            assertThat(one.commonPrefix(other)).isEqualTo(commonPrefix(oneText, otherText));
            assertThat(one.commonSuffix(other)).isEqualTo(commonPrefix(reversed(oneText), reversed(otherText)));
            assertThat(one.equals(other) && one.hashCode() != other.hashCode()).isFalse();
        }
    }

    /** Then the same leaf stands at different offsets in both, and must not be taken for a match. */
    @Test
    void textsThatLookAlikeWhenShiftedAreComparedRight() {
        String base = "x".repeat(5_000) + "y" + "x".repeat(5_000);
        Text text = Text.of(base);
        for (int at : new int[] {0, 2_500, 5_001, 10_001}) {
            Text longer = text.replace(at, at, "x");
            String plain = longer.toString();
            assertThat(text.commonPrefix(longer)).isEqualTo(commonPrefix(base, plain));
            assertThat(text.commonSuffix(longer)).isEqualTo(commonPrefix(reversed(base), reversed(plain)));
        }
    }

    private void edit(Random random, int length, int steps) {
        memories.clear();
        RandomTextEdits edits = new RandomTextEdits(random, 2 * length);
        StringBuilder expected = new StringBuilder(edits.text(random.nextInt(length)));
        Text text = Text.of(expected.toString());
        TextBuffer buffer = new TextBuffer();
        buffer.insert(0, expected.toString().toCharArray(), 0, expected.length());
        for (int step = 0; step < steps; step++) {
            RandomTextEdits.Edit edit = edits.next(expected);
            int end = edit.position() + edit.deleted();
            expected.replace(edit.position(), end, edit.inserted());
            text = text.replace(edit.position(), end, edit.inserted());
            apply(buffer, edit);
            String content = expected.toString();
            TreeCheck.check(text.root());
            checkBuffer(buffer, content, random);
            checkConversions(text, content, random);
            assertThat(text.toString()).isEqualTo(content);
            remember(text, content, random);
        }
    }

    private void apply(TextBuffer buffer, RandomTextEdits.Edit edit) {
        if (edit.deleted() > 0) {
            buffer.delete(edit.position(), edit.deleted());
        }
        char[] inserted = ("<" + edit.inserted()).toCharArray();
        buffer.insert(edit.position(), inserted, 1, inserted.length - 1);
    }

    private void checkBuffer(TextBuffer buffer, String expected, Random random) {
        assertThat(buffer.length()).isEqualTo(expected.length());
        int from = random.nextInt(expected.length() + 1);
        int to = Math.min(expected.length(), from + random.nextInt(40));
        for (int i = from; i < to; i++) {
            assertThat(buffer.charAt(i)).isEqualTo(expected.charAt(i));
            assertThat(buffer.splitsPair(i))
                    .isEqualTo(new PlainText(expected.substring(from, to)).splitsPair(i - from)
                            || (i == from && RandomTextEdits.edge(expected, i) != i));
        }
        assertThat(buffer.substring(from, to)).isEqualTo(expected.substring(from, to));
        // Not at every step: the buffer's edits are to meet an open window, too.
        if (random.nextInt(3) == 0) {
            Text text = buffer.text();
            TreeCheck.check(text.root());
            assertThat(text.contentEquals(expected)).isTrue();
            remember(text, expected, random);
        }
    }

    private void checkConversions(Text text, String content, Random random) {
        PlainText plain = new PlainText(content);
        assertThat(text.lineCount()).isEqualTo(plain.lineCount());
        for (int i = 0; i < 4; i++) {
            int line = i == 0 ? plain.lineCount() - 1 : random.nextInt(plain.lineCount());
            assertThat(text.lineStart(line)).isEqualTo(plain.lineStart(line));
            assertThat(text.lineEnd(line)).isEqualTo(plain.lineEnd(line));
            int offset = random.nextInt(content.length() + 1);
            assertThat(text.lineAt(offset)).isEqualTo(plain.lineAt(offset));
            assertThat(text.splitsPair(offset)).isEqualTo(plain.splitsPair(offset));
            int edge = RandomTextEdits.edge(content, offset);
            for (PositionEncoding encoding : PositionEncoding.values()) {
                long width = plain.widthBefore(edge, encoding);
                assertThat(text.widthBefore(edge, encoding)).isEqualTo(width);
                assertThat(text.offsetOf(width, encoding)).isEqualTo(edge);
                long any = width == 0 ? 0 : width - random.nextInt((int) Math.min(4, width));
                assertThat(text.offsetOf(any, encoding)).isEqualTo(plain.offsetOf(any, encoding));
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        text.forEachUtf8Chunk(chunk -> {
            byte[] copy = new byte[chunk.remaining()];
            chunk.get(copy);
            bytes.writeBytes(copy);
        });
        assertThat(bytes.toByteArray()).isEqualTo(content.getBytes(StandardCharsets.UTF_8));
        int from = RandomTextEdits.edge(content, random.nextInt(content.length() + 1));
        int to = RandomTextEdits.edge(content, from + random.nextInt(content.length() + 1 - from));
        Text slice = text.slice(from, to);
        TreeCheck.check(slice.root());
        assertThat(slice.contentEquals(content.substring(from, to))).isTrue();
    }

    private void remember(Text text, String content, Random random) {
        if (random.nextInt(10) == 0) {
            memories.add(new Memory(text, content));
        }
        if (memories.size() > MEMORIES) {
            Memory memory = memories.remove();
            assertThat(memory.text().toString()).isEqualTo(memory.content());
        }
    }

    private static int commonPrefix(String one, String other) {
        int same = 0;
        while (same < Math.min(one.length(), other.length()) && one.charAt(same) == other.charAt(same)) {
            same++;
        }
        return same;
    }

    /** By units: {@link StringBuilder#reverse} would keep pairs. */
    private static String reversed(String text) {
        char[] units = new char[text.length()];
        for (int i = 0; i < units.length; i++) {
            units[i] = text.charAt(units.length - 1 - i);
        }
        return new String(units);
    }

    private static long seed(String test) {
        long seed = Long.getLong("metalog.seed", FRESH_SEED);
        System.out.println(test + ": seed " + seed + " (repeat with -Dmetalog.seed=" + seed + ")");
        return seed;
    }
}

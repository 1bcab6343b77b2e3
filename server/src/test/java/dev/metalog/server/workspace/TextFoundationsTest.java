package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Positions, differences and simultaneous edits, against the plainest way to compute each. */
class TextFoundationsTest {
    private static final String[] PIECES = {
        "a",
        "bc",
        "\n",
        "\r\n",
        "\r",
        "ä",
        "€",
        "😀",
        "e\u0301",
        "👩\u200d💻",
        "\u2028",
        "\f",
        "\u0085",
        "\t",
        " ",
        "مرحبا"
    };

    private static String text(Random random, int pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(pieces + 1); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    /** A place between two characters, never inside {@code \r\n}. */
    private static int place(Random random, String text) {
        int at = text.offsetByCodePoints(0, random.nextInt(text.codePointCount(0, text.length()) + 1));
        return at > 0 && at < text.length() && text.charAt(at - 1) == '\r' && text.charAt(at) == '\n' ? at + 1 : at;
    }

    @ParameterizedTest
    @EnumSource(PositionEncoding.class)
    void everyPlaceHasOnePositionAndComesBack(PositionEncoding encoding) throws BadChange {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            String text = text(random, 30);
            PositionMap positions = new PositionMap(Text.of(text), encoding);
            int at = place(random, text);
            TextPosition position = positions.position(at);
            assertThat(position).as("seed %d", seed).isEqualTo(plainPosition(text, at, encoding));
            assertThat(positions.offset(position)).as("seed %d", seed).isEqualTo(at);
        }
    }

    private static TextPosition plainPosition(String text, int at, PositionEncoding encoding) {
        String[] lines = text.substring(0, at).split("\r\n|\n|\r", -1);
        String last = lines[lines.length - 1];
        int width = switch (encoding) {
            case UTF_8 -> last.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
            case UTF_16 -> last.length();
            case UTF_32 -> last.codePointCount(0, last.length());
        };
        return new TextPosition(lines.length - 1, width);
    }

    @Test
    void aCharacterPastTheEndOfItsLineIsTheEndOfTheLine() throws BadChange {
        PositionMap positions = new PositionMap(Text.of("ab\ncd"), PositionEncoding.UTF_16);
        assertThat(positions.offset(new TextPosition(0, 99))).isEqualTo(2);
        assertThat(positions.offset(new TextPosition(1, 99))).isEqualTo(5);
        assertThat(positions.offset(new TextPosition(2, 0))).isEqualTo(5);
    }

    @Test
    void aLineThatIsNotThereIsRefused() {
        PositionMap positions = new PositionMap(Text.of("ab\ncd"), PositionEncoding.UTF_16);
        assertThatThrownBy(() -> positions.offset(new TextPosition(2, 1))).isInstanceOf(BadChange.class);
        assertThatThrownBy(() -> positions.offset(new TextPosition(3, 0))).isInstanceOf(BadChange.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = PositionEncoding.class,
            names = {"UTF_8", "UTF_16"})
    void aPlaceInsideACharacterIsRefused(PositionEncoding encoding) {
        PositionMap positions = new PositionMap(Text.of("😀"), encoding);
        assertThatThrownBy(() -> positions.offset(new TextPosition(0, 1)))
                .isInstanceOf(BadChange.class)
                .hasMessageContaining("inside a character");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 60})
    void aDifferenceLeadsFromOneTextToTheOther(int pieces) {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            String before = text(random, pieces);
            String after = random.nextBoolean() ? text(random, pieces) : edited(random, before);
            List<TextEdit> edits = difference(before, after);
            assertThat(applied(before, edits)).as("seed %d", seed).isEqualTo(after);
            assertThat(difference(after, after)).isEmpty();
        }
    }

    private static List<TextEdit> difference(String before, String after) {
        return MinimalDiff.between(Text.of(before), Text.of(after));
    }

    @Test
    void aDifferenceInTwoPlacesLeavesWhatLiesBetweenAlone() {
        String middle = "same\n".repeat(1_000);
        List<TextEdit> edits = difference("first\n" + middle + "last\n", "FIRST\n" + middle + "LAST\n");
        assertThat(MinimalDiff.cost(edits)).isLessThan(50);
    }

    /** A line without spaces is no single word there: what was left alone stays. */
    @Test
    void ideographsAreComparedOneByOne() {
        String text = "\u4e01\u4e02\u4e03\n\u4e04\u4e05\n";
        String more = "\u4f01\u4f02\n\u4e01\u4e02\u4f03\u4e03\n\u4e04\u4f04\u4e05\n";
        assertThat(difference(text, more)).allMatch(edit -> edit.deleted() == 0);
    }

    @Test
    void simultaneousEditsSayTheSameAsEditsInSequence() {
        for (long seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            String before = text(random, 20);
            List<TextEdit> sequence = new ArrayList<>();
            String after = before;
            for (int i = random.nextInt(8); i > 0; i--) {
                TextEdit edit = edit(random, after);
                sequence.add(edit);
                after = applied(after, List.of(edit));
            }
            List<Replacement> replacements = SimultaneousEdits.of(before.length(), sequence);
            StringBuilder text = new StringBuilder(before);
            int last = Integer.MAX_VALUE;
            for (int i = replacements.size() - 1; i >= 0; i--) {
                Replacement replacement = replacements.get(i);
                assertThat(replacement.end()).as("seed %d: no overlap", seed).isLessThanOrEqualTo(last);
                text.replace(replacement.start(), replacement.end(), replacement.text());
                last = replacement.start();
            }
            assertThat(text.toString()).as("seed %d", seed).isEqualTo(after);
        }
    }

    private static TextEdit edit(Random random, String text) {
        int from = place(random, text);
        int to = place(random, text);
        String inserted = random.nextBoolean() ? text(random, 3) : "";
        return new TextEdit(Math.min(from, to), random.nextInt(3) == 0 ? 0 : Math.abs(to - from), inserted);
    }

    private static String edited(Random random, String text) {
        String result = text;
        for (int i = random.nextInt(4); i >= 0; i--) {
            result = applied(result, List.of(edit(random, result)));
        }
        return result;
    }

    private static String applied(String text, List<TextEdit> edits) {
        StringBuilder result = new StringBuilder(text);
        for (TextEdit edit : edits) {
            result.replace(edit.position(), edit.position() + edit.deleted(), edit.inserted());
        }
        return result.toString();
    }
}

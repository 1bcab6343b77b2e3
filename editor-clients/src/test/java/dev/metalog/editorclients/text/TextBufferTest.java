package dev.metalog.editorclients.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.eclipse.lsp4j.Position;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextBufferTest {
    private static final String[] PIECES = {
        "a", "\n", "\r", "\r\n", "\u00e9", "\u20ac", "\uD83D\uDE00", "\u2028", "\u0085", "\f", "word", "x\ny\r\nz\r"
    };

    /** After random changes every boundary has the position that a plain count gives it, and comes back from it. */
    @ParameterizedTest
    @EnumSource(PositionEncoding.class)
    void positionsAgreeWithAPlainCountAfterRandomChanges(PositionEncoding encoding) {
        long seed = Long.getLong("seed", 20_261_120L);
        Random random = new Random(seed);
        TextBuffer buffer = new TextBuffer("");
        for (int round = 0; round < 400; round++) {
            int at = boundary(buffer.text(), random);
            int end = random.nextInt(3) == 0 ? boundary(buffer.text(), random) : at;
            TextChange change =
                    new TextChange(Math.min(at, end), Math.abs(end - at), PIECES[random.nextInt(PIECES.length)]);
            String expected = buffer.text().substring(0, change.at())
                    + change.text()
                    + buffer.text().substring(change.at() + change.length());
            buffer.apply(change);
            assertThat(buffer.text()).as("seed %d round %d", seed, round).isEqualTo(expected);

            int offset = boundary(expected, random);
            Position position = buffer.positionOf(offset, encoding);
            assertThat(position)
                    .as("seed %d round %d offset %d", seed, round, offset)
                    .isEqualTo(plainPosition(expected, offset, encoding));
            if (!betweenCrAndLf(expected, offset)) {
                assertThat(buffer.offsetOf(position, encoding)).isEqualTo(offset);
            }
        }
    }

    @Test
    void aLineFeedPutBehindACarriageReturnMakesOneLineEndOfTwo() {
        TextBuffer buffer = new TextBuffer("a\rb");
        assertThat(buffer.positionOf(3, PositionEncoding.UTF_16)).isEqualTo(new Position(1, 1));
        buffer.apply(new TextChange(2, 0, "\n"));
        assertThat(buffer.positionOf(4, PositionEncoding.UTF_16)).isEqualTo(new Position(1, 1));
        buffer.apply(new TextChange(1, 2, ""));
        assertThat(buffer.positionOf(2, PositionEncoding.UTF_16)).isEqualTo(new Position(0, 2));
        assertThat(buffer.hasCarriageReturns()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, inside a surrogate pair",
        "0, 1, inside a surrogate pair",
        "5, 0, not in a text",
        "0, 9, not in a text"
    })
    void aChangeThatDoesNotFitIsRefusedAndChangesNothing(int at, int length, String why) {
        TextBuffer buffer = new TextBuffer("\uD83D\uDE00ab");
        assertThatThrownBy(() -> buffer.apply(new TextChange(at, length, "x")))
                .isInstanceOf(BadTextException.class)
                .hasMessageContaining(why);
        assertThat(buffer.text()).isEqualTo("\uD83D\uDE00ab");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "\uDE00", "a\uD83Db", "\uDE00\uD83D"})
    void halfASurrogatePairIsRefused(String half) {
        TextBuffer buffer = new TextBuffer("ab");
        assertThatThrownBy(() -> buffer.apply(new TextChange(1, 0, half)))
                .isInstanceOf(BadTextException.class)
                .hasMessageContaining("half a surrogate pair");
        assertThat(buffer.text()).isEqualTo("ab");
    }

    @ParameterizedTest
    @CsvSource({
        "2, 0, not in a text of 2 lines",
        "0, 4, beyond the end",
        "0, 1, inside a character",
        "-1, 0, not in a text"
    })
    void aPositionOutsideOrInsideACharacterIsRefused(int line, int column, String why) {
        TextBuffer buffer = new TextBuffer("\uD83D\uDE00a\nb");
        assertThatThrownBy(() -> buffer.offsetOf(new Position(line, column), PositionEncoding.UTF_16))
                .isInstanceOf(BadTextException.class)
                .hasMessageContaining(why);
    }

    @Test
    void offsetsOfTheTextWithLineFeedsSkipTheCarriageReturnsOfPairs() {
        TextBuffer buffer = new TextBuffer("a\r\nb\rc\r\nd");
        String lf = TextBuffer.withLf(buffer.text());
        assertThat(lf).isEqualTo("a\nb\nc\nd");
        for (int offset = 0; offset <= lf.length(); offset++) {
            int inBuffer = buffer.offsetOfLfOffset(offset);
            assertThat(TextBuffer.withLf(buffer.text().substring(inBuffer)))
                    .as("offset %d", offset)
                    .isEqualTo(lf.substring(offset));
        }
    }

    private static int boundary(String text, Random random) {
        int at = random.nextInt(text.length() + 1);
        boolean inside = at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at));
        return inside ? at - 1 : at;
    }

    private static boolean betweenCrAndLf(String text, int offset) {
        return offset > 0 && offset < text.length() && text.charAt(offset - 1) == '\r' && text.charAt(offset) == '\n';
    }

    private static Position plainPosition(String text, int offset, PositionEncoding encoding) {
        int line = 0;
        int start = 0;
        for (int at = 0; at < offset; at++) {
            boolean pairGoesOn = text.charAt(at) == '\r' && text.startsWith("\r\n", at);
            if (text.charAt(at) == '\n' || (text.charAt(at) == '\r' && !pairGoesOn)) {
                line++;
                start = at + 1;
            }
        }
        int column = text.substring(start, offset)
                .codePoints()
                .map(codePoint -> switch (encoding) {
                    case UTF_8 -> Character.toString(codePoint).getBytes(StandardCharsets.UTF_8).length;
                    case UTF_16 -> Character.charCount(codePoint);
                    case UTF_32 -> 1;
                })
                .sum();
        return new Position(line, column);
    }
}

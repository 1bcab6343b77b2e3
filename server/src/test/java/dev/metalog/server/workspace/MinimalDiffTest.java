package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.TextEdit;
import dev.metalog.server.text.Text;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The smaller a difference is said to be, the less of a text is new to others. */
class MinimalDiffTest {
    private static final long SEED = Long.getLong("metalog.seed", 7);

    /** Far above what it takes, far below what trying everything takes. */
    private static final Duration MOMENT = Duration.ofSeconds(60);

    private static List<TextEdit> difference(String before, String after) {
        List<TextEdit> edits = MinimalDiff.between(Text.of(before), Text.of(after));
        // They come in order, so that each leaves what the ones before it made of the beginning.
        StringBuilder text = new StringBuilder();
        int taken = 0;
        for (TextEdit edit : edits) {
            int kept = edit.position() - text.length();
            text.append(before, taken, taken + kept).append(edit.inserted());
            taken += kept + edit.deleted();
        }
        text.append(before, taken, before.length());
        assertThat(text.toString().equals(after)).as("where the edits lead").isTrue();
        return edits;
    }

    private static int changed(List<TextEdit> edits) {
        return edits.stream()
                .mapToInt(edit -> edit.deleted() + edit.inserted().length())
                .sum();
    }

    private static String repeated(int count, IntFunction<String> piece) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(piece.apply(i));
        }
        return text.toString();
    }

    /** Some keys typed here and there, with a sign that is nowhere else. */
    private static String withKeys(Random random, String text, int keys) {
        StringBuilder typed = new StringBuilder(text);
        for (int i = 0; i < keys; i++) {
            typed.insert(random.nextInt(typed.length() + 1), '#');
        }
        return typed.toString();
    }

    private static int leastChanges(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int k = 0; k <= other.length(); k++) {
            row[k] = k;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int k = 1; k <= other.length(); k++) {
                int above = row[k];
                row[k] = one.charAt(i - 1) == other.charAt(k - 1) ? diagonal : 1 + Math.min(row[k - 1], above);
                diagonal = above;
            }
        }
        return row[other.length()];
    }

    @Test
    void ofOneWordItIsTheSmallestThatThereIs() {
        Random random = new Random(SEED);
        for (int round = 0; round < 3_000; round++) {
            String one = repeated(random.nextInt(40), i -> Character.toString('a' + random.nextInt(4)));
            String other = repeated(random.nextInt(40), i -> Character.toString('a' + random.nextInt(4)));
            assertThat(changed(difference(one, other)))
                    .as("from %s to %s", one, other)
                    .isEqualTo(leastChanges(one, other));
        }
    }

    /** What it says is the same in both is the same, however early it gives up. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void anAlignmentThatGivesUpEarlyIsOneAllTheSame(int mostDifferences) {
        Random random = new Random(SEED);
        for (int round = 0; round < 3_000; round++) {
            int[] one = random.ints(random.nextInt(60), 0, 6).toArray();
            int[] other = random.ints(random.nextInt(60), 0, 6).toArray();
            Alignment alignment = Alignment.of(one, other, mostDifferences);
            int at = 0;
            for (int i = 0; i < one.length; i++) {
                if (!alignment.onlyInOne().get(i)) {
                    at = alignment.onlyInOther().nextClearBit(at);
                    assertThat(at).isLessThan(other.length);
                    assertThat(other[at++]).isEqualTo(one[i]);
                }
            }
            assertThat(alignment.onlyInOther().nextClearBit(at)).isGreaterThanOrEqualTo(other.length);
        }
    }

    /** What was typed all over it, and nothing else: the same text inserted twice by two would be there twice. */
    @Test
    void keysAllOverALongTextAreAllThatDiffers() {
        Random random = new Random(SEED);
        List<String> texts = List.of(
                repeated(3_000, i -> Character.toString(0x4E00 + i)),
                repeated(100_000, i -> Character.toString('a' + random.nextInt(26))),
                repeated(100_000, i -> "word" + random.nextInt(50) + " "),
                repeated(60_000, i -> "{\"id\": \"node" + random.nextInt(500) + "\"}\n"),
                repeated(60_000, i -> "\n"),
                repeated(300_000, i -> "a"));
        for (String text : texts) {
            for (int keys : new int[] {2, 40, 400}) {
                String typed = withKeys(random, text, keys);
                assertThat(changed(difference(text, typed))).isEqualTo(keys);
                assertThat(changed(difference(typed, text))).isEqualTo(keys);
            }
        }
    }

    @Test
    void moreKeysThanItSearchesForAtOnceAreFoundAsWell() {
        Random random = new Random(SEED);
        String text = repeated(1_000_000, i -> Character.toString('a' + random.nextInt(26)));
        String typed = withKeys(random, text, 5_000);
        assertThat(changed(difference(text, typed))).isLessThan(6_000);
    }

    /** Two long texts of which nothing is the same, or little and in another order. */
    @Test
    void itComesToAnEndWhateverTheTextsAre() {
        Random random = new Random(SEED);
        int length = 300_000;
        List<IntFunction<String>> pieces = List.of(
                i -> Character.toString('a' + random.nextInt(26)),
                i -> Character.toString('a' + random.nextInt(2)),
                i -> Character.toString(0x4E00 + random.nextInt(20_000)),
                i -> random.nextInt(3) + "\n",
                i -> random.nextInt(1_000_000) + "\n",
                i -> random.nextInt(1_000) + " ");
        for (IntFunction<String> piece : pieces) {
            String before = repeated(length, piece);
            String after = repeated(length, piece);
            Assertions.assertTimeout(MOMENT, () -> difference(before, after));
        }
    }
}

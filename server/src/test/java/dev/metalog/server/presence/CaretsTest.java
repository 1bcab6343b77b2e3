package dev.metalog.server.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Caret;
import dev.metalog.protocol.TextEdit;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Carets move as marks do that stand in a list of characters. */
class CaretsTest {
    private static final long SEED = Long.getLong("metalog.seed", System.nanoTime());

    /** A text whose characters all differ, and in which the two ends of a selection are marks. */
    private static final class Marked {
        private final Object start = new Object();
        private final Object end = new Object();
        private final List<Object> places = new ArrayList<>();
        private int next;

        Marked(int length, int from, int to) {
            for (int i = 0; i < length; i++) {
                places.add(next++);
            }
            places.add(to, end);
            places.add(from, start);
        }

        private boolean isMark(int index) {
            return places.get(index) == start || places.get(index) == end;
        }

        int length() {
            return places.size() - 2;
        }

        private int place(Object mark) {
            int position = 0;
            for (int i = 0; places.get(i) != mark; i++) {
                position += isMark(i) ? 0 : 1;
            }
            return position;
        }

        Carets carets() {
            return new Carets(List.of(new Caret(place(start), place(end))));
        }

        void edit(int at, int deleted, int inserted) {
            int index = 0;
            // Behind the character before, and before whatever marks stand there.
            for (int position = 0; position < at; index++) {
                position += isMark(index) ? 0 : 1;
            }
            for (int i = index, left = deleted; left > 0; ) {
                if (isMark(i)) {
                    i++;
                } else {
                    places.remove(i);
                    left--;
                }
            }
            boolean isCaret = place(start) == place(end);
            int to = index;
            // What is inserted stays outside of a selection, and before a caret.
            while (!isCaret && to < places.size() && places.get(to) == end) {
                to++;
            }
            for (int i = 0; i < inserted; i++) {
                places.add(to, next++);
            }
        }
    }

    @Test
    void movesLikeMarksInTheText() {
        Random random = new Random(SEED);
        for (int round = 0; round < 3_000; round++) {
            int length = random.nextInt(12);
            int from = random.nextInt(length + 1);
            int to = from + random.nextInt(length - from + 1);
            Marked marked = new Marked(length, from, to);
            Carets carets = marked.carets();
            for (int i = 0; i < 8; i++) {
                int at = random.nextInt(marked.length() + 1);
                boolean deletes = random.nextBoolean();
                int deleted = deletes ? random.nextInt(Math.min(4, marked.length() - at) + 1) : 0;
                int inserted = deletes && random.nextBoolean() ? 0 : random.nextInt(4);
                marked.edit(at, deleted, inserted);
                carets = carets.after(List.of(new TextEdit(at, deleted, "x".repeat(inserted))));
                assertThat(carets).as("seed %d, round %d", SEED, round).isEqualTo(marked.carets());
            }
        }
    }

    @Test
    void theWayBackLeadsToWhereTheyWere() {
        Random random = new Random(SEED);
        for (int round = 0; round < 3_000; round++) {
            int at = 1 + random.nextInt(10);
            List<TextEdit> edits = List.of(new TextEdit(at, random.nextInt(3), "y".repeat(random.nextInt(5))));
            int before = random.nextInt(20);
            int after = new Carets(List.of(new Caret(before, before)))
                    .after(edits)
                    .all()
                    .get(0)
                    .head();
            int back = new Carets(List.of(new Caret(after, after)))
                    .before(edits)
                    .all()
                    .get(0)
                    .head();
            boolean touched = before >= at && before <= at + edits.get(0).deleted();
            assertThat(back)
                    .as("seed %d, %d in %s", SEED, before, edits)
                    .isBetween(
                            touched ? at : before, touched ? at + edits.get(0).deleted() : before);
        }
    }

    @Test
    void aSelectionKeepsItsDirection() {
        Carets backwards = new Carets(List.of(new Caret(7, 3)));
        assertThat(backwards.after(List.of(new TextEdit(0, 0, "ab"))).all()).containsExactly(new Caret(9, 5));
        assertThat(backwards.after(List.of(new TextEdit(3, 0, "ab"))).all()).containsExactly(new Caret(9, 5));
        assertThat(backwards.after(List.of(new TextEdit(7, 0, "ab"))).all())
                .containsExactly(backwards.all().get(0));
    }

    @Test
    void neverStandsOutsideOrInsideOfACharacter() {
        Text text = Text.of("a\uD83D\uDE00");
        Carets odd = new Carets(List.of(new Caret(2, 99), new Caret(0, 3)));
        assertThat(odd.within(text).all()).containsExactly(new Caret(1, 3), new Caret(0, 3));
    }
}

package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.TextEdit;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is typed into a text that is no version is said of one. All characters are different, so it is known whose each is. */
class RebasingTest {
    private static String applied(String text, List<TextEdit> edits) {
        StringBuilder at = new StringBuilder(text);
        edits.forEach(edit -> at.replace(edit.position(), edit.position() + edit.deleted(), edit.inserted()));
        return at.toString();
    }

    private static String rebased(String base, String shown, TextEdit... edits) {
        return applied(base, Rebasing.onto(Text.of(base), Text.of(shown), List.of(edits)));
    }

    @Test
    void whatIsTypedIntoWhatOnlyTheEditorShowsGoesWhereThatBegins() {
        assertThat(rebased("ad", "abcd", new TextEdit(2, 0, "X"))).isEqualTo("aXd");
        assertThat(rebased("ad", "abcd", new TextEdit(4, 0, "X"))).isEqualTo("adX");
        assertThat(rebased("", "abcd", new TextEdit(4, 0, "X"))).isEqualTo("X");
    }

    @Test
    void whatIsDeletedOfItIsGoneAlreadyAndWhatOnlyTheOtherHasStays() {
        assertThat(rebased("ad", "abcd", new TextEdit(1, 2, ""))).isEqualTo("ad");
        assertThat(rebased("ad", "abcd", new TextEdit(0, 4, ""))).isEmpty();
        assertThat(rebased("aYZd", "abcd", new TextEdit(0, 4, "X"))).isEqualTo("XYZ");
    }

    /** The oracle goes by whose each character is: what was typed is there, in order, what was deleted is not, and all else stays. */
    @Test
    void everythingTypedIsThereAndNothingElseGoes() {
        for (long seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            StringBuilder base = new StringBuilder();
            StringBuilder shown = new StringBuilder();
            int next = 0x4E00;
            for (int i = random.nextInt(30); i > 0; i--) {
                char one = (char) next++;
                int where = random.nextInt(4);
                if (where != 1) {
                    base.append(one);
                }
                if (where != 2) {
                    shown.append(one);
                }
            }
            List<TextEdit> edits = new ArrayList<>();
            StringBuilder at = new StringBuilder(shown);
            Set<Integer> typed = new HashSet<>();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                int position = random.nextInt(at.length() + 1);
                int deleted = random.nextInt(Math.min(4, at.length() - position) + 1);
                String inserted = random.nextBoolean() ? "" : String.valueOf((char) next++) + (char) next++;
                inserted.chars().forEach(typed::add);
                edits.add(new TextEdit(position, deleted, inserted));
                at.replace(position, position + deleted, inserted);
            }
            String after = rebased(base.toString(), shown.toString(), edits.toArray(TextEdit[]::new));
            Set<Integer> before = shown.chars().boxed().collect(Collectors.toSet());
            Set<Integer> left = at.chars().boxed().collect(Collectors.toSet());
            Set<Integer> expected = base.chars()
                    .filter(one -> !before.contains(one) || left.contains(one))
                    .boxed()
                    .collect(Collectors.toSet());
            left.stream().filter(typed::contains).forEach(expected::add);
            assertThat(after.chars().boxed().collect(Collectors.toSet()))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
            assertThat(after).as("seed %d: nothing twice", seed).hasSize(expected.size());
            String inOrder = after.chars()
                    .filter(typed::contains)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            String typedInOrder = at.chars()
                    .filter(typed::contains)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            assertThat(inOrder).as("seed %d", seed).isEqualTo(typedInOrder);
        }
    }
}

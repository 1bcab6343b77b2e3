package dev.metalog.server.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** That the cost of an edit grows with the height of the tree alone, counted in nodes and not in time. */
class TextShapeTest {
    private static final int SHORT = 64 << 10;
    private static final int LONG = 16 << 20;
    private static final String LINE = "Not a short line of text, and not a long one.\n";

    @Test
    void theLongestTextHasAFewLevels() {
        assertThat(text(SHORT).root().height).isEqualTo(2);
        assertThat(text(LONG).root().height).isLessThanOrEqualTo(4);
    }

    @Test
    void anEditMakesNewNodesOnItsWayAlone() {
        Random random = new Random(1);
        for (int length : new int[] {SHORT, LONG}) {
            Text text = text(length);
            for (int i = 0; i < 200; i++) {
                int at = random.nextInt(text.length());
                Text edited = text.replace(at, at + 1, "k");
                assertThat(newNodes(text.root(), edited.root())).isEqualTo(text.root().height + 1);
                text = edited;
            }
        }
    }

    /** Typing leaves the tree alone until the text is asked for: then it is one way down again. */
    @Test
    void aBufferThatIsTypedIntoSharesAllButTheEditedLeaf() {
        TextBuffer buffer = new TextBuffer();
        char[] units = LINE.repeat(LONG / LINE.length()).toCharArray();
        buffer.insert(0, units, 0, units.length);
        Text before = buffer.text();
        for (int i = 0; i < 100; i++) {
            buffer.insert(LONG / 2 + i, units, i, 1);
        }
        Text after = buffer.text();
        assertThat(newNodes(before.root(), after.root())).isEqualTo(before.root().height + 1);
        assertThat(after.commonPrefix(before)).isBetween(LONG / 2, LONG / 2 + 100);
        assertThat(after.length()).isEqualTo(before.length() + 100);
    }

    private static Text text(int length) {
        return Text.of(LINE.repeat(length / LINE.length()));
    }

    private static int newNodes(Node before, Node after) {
        if (before == after) {
            return 0;
        }
        int count = 1;
        for (int i = 0; !after.isLeaf() && i < after.childCount(); i++) {
            count += newNodes(before.child(i), after.child(i));
        }
        return count;
    }
}

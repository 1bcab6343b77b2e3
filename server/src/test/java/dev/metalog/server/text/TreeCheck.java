package dev.metalog.server.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.PositionEncoding;

/** Checks the bounds and sums of every node, each sum against a fresh count. */
final class TreeCheck {
    private TreeCheck() {}

    static void check(Node tree) {
        check(tree, true);
    }

    /** Returns the node's text. */
    private static String check(Node node, boolean root) {
        String text = node.isLeaf() ? new String(node.units) : textOfBranch(node, root);
        if (node.isLeaf()) {
            assertThat(node.height).isZero();
            assertThat(node.length).isBetween(root ? 0 : Node.LEAF_MIN, Node.LEAF_MAX);
        }
        assertThat(node.length).isEqualTo(text.length());
        PlainText plain = new PlainText(text);
        assertThat(node.breaks()).isEqualTo(plain.lineCount() - 1);
        for (PositionEncoding encoding : PositionEncoding.values()) {
            assertThat(node.width(encoding)).isEqualTo(plain.widthBefore(text.length(), encoding));
        }
        return text;
    }

    private static String textOfBranch(Node branch, boolean root) {
        assertThat(branch.childCount()).isBetween(root ? 2 : Node.CHILDREN_MIN, Node.CHILDREN_MAX);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < branch.childCount(); i++) {
            Node child = branch.child(i);
            assertThat(child.height).isEqualTo(branch.height - 1);
            assertThat(branch.childStart(i)).isEqualTo(text.length());
            text.append(check(child, false));
        }
        return text.toString();
    }
}

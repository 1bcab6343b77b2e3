package dev.metalog.server.text;

/** Stands at a node of a tree, with everything before it passed, and goes on over whole nodes; forwards or backwards. */
final class Cursor {
    /** Enough for any tree: with 16 children and more on each level it would hold 16^12 leaves. */
    private static final int MOST_LEVELS = 12;

    private final boolean backwards;
    private final Node[] path = new Node[MOST_LEVELS];
    /** How many children of each branch on the path were gone down to or passed. */
    private final int[] passed = new int[MOST_LEVELS];

    private int depth;
    private Node node;

    private Cursor(Node root, boolean backwards) {
        this.backwards = backwards;
        this.node = root.isEmpty() ? null : root;
    }

    static Cursor atStart(Node root) {
        return new Cursor(root, false);
    }

    static Cursor atEnd(Node root) {
        return new Cursor(root, true);
    }

    boolean hasNode() {
        return node != null;
    }

    Node node() {
        return node;
    }

    /** Goes down to the first leaf of the node. */
    Node leaf() {
        while (!node.isLeaf()) {
            down();
        }
        return node;
    }

    /** Goes from a branch to its first child. */
    void down() {
        path[depth] = node;
        passed[depth] = 0;
        depth++;
        nextChild();
    }

    /** Goes to the node that follows this one, whatever its height. */
    void next() {
        while (depth > 0 && passed[depth - 1] == path[depth - 1].childCount()) {
            depth--;
        }
        if (depth == 0) {
            node = null;
        } else {
            nextChild();
        }
    }

    private void nextChild() {
        Node parent = path[depth - 1];
        int i = passed[depth - 1]++;
        node = parent.child(backwards ? parent.childCount() - 1 - i : i);
    }
}

package dev.metalog.server.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes trees of trees: every change of a text's shape is a cut and a join.
 *
 * <p>A <em>tree</em> is a node whose descendants keep the bounds of {@link Node}; only the root may be below them. To
 * join two trees the lower one is joined to the facing edge of the higher one, at its own height. There they merge into
 * one node, or share their content evenly, and what comes of it replaces the old edge; each branch above that has become
 * too full is halved. So a join makes as many nodes as the heights differ, and a cut, which joins the pieces beside its
 * path from the bottom up, makes some for each level. Recursion goes as deep as a tree is high, which is 5 at the most.
 */
final class Trees {
    /** How full leaves and branches are made: whoever types into a full one has to cut it at once. */
    private static final int LEAF_FILL = Node.LEAF_MAX * 3 / 4;

    private static final int CHILDREN_FILL = Node.CHILDREN_MAX * 3 / 4;

    private Trees() {}

    static Node build(Source source, int length) {
        if (length == 0) {
            return Node.EMPTY;
        }
        int parts = length <= Node.LEAF_MAX ? 1 : (length + LEAF_FILL - 1) / LEAF_FILL;
        Node[] level = new Node[parts];
        int from = 0;
        for (int i = 0; i < parts; i++) {
            int to = (int) ((long) length * (i + 1) / parts);
            if (to < length && Units.isPair(source.at(to - 1), source.at(to))) {
                to--;
            }
            char[] units = new char[to - from];
            source.copy(from, to, 0, units);
            level[i] = new Node(units);
            from = to;
        }
        while (level.length > 1) {
            level = parentsOf(level);
        }
        return level[0];
    }

    private static Node[] parentsOf(Node[] level) {
        int parts = level.length <= Node.CHILDREN_MAX ? 1 : (level.length + CHILDREN_FILL - 1) / CHILDREN_FILL;
        Node[] parents = new Node[parts];
        for (int i = 0; i < parts; i++) {
            int from = (int) ((long) level.length * i / parts);
            int to = (int) ((long) level.length * (i + 1) / parts);
            parents[i] = new Node(Arrays.copyOfRange(level, from, to));
        }
        return parents;
    }

    /** The tree with {@code length} units of the source in place of those from {@code from} up to {@code to}. */
    static Node replace(Node tree, int from, int to, Source source, int length) {
        Node leaf = tree;
        int start = 0;
        while (!leaf.isLeaf()) {
            int i = leaf.childBefore(to - start);
            start += leaf.childStart(i);
            leaf = leaf.child(i);
        }
        int newLength = leaf.length - (to - from) + length;
        int least = tree.isLeaf() ? 0 : Node.LEAF_MIN;
        if (start > from || newLength < least || newLength > Node.LEAF_MAX) {
            return join(join(before(tree, from), build(source, length)), after(tree, to));
        }
        char[] units = new char[newLength];
        System.arraycopy(leaf.units, 0, units, 0, from - start);
        source.copy(0, length, from - start, units);
        System.arraycopy(leaf.units, to - start, units, from - start + length, leaf.length - (to - start));
        return withLeaf(tree, to, new Node(units));
    }

    /** The tree with another leaf in place of the one that holds the unit before the offset (the first one for 0). */
    private static Node withLeaf(Node tree, int offset, Node leaf) {
        if (tree.isLeaf()) {
            return leaf;
        }
        int i = tree.childBefore(offset);
        Node[] children = tree.copyOfChildren();
        children[i] = withLeaf(children[i], offset - tree.childStart(i), leaf);
        return new Node(children);
    }

    /** The text before the offset. */
    static Node before(Node tree, int offset) {
        if (offset == 0) {
            return Node.EMPTY;
        }
        if (offset == tree.length) {
            return tree;
        }
        if (tree.isLeaf()) {
            return new Node(Arrays.copyOf(tree.units, offset));
        }
        int i = tree.childBefore(offset);
        return join(siblings(tree, 0, i), before(tree.child(i), offset - tree.childStart(i)));
    }

    /** The text from the offset on. */
    static Node after(Node tree, int offset) {
        if (offset == 0) {
            return tree;
        }
        if (offset == tree.length) {
            return Node.EMPTY;
        }
        if (tree.isLeaf()) {
            return new Node(Arrays.copyOfRange(tree.units, offset, tree.length));
        }
        int i = tree.childBefore(offset);
        Node rest = after(tree.child(i), offset - tree.childStart(i));
        return join(rest, siblings(tree, i + 1, tree.childCount()));
    }

    private static Node siblings(Node parent, int from, int to) {
        return switch (to - from) {
            case 0 -> Node.EMPTY;
            case 1 -> parent.child(from);
            default -> new Node(Arrays.copyOfRange(parent.copyOfChildren(), from, to));
        };
    }

    static Node join(Node left, Node right) {
        if (left.isEmpty()) {
            return right;
        }
        if (right.isEmpty()) {
            return left;
        }
        Node[] joined = joinEdges(left, right);
        return joined.length == 1 ? joined[0] : new Node(joined);
    }

    /** One or two nodes of the greater height; neither is below the bounds if the higher tree is a child somewhere. */
    private static Node[] joinEdges(Node left, Node right) {
        if (left.isLeaf() && right.isLeaf()) {
            return joinLeaves(left, right);
        }
        List<Node> children = new ArrayList<>(2 * Node.CHILDREN_MAX);
        if (left.height == right.height) {
            if (isFull(left) && isFull(right)) {
                return new Node[] {left, right};
            }
            addChildren(children, left, 0, left.childCount());
            addChildren(children, right, 0, right.childCount());
        } else if (left.height > right.height) {
            int last = left.childCount() - 1;
            addChildren(children, left, 0, last);
            children.addAll(Arrays.asList(joinEdges(left.child(last), right)));
        } else {
            children.addAll(Arrays.asList(joinEdges(left, right.child(0))));
            addChildren(children, right, 1, right.childCount());
        }
        return branches(children);
    }

    private static boolean isFull(Node branch) {
        return branch.childCount() >= Node.CHILDREN_MIN;
    }

    private static void addChildren(List<Node> children, Node branch, int from, int to) {
        for (int i = from; i < to; i++) {
            children.add(branch.child(i));
        }
    }

    private static Node[] branches(List<Node> children) {
        int size = children.size();
        if (size <= Node.CHILDREN_MAX) {
            return new Node[] {branch(children)};
        }
        return new Node[] {branch(children.subList(0, size / 2)), branch(children.subList(size / 2, size))};
    }

    private static Node branch(List<Node> children) {
        return new Node(children.toArray(new Node[0]));
    }

    private static Node[] joinLeaves(Node left, Node right) {
        int length = left.length + right.length;
        if (length > Node.LEAF_MAX && left.length >= Node.LEAF_MIN && right.length >= Node.LEAF_MIN) {
            return new Node[] {left, right};
        }
        char[] units = Arrays.copyOf(left.units, length);
        System.arraycopy(right.units, 0, units, left.length, right.length);
        if (length <= Node.LEAF_MAX) {
            return new Node[] {new Node(units)};
        }
        int half = Units.isPair(units[length / 2 - 1], units[length / 2]) ? length / 2 - 1 : length / 2;
        return new Node[] {new Node(Arrays.copyOf(units, half)), new Node(Arrays.copyOfRange(units, half, length))};
    }
}

package dev.metalog.server.text;

import dev.metalog.protocol.editor.PositionEncoding;

/**
 * One node of the tree under a {@link Text}: a leaf with code units, or a branch whose children are all of one height.
 * Never changes, so that texts share what they have in common; {@link Trees} makes new ones of old ones.
 *
 * <p>Positions are found by the lengths of the children. What else is counted (line breaks, code points, bytes) is
 * counted when somebody asks, and kept: whoever types asks rarely, and only the nodes on the way to the last edit are
 * uncounted.
 */
final class Node {
    /** How many code units a leaf has; one that is the whole text may have fewer. */
    static final int LEAF_MAX = 1_024;

    /** One less than half: a cut in the middle may have to go round a surrogate pair. */
    static final int LEAF_MIN = LEAF_MAX / 2 - 1;

    /** How many children a branch has; a root may have as few as two. */
    static final int CHILDREN_MAX = 32;

    static final int CHILDREN_MIN = CHILDREN_MAX / 2;

    static final Node EMPTY = new Node(new char[0]);

    private static final int UNKNOWN = -1;

    /** 0 for a leaf. */
    final int height;
    /** In code units. */
    final int length;
    /** A leaf's text, never changed; {@code null} in a branch. */
    final char[] units;

    private final char first;
    private final char last;
    /** {@code null} in a leaf. */
    private final Node[] children;
    /** Where each child ends. */
    private final int[] ends;

    private int breaks = UNKNOWN;
    private int highs = UNKNOWN;
    private long utf8Width = UNKNOWN;

    Node(char[] units) {
        this.height = 0;
        this.length = units.length;
        this.units = units;
        this.first = length == 0 ? 0 : units[0];
        this.last = length == 0 ? 0 : units[length - 1];
        this.children = null;
        this.ends = null;
    }

    Node(Node[] children) {
        this.height = children[0].height + 1;
        this.units = null;
        this.first = children[0].first;
        this.last = children[children.length - 1].last;
        this.children = children;
        this.ends = new int[children.length];
        int end = 0;
        for (int i = 0; i < children.length; i++) {
            end += children[i].length;
            ends[i] = end;
        }
        this.length = end;
    }

    boolean isLeaf() {
        return children == null;
    }

    boolean isEmpty() {
        return length == 0;
    }

    int childCount() {
        return children.length;
    }

    Node child(int index) {
        return children[index];
    }

    Node[] copyOfChildren() {
        return children.clone();
    }

    int childStart(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    /** The child that holds the unit before the offset; the first one for 0. */
    int childBefore(int offset) {
        int i = 0;
        while (ends[i] < offset) {
            i++;
        }
        return i;
    }

    /** The child that holds the unit at the offset. */
    private int childAt(int offset) {
        return childBefore(offset + 1);
    }

    char charAt(int offset) {
        Node node = this;
        int at = offset;
        while (!node.isLeaf()) {
            int i = node.childAt(at);
            at -= node.childStart(i);
            node = node.children[i];
        }
        return node.units[at];
    }

    /** Whether this node goes on with the second half of a CR LF. */
    private boolean joins(boolean afterReturn) {
        return afterReturn && first == '\n';
    }

    /** The line breaks in the text of this node. */
    int breaks() {
        if (breaks == UNKNOWN) {
            breaks = isLeaf() ? Units.breaks(units, 0, length) : breaksOfChildren();
        }
        return breaks;
    }

    private int breaksOfChildren() {
        int sum = 0;
        boolean afterReturn = false;
        for (Node child : children) {
            sum += child.breaks(afterReturn);
            afterReturn = child.last == '\r';
        }
        return sum;
    }

    private int breaks(boolean afterReturn) {
        return breaks() - (joins(afterReturn) ? 1 : 0);
    }

    /** The line breaks that begin before the offset. */
    int breaksBefore(int offset) {
        int sum = 0;
        boolean afterReturn = false;
        Node node = this;
        int left = offset;
        while (!node.isLeaf()) {
            int i = 0;
            for (; node.ends[i] < left; i++) {
                sum += node.children[i].breaks(afterReturn);
                afterReturn = node.children[i].last == '\r';
            }
            left -= node.childStart(i);
            node = node.children[i];
        }
        return sum + Units.breaks(node.units, 0, left) - (left > 0 && node.joins(afterReturn) ? 1 : 0);
    }

    /** The offset after the line break of this number (from 1), of which there are as many. */
    int afterBreak(int number) {
        int left = number;
        int start = 0;
        boolean afterReturn = false;
        Node node = this;
        while (!node.isLeaf()) {
            int i = 0;
            for (; i < node.children.length - 1; i++) {
                int more = node.children[i].breaks(afterReturn);
                if (left <= more) {
                    break;
                }
                left -= more;
                afterReturn = node.children[i].last == '\r';
            }
            start += node.childStart(i);
            node = node.children[i];
        }
        int end = start + Units.afterBreak(node.units, node.joins(afterReturn) ? left + 1 : left);
        return end < length && charAt(end - 1) == '\r' && charAt(end) == '\n' ? end + 1 : end;
    }

    /** What this node's text takes when it is counted in an encoding. */
    long width(PositionEncoding encoding) {
        return switch (encoding) {
            case UTF_8 -> utf8Width();
            case UTF_16 -> length;
            case UTF_32 -> length - highs();
        };
    }

    private int highs() {
        if (highs == UNKNOWN) {
            if (isLeaf()) {
                highs = Units.highs(units, 0, length);
            } else {
                int sum = 0;
                for (Node child : children) {
                    sum += child.highs();
                }
                highs = sum;
            }
        }
        return highs;
    }

    private long utf8Width() {
        if (utf8Width == UNKNOWN) {
            if (isLeaf()) {
                utf8Width = Units.utf8Width(units, 0, length);
            } else {
                long sum = 0;
                for (Node child : children) {
                    sum += child.utf8Width();
                }
                utf8Width = sum;
            }
        }
        return utf8Width;
    }

    long widthBefore(int offset, PositionEncoding encoding) {
        long sum = 0;
        Node node = this;
        int left = offset;
        while (!node.isLeaf()) {
            int i = 0;
            for (; node.ends[i] < left; i++) {
                sum += node.children[i].width(encoding);
            }
            left -= node.childStart(i);
            node = node.children[i];
        }
        return sum + Units.width(node.units, 0, left, encoding);
    }

    /** The first offset before which the text takes at least this width; the whole text does. */
    int offsetOf(long width, PositionEncoding encoding) {
        long left = width;
        int start = 0;
        Node node = this;
        while (!node.isLeaf()) {
            int i = 0;
            for (; i < node.children.length - 1 && node.children[i].width(encoding) < left; i++) {
                left -= node.children[i].width(encoding);
            }
            start += node.childStart(i);
            node = node.children[i];
        }
        int at = 0;
        for (; left > 0; at++) {
            left -= Units.width(node.units[at], encoding);
        }
        return start + at;
    }

    void copy(int from, int to, char[] target, int at) {
        if (from == to) {
            return;
        }
        if (isLeaf()) {
            System.arraycopy(units, from, target, at, to - from);
            return;
        }
        int done = from;
        for (int i = childAt(from); done < to; i++) {
            int start = childStart(i);
            int end = Math.min(to, ends[i]);
            children[i].copy(done - start, end - start, target, at + done - from);
            done = end;
        }
    }
}

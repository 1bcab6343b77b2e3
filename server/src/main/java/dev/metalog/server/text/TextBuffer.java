package dev.metalog.server.text;

import dev.metalog.protocol.editor.PositionEncoding;
import java.util.Arrays;

/**
 * A text that is edited in place. An edit near the one before costs a few nanoseconds, any other O(log n), in a text of
 * any length.
 *
 * <p>The leaf that is edited is held open in a window: a copy of it with a gap that follows the edits (a gap buffer).
 * The tree hears of the edits when one falls outside of the window, when the window is full, or when somebody wants the
 * text as a value.
 *
 * <pre>
 *   tree    │ leaf │ leaf │ the leaf that was opened │ leaf │ leaf │
 *                          \                          \
 *   window                  │ before ░░░ gap ░░░ after │   grows and shrinks; the leaf still shows the old text
 * </pre>
 */
public final class TextBuffer {
    /** So a window that is opened has room for a leaf's worth of typing and more. */
    private static final int WINDOW_MAX = 4 * Node.LEAF_MAX;

    private static final int WINDOW_ROOM = 64;

    private static final int MOST_BYTES_A_UNIT = 3;

    private Node tree = Node.EMPTY;
    private char[] window = new char[WINDOW_ROOM];
    private int gapStart;
    private int gapEnd = WINDOW_ROOM;
    /** Where the window stands in the text, and in the tree. */
    private int windowStart;
    /** How many units of the tree the window stands for. */
    private int opened;

    private boolean edited;

    /** The text takes no more bytes of UTF-8 than this. */
    private long utf8Bound;

    public int length() {
        return tree.length - opened + windowLength();
    }

    public char charAt(int position) {
        int at = position - windowStart;
        if (at < 0) {
            return tree.charAt(position);
        }
        if (at < windowLength()) {
            return window[at < gapStart ? at : at + (gapEnd - gapStart)];
        }
        return tree.charAt(position - windowLength() + opened);
    }

    /** Whether a boundary at the position would lie between the two halves of a surrogate pair. */
    public boolean splitsPair(int position) {
        // The unit before the edit is looked at first: it is nearly always in the window.
        return position > 0
                && position < length()
                && Character.isHighSurrogate(charAt(position - 1))
                && Character.isLowSurrogate(charAt(position));
    }

    /** Inserts {@code length} code units of {@code source}, starting at {@code from}. */
    public void insert(int position, char[] source, int from, int length) {
        utf8Bound += (long) MOST_BYTES_A_UNIT * length;
        if (length > Node.LEAF_MAX) {
            close();
            tree = Trees.replace(tree, position, position, Source.of(source, from), length);
            return;
        }
        int at = position - windowStart;
        if (at < 0 || at > windowLength() || gapEnd - gapStart < length) {
            makeRoom(position, length);
            at = position - windowStart;
        }
        moveGap(at);
        System.arraycopy(source, from, window, gapStart, length);
        gapStart += length;
        edited = true;
    }

    public void delete(int position, int length) {
        int at = position - windowStart;
        if (at < 0 || at + length > windowLength()) {
            close();
            open(position + length);
            at = position - windowStart;
            if (at < 0) {
                close();
                tree = Trees.replace(tree, position, position + length, Source.of(""), 0);
                return;
            }
        }
        if (at > gapStart) {
            moveGap(at);
        } else if (at + length < gapStart) {
            moveGap(at + length);
        }
        gapEnd += at + length - gapStart;
        gapStart = at;
        edited = true;
    }

    /** Makes it another text. */
    public void set(char[] units) {
        clear();
        if (units.length > 0) {
            insert(0, units, 0, units.length);
        }
    }

    /** Makes it the empty text. */
    public void clear() {
        shut();
        tree = Node.EMPTY;
        edited = false;
        utf8Bound = 0;
    }

    public String substring(int from, int to) {
        int at = from - windowStart;
        int length = to - from;
        if (at < 0 || at + length > windowLength()) {
            return text().substring(from, to);
        }
        if (at + length <= gapStart) {
            return new String(window, at, length);
        }
        int gap = gapEnd - gapStart;
        if (at >= gapStart) {
            return new String(window, at + gap, length);
        }
        char[] copy = new char[length];
        System.arraycopy(window, at, copy, 0, gapStart - at);
        System.arraycopy(window, gapEnd, copy, gapStart - at, length - (gapStart - at));
        return new String(copy);
    }

    /** The text as it is now, as a value that later edits leave alone. */
    public Text text() {
        save();
        return tree.isEmpty() ? Text.EMPTY : new Text(tree);
    }

    public long utf8Length() {
        utf8Bound = text().width(PositionEncoding.UTF_8);
        return utf8Bound;
    }

    /** Whether the text takes no more than so many bytes as UTF-8. They are counted only when there may be too many. */
    public boolean fits(long bytes) {
        return utf8Bound <= bytes || utf8Length() <= bytes;
    }

    @Override
    public String toString() {
        return text().toString();
    }

    private int windowLength() {
        return window.length - (gapEnd - gapStart);
    }

    private void moveGap(int at) {
        if (at < gapStart) {
            int moved = gapStart - at;
            System.arraycopy(window, at, window, gapEnd - moved, moved);
            gapStart -= moved;
            gapEnd -= moved;
        } else if (at > gapStart) {
            int moved = at - gapStart;
            System.arraycopy(window, gapEnd, window, gapStart, moved);
            gapStart += moved;
            gapEnd += moved;
        }
    }

    /** Has the window stand around the position, with room for so many units. */
    private void makeRoom(int position, int length) {
        int at = position - windowStart;
        boolean outside = at < 0 || at > windowLength();
        if (outside || windowLength() + length > WINDOW_MAX) {
            close();
            open(position);
        }
        if (gapEnd - gapStart < length) {
            int tail = window.length - gapEnd;
            int size = Math.min(WINDOW_MAX, Math.max(2 * window.length, windowLength() + length));
            char[] wider = Arrays.copyOf(window, size);
            System.arraycopy(window, gapEnd, wider, size - tail, tail);
            window = wider;
            gapEnd = size - tail;
        }
    }

    /** Opens the leaf that holds the unit before the position; the first one for 0. The window is closed. */
    private void open(int position) {
        Node leaf = tree;
        windowStart = 0;
        while (!leaf.isLeaf()) {
            int i = leaf.childBefore(position - windowStart);
            windowStart += leaf.childStart(i);
            leaf = leaf.child(i);
        }
        opened = leaf.length;
        if (window.length < opened + WINDOW_ROOM) {
            window = new char[Math.min(WINDOW_MAX, 2 * (opened + WINDOW_ROOM))];
        }
        gapStart = position - windowStart;
        gapEnd = window.length - (opened - gapStart);
        System.arraycopy(leaf.units, 0, window, 0, gapStart);
        System.arraycopy(leaf.units, gapStart, window, gapEnd, opened - gapStart);
        edited = false;
    }

    /** Writes the window's text into the tree; it stays open if it is still what one leaf can hold. */
    private void save() {
        if (!edited) {
            return;
        }
        int length = windowLength();
        boolean isLeaf = length >= Node.LEAF_MIN && length <= Node.LEAF_MAX;
        moveGap(length);
        tree = Trees.replace(tree, windowStart, windowStart + opened, Source.of(window, 0), length);
        opened = length;
        edited = false;
        if (!isLeaf && !tree.isLeaf()) {
            shut();
        }
    }

    private void close() {
        save();
        shut();
    }

    /** What the window shows is in the tree: it stands for nothing any more. */
    private void shut() {
        windowStart = 0;
        opened = 0;
        gapStart = 0;
        gapEnd = window.length;
    }
}

package dev.metalog.server.text;

import dev.metalog.protocol.editor.PositionEncoding;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A text as a value. Making another one by an edit costs O(log n) and shares the rest; so does every conversion between
 * offsets, lines, and widths in an encoding. Offsets and lengths are UTF-16 code units. Lines end at {@code \n},
 * {@code \r\n} or {@code \r} and nowhere else (LSP 3.17, Text Documents), and are counted from 0.
 *
 * <p>The form is a rope (Boehm, Atkinson and Plass, "Ropes: an alternative to strings", 1995) balanced as a B-tree. Not
 * safe for use by several threads, because counts are kept when they are first asked for.
 */
public final class Text implements CharSequence {
    public static final Text EMPTY = new Text(Node.EMPTY);

    /** Takes a text piece by piece, in order. */
    public interface ChunkConsumer {
        /** {@code length} code units from the start of the array, which is only to be read. A pair may be parted. */
        void take(char[] units, int length);
    }

    private final Node root;

    Text(Node root) {
        this.root = root;
    }

    public static Text of(String text) {
        return text.isEmpty() ? EMPTY : new Text(Trees.build(Source.of(text), text.length()));
    }

    Node root() {
        return root;
    }

    @Override
    public int length() {
        return root.length;
    }

    /** @throws IndexOutOfBoundsException outside of the text */
    @Override
    public char charAt(int offset) {
        return root.charAt(Objects.checkIndex(offset, root.length));
    }

    /** A copy; {@link #slice} shares. */
    public String substring(int from, int to) {
        Objects.checkFromToIndex(from, to, root.length);
        char[] copy = new char[to - from];
        root.copy(from, to, copy, 0);
        return new String(copy);
    }

    @Override
    public Text subSequence(int from, int to) {
        return slice(from, to);
    }

    /** A part of the text that shares its memory. */
    public Text slice(int from, int to) {
        Objects.checkFromToIndex(from, to, root.length);
        return new Text(Trees.after(Trees.before(root, to), from));
    }

    /** This text with another in place of the units from {@code from} up to {@code to}. */
    public Text replace(int from, int to, String inserted) {
        Objects.checkFromToIndex(from, to, root.length);
        if (from == to && inserted.isEmpty()) {
            return this;
        }
        return new Text(Trees.replace(root, from, to, Source.of(inserted), inserted.length()));
    }

    /** Whether a boundary at the offset would lie between the two halves of a surrogate pair. */
    public boolean splitsPair(int offset) {
        return offset > 0 && offset < root.length && Units.isPair(root.charAt(offset - 1), root.charAt(offset));
    }

    /** One more than there are line breaks. */
    public int lineCount() {
        return root.breaks() + 1;
    }

    /** The offset of the line's first unit. */
    public int lineStart(int line) {
        Objects.checkIndex(line, lineCount());
        return line == 0 ? 0 : root.afterBreak(line);
    }

    /** The offset where the line's break begins, or the end of the text. */
    public int lineEnd(int line) {
        if (line == lineCount() - 1) {
            return root.length;
        }
        int next = lineStart(line + 1);
        return next > 1 && isReturnLineFeed(next - 2) ? next - 2 : next - 1;
    }

    /** The line that the offset is in; a line's break belongs to the line, and so does the place inside of a CR LF. */
    public int lineAt(int offset) {
        Objects.checkIndex(offset, root.length + 1);
        int breaks = root.breaksBefore(offset);
        return offset > 0 && offset < root.length && isReturnLineFeed(offset - 1) ? breaks - 1 : breaks;
    }

    private boolean isReturnLineFeed(int offset) {
        return root.charAt(offset) == '\r' && root.charAt(offset + 1) == '\n';
    }

    /** How much the text before the offset takes in an encoding: bytes, code units or code points. */
    public long widthBefore(int offset, PositionEncoding encoding) {
        Objects.checkIndex(offset, root.length + 1);
        return encoding == PositionEncoding.UTF_16 ? offset : root.widthBefore(offset, encoding);
    }

    /**
     * The first offset before which the text takes at least this width. It takes more where the width ends inside of a
     * character; with UTF-16, see {@link #splitsPair}.
     */
    public int offsetOf(long width, PositionEncoding encoding) {
        if (width < 0 || width > width(encoding)) {
            throw new IndexOutOfBoundsException("The text takes " + width(encoding) + " in " + encoding.lspName()
                    + ", there is no offset for " + width + ".");
        }
        return encoding == PositionEncoding.UTF_16 ? (int) width : root.offsetOf(width, encoding);
    }

    /** How much the whole text takes in an encoding. */
    public long width(PositionEncoding encoding) {
        return root.width(encoding);
    }

    /** How many units at the start are the same in both; what they share is not looked at. */
    public int commonPrefix(Text other) {
        return Comparison.commonPrefix(root, other.root);
    }

    /** How many units at the end are the same in both. */
    public int commonSuffix(Text other) {
        return Comparison.commonSuffix(root, other.root);
    }

    public void forEachChunk(ChunkConsumer consumer) {
        Cursor cursor = Cursor.atStart(root);
        while (cursor.hasNode()) {
            Node leaf = cursor.leaf();
            consumer.take(leaf.units, leaf.length);
            cursor.next();
        }
    }

    /** Hands over the text as UTF-8, in pieces that are only to be read until the next one comes. */
    public void forEachUtf8Chunk(Consumer<ByteBuffer> consumer) {
        Utf8Encoder encoder = new Utf8Encoder(consumer);
        forEachChunk(encoder);
        encoder.finish();
    }

    public boolean contentEquals(String other) {
        if (other.length() != root.length) {
            return false;
        }
        int at = 0;
        for (Cursor cursor = Cursor.atStart(root); cursor.hasNode(); cursor.next()) {
            Node leaf = cursor.leaf();
            for (int i = 0; i < leaf.length; i++) {
                if (leaf.units[i] != other.charAt(at + i)) {
                    return false;
                }
            }
            at += leaf.length;
        }
        return true;
    }

    /** By content. Texts that come of one another by edits are compared in about the size of the edits. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Text that
                && root.length == that.root.length
                && (root == that.root || commonPrefix(that) == root.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (Cursor cursor = Cursor.atStart(root); cursor.hasNode(); cursor.next()) {
            Node leaf = cursor.leaf();
            for (char unit : leaf.units) {
                hash = 31 * hash + unit;
            }
        }
        return hash;
    }

    @Override
    public String toString() {
        return substring(0, root.length);
    }
}

package dev.metalog.server.eventgraph;

import java.util.Arrays;

/**
 * A text that is cheap to edit near the last edit: one array with a gap that follows the edits (a gap buffer). Moving
 * the gap copies the text between the old place and the new one, at memory speed.
 */
final class TextBuffer implements EditSink {
    private char[] units = new char[64];
    private int gapStart;
    private int gapEnd = units.length;

    int length() {
        return units.length - (gapEnd - gapStart);
    }

    char charAt(int position) {
        return units[position < gapStart ? position : position + (gapEnd - gapStart)];
    }

    /** Whether a boundary at the position would lie between the two halves of a surrogate pair. */
    boolean splitsPair(int position) {
        return position > 0
                && position < length()
                && Character.isLowSurrogate(charAt(position))
                && Character.isHighSurrogate(charAt(position - 1));
    }

    @Override
    public void insert(int position, char[] source, int from, int length) {
        moveGap(position);
        if (gapEnd - gapStart < length) {
            widenGap(length);
        }
        System.arraycopy(source, from, units, gapStart, length);
        gapStart += length;
    }

    @Override
    public void delete(int position, int length) {
        moveGap(position);
        gapEnd += length;
    }

    String substring(int from, int to) {
        char[] copy = new char[to - from];
        int beforeGap = Math.max(0, Math.min(to, gapStart) - from);
        System.arraycopy(units, from, copy, 0, beforeGap);
        System.arraycopy(units, from + beforeGap + (gapEnd - gapStart), copy, beforeGap, copy.length - beforeGap);
        return new String(copy);
    }

    @Override
    public String toString() {
        return substring(0, length());
    }

    private void moveGap(int position) {
        if (position < gapStart) {
            int moved = gapStart - position;
            System.arraycopy(units, position, units, gapEnd - moved, moved);
            gapStart -= moved;
            gapEnd -= moved;
        } else if (position > gapStart) {
            int moved = position - gapStart;
            System.arraycopy(units, gapEnd, units, gapStart, moved);
            gapStart += moved;
            gapEnd += moved;
        }
    }

    private void widenGap(int atLeast) {
        int tail = units.length - gapEnd;
        int size = Math.max(units.length + units.length / 2, length() + atLeast + 64);
        char[] wider = Arrays.copyOf(units, size);
        System.arraycopy(units, gapEnd, wider, size - tail, tail);
        units = wider;
        gapEnd = size - tail;
    }
}

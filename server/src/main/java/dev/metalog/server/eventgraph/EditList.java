package dev.metalog.server.eventgraph;

import dev.metalog.protocol.TextEdit;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects edits and joins each with the one before it where they touch: typing, deleting forwards and backwards, and
 * taking back what was just typed become one edit each.
 */
final class EditList implements EditSink {
    private final List<TextEdit> edits = new ArrayList<>();

    /** The edit that can still grow: at this position, so many units gave way to this text. */
    private int position;

    private int deleted;
    private final StringBuilder inserted = new StringBuilder();

    @Override
    public void insert(int at, char[] source, int from, int length) {
        if (at < position || at > position + inserted.length()) {
            close();
            position = at;
        }
        inserted.insert(at - position, source, from, length);
    }

    @Override
    public void delete(int at, int length) {
        int end = at + length;
        if (end < position || at > position + inserted.length()) {
            close();
            position = at;
        }
        int before = Math.max(0, position - at);
        int from = Math.max(0, at - position);
        int to = Math.min(inserted.length(), end - position);
        inserted.delete(from, to);
        deleted += length - (to - from);
        position -= before;
    }

    /** All edits; nothing may be added afterwards. */
    List<TextEdit> toList() {
        close();
        return List.copyOf(edits);
    }

    private void close() {
        if (deleted > 0 || inserted.length() > 0) {
            edits.add(new TextEdit(position, deleted, inserted.toString()));
        }
        deleted = 0;
        inserted.setLength(0);
    }
}

package dev.metalog.server.eventgraph;

import dev.metalog.server.text.TextBuffer;
import java.util.ArrayList;
import java.util.List;

/** Edits a text and can take everything back: so that a bundle whose last event is bad leaves no trace. */
final class Journal implements EditSink {
    /** What undoes one edit: {@code inserted} units give way to {@code deleted}. */
    private record Undo(int position, int inserted, String deleted) {}

    private final TextBuffer text;
    private final List<Undo> undos = new ArrayList<>();

    Journal(TextBuffer text) {
        this.text = text;
    }

    @Override
    public void insert(int position, char[] source, int from, int length) {
        undos.add(new Undo(position, length, ""));
        text.insert(position, source, from, length);
    }

    @Override
    public void delete(int position, int length) {
        undos.add(new Undo(position, 0, text.substring(position, position + length)));
        text.delete(position, length);
    }

    /** Takes all edits back, the last one first. */
    void revert() {
        for (int i = undos.size() - 1; i >= 0; i--) {
            Undo undo = undos.get(i);
            text.delete(undo.position, undo.inserted);
            char[] deleted = undo.deleted.toCharArray();
            text.insert(undo.position, deleted, 0, deleted.length);
        }
        undos.clear();
    }
}

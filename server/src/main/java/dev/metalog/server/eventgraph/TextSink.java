package dev.metalog.server.eventgraph;

import dev.metalog.server.text.TextBuffer;

/** Edits a text, for good. */
record TextSink(TextBuffer text) implements EditSink {
    @Override
    public void insert(int position, char[] source, int from, int length) {
        text.insert(position, source, from, length);
    }

    @Override
    public void delete(int position, int length) {
        text.delete(position, length);
    }
}

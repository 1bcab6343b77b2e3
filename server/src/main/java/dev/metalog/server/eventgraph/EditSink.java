package dev.metalog.server.eventgraph;

/** Receives sequential edits: each position counts in the text that the ones before it have left. */
interface EditSink {
    /** Inserts {@code length} code units of {@code source}, starting at {@code from}. */
    void insert(int position, char[] source, int from, int length);

    void delete(int position, int length);
}

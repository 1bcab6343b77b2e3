package dev.metalog.server.eventgraph;

/** Told of stretches of a text and the units that have inserted them. */
interface OriginSink {
    /** @param id the first unit; less than zero in the text of a base */
    void span(int id, int length);
}

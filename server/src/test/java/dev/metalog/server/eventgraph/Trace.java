package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Event;
import dev.metalog.server.trace.BadTraceException;
import dev.metalog.server.trace.TraceFile;
import java.io.InputStream;
import java.util.List;

/** A recorded history for tests: what was done in which transaction, and the text it has to end in. */
record Trace(List<List<Event>> transactions, String endContent) {
    /** The cases of the eg-walker reference that are kept here. */
    static List<Trace> conformance() {
        return read("conformance-200.json.gz", Trace.class.getResourceAsStream("conformance-200.json.gz"));
    }

    /** A recording of editing-traces. */
    static Trace concurrent(InputStream gzipped) {
        return read("concurrent", gzipped).get(0);
    }

    private static List<Trace> read(String name, InputStream gzipped) {
        try {
            return TraceFile.read(name, gzipped).stream()
                    .map(trace -> new Trace(
                            trace.transactions().stream()
                                    .map(dev.metalog.server.trace.Trace.Transaction::events)
                                    .toList(),
                            trace.endContent()))
                    .toList();
        } catch (BadTraceException e) {
            throw new AssertionError(e);
        }
    }
}

package dev.metalog.server.trace.bench;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.codec.DocumentCodec;
import dev.metalog.protocol.codec.DocumentCodec.CachedText;
import dev.metalog.protocol.codec.DocumentCodec.Packing;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.MalformedDocumentException;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.trace.Trace;
import java.util.List;

/** How much longer ours takes for {@value #TIMES} times as much: each round does both, and gives the ratio. */
final class Growth {
    static final int TIMES = 25;

    /** The smaller work is done so often, and its median counts, since it is the more easily disturbed. */
    private static final int SMALLER_RUNS = 5;
    /** Where a key's cost is compared by the text's length, the shorter text is at least this long. */
    private static final int LEAST_UNITS = 64 << 10;

    private static final ReplicaId WRITER = new ReplicaId("writer");

    private final Trace trace;
    private final EventRuns once;
    private final Version tip;

    /**
     * @param once the trace's history
     * @param tip the version it leads to
     */
    Growth(Trace trace, EventRuns once, Version tip) {
        this.trace = trace;
        this.once = once;
        this.tip = tip;
    }

    /** Work that is done and measured, in milliseconds. */
    private interface Work {
        double millis() throws RunFailedException;
    }

    private static Reading ratio(Work smaller, Work larger) throws RunFailedException {
        Samples samples = new Samples(SMALLER_RUNS);
        for (int i = 0; i < SMALLER_RUNS; i++) {
            samples.add(smaller.millis());
        }
        return Reading.of(larger.millis() / samples.percentile(50));
    }

    Reading typed() throws RunFailedException {
        return ratio(() -> typed(1), () -> typed(TIMES));
    }

    private double typed(int times) throws RunFailedException {
        Stopwatch watch = Stopwatch.start();
        EventGraph graph = new EventGraph();
        for (int i = 0; i < times; i++) {
            for (Trace.Transaction transaction : trace.transactions()) {
                for (TextEdit edit : transaction.edits()) {
                    graph.type(transaction.writer(), edit);
                }
            }
        }
        double millis = watch.millis();
        check(graph.text().equals(trace.endContent().repeat(times)));
        return millis;
    }

    Reading merged() throws RunFailedException {
        byte[] small = DocumentCodec.encode(once, Packing.NOTHING);
        byte[] large = DocumentCodec.encode(Repeated.all(once, tip, TIMES), Packing.NOTHING);
        return ratio(() -> merged(small, 1), () -> merged(large, TIMES));
    }

    private double merged(byte[] history, int times) throws RunFailedException {
        Stopwatch watch = Stopwatch.start();
        EventGraph graph = new EventGraph();
        try {
            Ours.added(graph.admit(DocumentCodec.readHistory(history)));
        } catch (MalformedDocumentException e) {
            throw new RunFailedException("the history could not be decoded: " + e.getMessage(), e);
        }
        int length = graph.snapshot().length();
        double millis = watch.millis();
        check(length == times * trace.endContent().length()
                && graph.text().equals(trace.endContent().repeat(times)));
        return millis;
    }

    Reading opened() throws RunFailedException {
        byte[] small = saved(once, 1);
        byte[] large = saved(Repeated.all(once, tip, TIMES), TIMES);
        return ratio(() -> opened(small, 1), () -> opened(large, TIMES));
    }

    private byte[] saved(EventRuns history, int times) {
        EventGraph graph = new EventGraph();
        graph.admit(history);
        return DocumentCodec.encode(
                history, new CachedText(graph.tip(), trace.endContent().repeat(times)), Packing.HISTORY);
    }

    private double opened(byte[] saved, int times) throws RunFailedException {
        Stopwatch watch = Stopwatch.start();
        String text = Ours.textOf(saved);
        double millis = watch.millis();
        check(text.equals(trace.endContent().repeat(times)));
        return millis;
    }

    /** A key in a text of 25 times the length, both without any history to speak of. */
    Reading keyByLength() throws RunFailedException {
        String text = trace.endContent().isEmpty() ? "x" : trace.endContent();
        String shorter = text.repeat((LEAST_UNITS + text.length() - 1) / text.length());
        return keys(pasted(shorter), pasted(shorter.repeat(TIMES)), shorter, shorter.repeat(TIMES));
    }

    private static EventRuns pasted(String text) {
        EventGraph graph = new EventGraph();
        graph.edit(WRITER, Version.ROOT, List.of(new TextEdit(0, 0, text)));
        return graph.runsSince(0);
    }

    /** A key in a text of the same length, after 25 times as much has happened to it. */
    Reading keyByHistory() throws RunFailedException {
        String text = trace.endContent();
        return keys(once, Repeated.replacing(once, tip, TIMES, text.length()), text, text);
    }

    private static Reading keys(EventRuns small, EventRuns large, String smallText, String largeText)
            throws RunFailedException {
        Exchange less = new Exchange(replica(small, smallText), replica(small, smallText), smallText);
        Exchange more = new Exchange(replica(large, largeText), replica(large, largeText), largeText);
        return Reading.of(more.micros(50) / less.micros(50));
    }

    private static EventGraph replica(EventRuns history, String text) throws RunFailedException {
        EventGraph graph = new EventGraph();
        Ours.added(graph.admit(history));
        check(graph.text().equals(text));
        return graph;
    }

    private static void check(boolean same) throws RunFailedException {
        if (!same) {
            throw new RunFailedException("it ended in another text than the repeated one");
        }
    }
}

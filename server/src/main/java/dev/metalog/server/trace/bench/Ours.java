package dev.metalog.server.trace.bench;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.DocumentCodec;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.MalformedBundleException;
import dev.metalog.protocol.codec.MalformedDocumentException;
import dev.metalog.server.eventgraph.Admission;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.text.Text;
import dev.metalog.server.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The event graph. What the measurements need of it is in the few methods at the end, so that a change of its interface
 * or of its bytes is a change there.
 */
final class Ours implements Contender {
    static final String NAME = "meta-log";

    private final Trace trace;
    /** The whole history as it is sent to a new replica, and as it is kept: with the text in front, or without. */
    private final byte[] history;

    private final byte[] saved;
    private final byte[] savedHistory;
    /** The history as it is sent while it happens. */
    private final List<byte[]> updates = new ArrayList<>();

    private final Growth growth;

    Ours(Trace trace) {
        this.trace = trace;
        EventGraph graph = new EventGraph();
        BundleCodec.pack(trace.events()).forEach(graph::admit);
        EventRuns runs = graph.runsSince(0);
        this.growth = new Growth(trace, runs, graph.tip());
        this.history = DocumentCodec.encode(runs, DocumentCodec.Packing.NOTHING);
        this.saved = DocumentCodec.encode(
                runs, new DocumentCodec.CachedText(graph.tip(), graph.text()), DocumentCodec.Packing.HISTORY);
        this.savedHistory = DocumentCodec.encode(runs, DocumentCodec.Packing.EVERYTHING);
        for (Trace.Transaction transaction : trace.transactions()) {
            for (Bundle bundle : BundleCodec.pack(transaction.events())) {
                updates.add(BundleCodec.encode(bundle));
            }
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Reading run(Operation operation) throws RunFailedException {
        return switch (operation) {
            case LOCAL -> typed(false);
            case LOCAL_UPDATES -> typed(true);
            case MERGE -> merged();
            case SINGLY -> received();
            case KEYSTROKE -> exchanged();
            case FILE -> Reading.of((double) savedHistory.length);
            case OPEN -> opened();
            case FIRST_OPEN -> Reading.of(FirstOpening.millis(saved, trace.endContent()));
            case HEAP -> heap(this::openedDocument);
            case HEAP_DECODED -> heap(this::receiveHistory);
            case GROWTH_TYPED -> growth.typed();
            case GROWTH_MERGED -> growth.merged();
            case GROWTH_OPENED -> growth.opened();
            case KEY_BY_LENGTH -> growth.keyByLength();
            case KEY_BY_HISTORY -> growth.keyByHistory();
        };
    }

    @Override
    public void close() {}

    private Reading typed(boolean encode) throws RunFailedException {
        long bytes = 0;
        Stopwatch watch = Stopwatch.start();
        EventGraph graph = new EventGraph();
        for (Trace.Transaction transaction : trace.transactions()) {
            for (TextEdit edit : transaction.edits()) {
                int before = graph.eventCount();
                graph.type(transaction.writer(), edit);
                if (encode && graph.eventCount() > before) {
                    bytes += graph.updateSince(before).length;
                }
            }
        }
        Reading reading = Reading.of(watch.millis());
        check(graph.text());
        if (encode && bytes == 0 && graph.length() > 0) {
            throw new RunFailedException("no update had any bytes");
        }
        return reading;
    }

    private Reading merged() throws RunFailedException {
        Stopwatch watch = Stopwatch.start();
        Text text = receiveHistory().snapshot();
        Reading reading = Reading.of(watch.millis());
        check(text.toString());
        return reading;
    }

    private Reading received() throws RunFailedException {
        Stopwatch watch = Stopwatch.start();
        EventGraph graph = new EventGraph();
        for (byte[] update : updates) {
            admit(graph, update);
        }
        Text text = graph.snapshot();
        Reading reading = Reading.of(watch.millis());
        check(text.toString());
        return reading;
    }

    private Reading opened() throws RunFailedException {
        Stopwatch watch = Stopwatch.start();
        String text = textOf(saved);
        Reading reading = Reading.of(watch.millis());
        check(text);
        return reading;
    }

    private Reading exchanged() throws RunFailedException {
        Exchange exchange = new Exchange(receiveHistory(), receiveHistory(), trace.endContent());
        return new Reading(exchange.micros(50), exchange.micros(99), false);
    }

    /** What an editor is shown, and which version it is of. */
    private Object openedDocument() throws RunFailedException {
        DocumentCodec.CachedText cached = cachedText(saved);
        return List.of(cached.tip(), Text.of(cached.text()));
    }

    private static Reading heap(Callable<?> maker) throws RunFailedException {
        try {
            return Reading.of(Heap.bytesOf(maker));
        } catch (RunFailedException e) {
            throw e;
        } catch (Exception e) {
            throw new RunFailedException("nothing was made: " + e.getMessage(), e);
        }
    }

    private void check(String text) throws RunFailedException {
        if (!text.equals(trace.endContent())) {
            throw new RunFailedException("it ended in another text than the recorded one");
        }
    }

    // ---- the event graph's interface, as far as it is measured ----

    static void admit(EventGraph graph, byte[] update) throws RunFailedException {
        try {
            added(graph.admit(BundleCodec.decodeRuns(update)));
        } catch (MalformedBundleException e) {
            throw new RunFailedException("an update could not be decoded: " + e.getMessage(), e);
        }
    }

    private EventGraph receiveHistory() throws RunFailedException {
        try {
            EventGraph graph = new EventGraph();
            added(graph.admit(DocumentCodec.readHistory(history)));
            return graph;
        } catch (MalformedDocumentException e) {
            throw new RunFailedException("the history could not be decoded: " + e.getMessage(), e);
        }
    }

    static void added(Admission admission) throws RunFailedException {
        if (!(admission instanceof Admission.Added)) {
            throw new RunFailedException("an update was not added: " + admission);
        }
    }

    static String textOf(byte[] saved) throws RunFailedException {
        return cachedText(saved).text();
    }

    private static DocumentCodec.CachedText cachedText(byte[] saved) throws RunFailedException {
        try {
            return DocumentCodec.readText(saved);
        } catch (MalformedDocumentException e) {
            throw new RunFailedException("the document could not be read: " + e.getMessage(), e);
        }
    }
}

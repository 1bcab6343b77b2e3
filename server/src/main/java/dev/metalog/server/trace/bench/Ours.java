package dev.metalog.server.trace.bench;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.ReplicaId;
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

/**
 * The event graph. What the measurements need of it is in the few methods at the end, so that a change of its interface
 * or of its bytes is a change there.
 */
final class Ours implements Contender {
    static final String NAME = "meta-log";
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final ReplicaId BEN = new ReplicaId("ben");

    private final Trace trace;
    /** The whole history as it is sent to a new replica, and as it is kept: with the text in front, or without. */
    private final byte[] history;

    private final byte[] saved;
    private final byte[] savedHistory;
    /** The history as it is sent while it happens. */
    private final List<byte[]> updates = new ArrayList<>();

    Ours(Trace trace) {
        this.trace = trace;
        EventGraph graph = new EventGraph();
        BundleCodec.pack(trace.events()).forEach(graph::admit);
        EventRuns runs = graph.runsSince(0);
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

    /** Two write in different places of the finished document, at the same time, key by key. */
    private Reading exchanged() throws RunFailedException {
        EventGraph annas = receiveHistory();
        EventGraph bens = receiveHistory();
        Samples samples = new Samples(2 * Keys.COUNT);
        int annasPlace = Keys.annasPlace(trace.endContent());
        int bensPlace = Keys.bensPlace(trace.endContent());
        for (int key = 0; key < Keys.COUNT; key++) {
            int annasBefore = annas.eventCount();
            int bensBefore = bens.eventCount();
            annas.type(ANNA, new TextEdit(annasPlace + key, 0, "a"));
            bens.type(BEN, new TextEdit(bensPlace + 2 * key, 0, "b"));
            long began = System.nanoTime();
            byte[] fromAnna = annas.updateSince(annasBefore);
            long annaSent = System.nanoTime();
            byte[] fromBen = bens.updateSince(bensBefore);
            long benSent = System.nanoTime();
            admit(bens, fromAnna);
            long annaCame = System.nanoTime();
            admit(annas, fromBen);
            long benCame = System.nanoTime();
            samples.add((double) (annaSent - began + annaCame - benSent));
            samples.add((double) (benSent - annaSent + benCame - annaCame));
        }
        if (!annas.text().equals(bens.text())) {
            throw new RunFailedException("the two texts differ");
        }
        return new Reading(samples.percentile(50) / 1e3, samples.percentile(99) / 1e3, false);
    }

    private void check(String text) throws RunFailedException {
        if (!text.equals(trace.endContent())) {
            throw new RunFailedException("it ended in another text than the recorded one");
        }
    }

    // ---- the event graph's interface, as far as it is measured ----

    private static void admit(EventGraph graph, byte[] update) throws RunFailedException {
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

    private static void added(Admission admission) throws RunFailedException {
        if (!(admission instanceof Admission.Added)) {
            throw new RunFailedException("an update was not added: " + admission);
        }
    }

    private static String textOf(byte[] saved) throws RunFailedException {
        try {
            return DocumentCodec.readText(saved).text();
        } catch (MalformedDocumentException e) {
            throw new RunFailedException("the document could not be read: " + e.getMessage(), e);
        }
    }
}

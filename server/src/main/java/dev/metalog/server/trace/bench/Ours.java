package dev.metalog.server.trace.bench;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.MalformedBundleException;
import dev.metalog.server.eventgraph.Admission;
import dev.metalog.server.eventgraph.EventGraph;
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
    /** The whole history as it is sent to a new replica. */
    private final List<byte[]> history;
    /** The history as it is sent while it happens. */
    private final List<byte[]> updates = new ArrayList<>();
    /** The document as it is kept. */
    private final List<byte[]> saved;

    Ours(Trace trace) {
        this.trace = trace;
        this.history = encoded(BundleCodec.pack(trace.events()));
        this.saved = history;
        for (Trace.Transaction transaction : trace.transactions()) {
            updates.addAll(encoded(BundleCodec.pack(transaction.events())));
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
            case MERGE -> received(history);
            case SINGLY -> received(updates);
            case KEYSTROKE -> exchanged();
            case FILE ->
                Reading.of(
                        (double) saved.stream().mapToLong(bytes -> bytes.length).sum());
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
                List<Bundle> update = type(graph, transaction.writer(), edit);
                if (encode) {
                    for (Bundle bundle : update) {
                        bytes += encode(bundle).length;
                    }
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

    private Reading received(List<byte[]> parts) throws RunFailedException {
        Stopwatch watch = Stopwatch.start();
        String text = receive(parts).text();
        Reading reading = Reading.of(watch.millis());
        check(text);
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
        EventGraph annas = receive(history);
        EventGraph bens = receive(history);
        Samples samples = new Samples(2 * Keys.COUNT);
        int annasPlace = Keys.annasPlace(trace.endContent());
        int bensPlace = Keys.bensPlace(trace.endContent());
        for (int key = 0; key < Keys.COUNT; key++) {
            List<Bundle> fromAnna = type(annas, ANNA, new TextEdit(annasPlace + key, 0, "a"));
            List<Bundle> fromBen = type(bens, BEN, new TextEdit(bensPlace + 2 * key, 0, "b"));
            samples.add((double) carry(fromAnna, bens));
            samples.add((double) carry(fromBen, annas));
        }
        if (!annas.text().equals(bens.text())) {
            throw new RunFailedException("the two texts differ");
        }
        return new Reading(samples.percentile(50) / 1e3, samples.percentile(99) / 1e3, false);
    }

    private static long carry(List<Bundle> update, EventGraph to) throws RunFailedException {
        long began = System.nanoTime();
        for (Bundle bundle : update) {
            admit(to, encode(bundle));
        }
        return System.nanoTime() - began;
    }

    private void check(String text) throws RunFailedException {
        if (!text.equals(trace.endContent())) {
            throw new RunFailedException("it ended in another text than the recorded one");
        }
    }

    // ---- the event graph's interface, as far as it is measured ----

    private static List<Bundle> type(EventGraph graph, ReplicaId writer, TextEdit edit) {
        return graph.edit(writer, graph.tip(), List.of(edit));
    }

    private static byte[] encode(Bundle update) {
        return BundleCodec.encode(update);
    }

    private static void admit(EventGraph graph, byte[] update) throws RunFailedException {
        try {
            Admission admission = graph.admit(BundleCodec.decode(update));
            if (!(admission instanceof Admission.Added)) {
                throw new RunFailedException("an update was not added: " + admission);
            }
        } catch (MalformedBundleException e) {
            throw new RunFailedException("an update could not be decoded: " + e.getMessage(), e);
        }
    }

    private static EventGraph receive(List<byte[]> parts) throws RunFailedException {
        EventGraph graph = new EventGraph();
        for (byte[] part : parts) {
            admit(graph, part);
        }
        return graph;
    }

    /** A document is kept as its bundles so far, so opening one admits them. */
    private static String textOf(List<byte[]> saved) throws RunFailedException {
        return receive(saved).text();
    }

    private static List<byte[]> encoded(List<Bundle> bundles) {
        return bundles.stream().map(Ours::encode).toList();
    }
}

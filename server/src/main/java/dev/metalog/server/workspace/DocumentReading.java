package dev.metalog.server.workspace;

import dev.metalog.protocol.codec.DocumentCodec;
import dev.metalog.protocol.codec.DocumentCodec.CachedText;
import dev.metalog.protocol.codec.DocumentCodec.Packing;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.server.eventgraph.EventGraph;
import java.util.ArrayList;
import java.util.List;

/** What the records of a log amount to, for whoever wants to look at it without a conductor. */
public final class DocumentReading {
    private final Restored restored;
    private final EventGraph graph;

    private DocumentReading(Restored restored) {
        this.restored = restored;
        this.graph = restored.graph();
    }

    public static DocumentReading of(List<StoredDocument.Item> records) {
        return new DocumentReading(Restored.from(records));
    }

    public String text() {
        return graph.text();
    }

    /** Units: one for each code unit that was ever inserted or deleted. */
    public int events() {
        return graph.eventCount();
    }

    /** What is wrong with the records, or {@code null}. */
    public String trouble() {
        return restored.found();
    }

    /** The whole history with the text, in the form of docs/format-events.md. */
    public byte[] savedDocument() {
        return DocumentCodec.encode(history(), cachedText(), Packing.EVERYTHING);
    }

    /** What may take the place of the records, or {@code null} when something in them could not be used. */
    public DocumentSnapshot snapshot() {
        if (restored.isIncomplete()) {
            return null;
        }
        List<StoredDocument.Item> notes = new ArrayList<>(restored.shown().notes());
        restored.waiting()
                .forEach(chunk -> notes.add(new StoredDocument.Item(LogKind.WAITING.number(), chunk.bytes())));
        return new DocumentSnapshot(history(), cachedText(), notes);
    }

    private CachedText cachedText() {
        return new CachedText(graph.tip(), graph.text());
    }

    private EventRuns history() {
        return graph.eventCount() == 0 ? EventRuns.EMPTY : graph.runsSince(0);
    }
}

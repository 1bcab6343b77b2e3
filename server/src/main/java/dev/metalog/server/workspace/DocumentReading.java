package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.codec.DocumentCodec;
import dev.metalog.protocol.codec.DocumentCodec.CachedText;
import dev.metalog.protocol.codec.DocumentCodec.Packing;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.TestimonyCodec;
import dev.metalog.server.authorship.Equivocator;
import dev.metalog.server.authorship.HistoryCheck;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.authorship.Writing;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.eventgraph.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the records of a document's log amount to. */
public final class DocumentReading implements Reading {
    private final Restored restored;
    private final EventGraph graph;

    private DocumentReading(Restored restored) {
        this.restored = restored;
        this.graph = restored.graph();
    }

    public static DocumentReading of(List<StoredDocument.Item> records) {
        return new DocumentReading(Restored.from(records));
    }

    @Override
    public String text() {
        return graph.text();
    }

    @Override
    public int events() {
        return graph.eventCount();
    }

    @Override
    public String trouble() {
        return restored.found();
    }

    @Override
    public byte[] savedDocument() {
        return DocumentCodec.encode(history(), cachedText(), Packing.EVERYTHING);
    }

    @Override
    public DocumentSnapshot snapshot() {
        if (restored.isIncomplete()) {
            return null;
        }
        List<StoredDocument.Item> notes = new ArrayList<>(restored.shown().notes());
        restored.waiting()
                .forEach(chunk -> notes.add(new StoredDocument.Item(LogKind.WAITING.number(), chunk.bytes())));
        notes.addAll(DocumentSnapshot.proofs(restored.proofs()));
        restored.contradictions()
                .forEach(proof -> notes.add(
                        new StoredDocument.Item(LogKind.CONTRADICTION.number(), TestimonyCodec.encode(proof))));
        notes.addAll(DocumentSnapshot.quarantine(restored.quarantine()));
        return new DocumentSnapshot(history(), cachedText(), notes);
    }

    /** Who wrote what, and whether that can be proved; by the names of the writers. */
    public List<Writing> writers(DocumentId id) {
        return HistoryCheck.of(id, graph, restored.proofs());
    }

    /** Who wrote what of the text, and when, in order; only of whom it is proved is it said. */
    public List<Authored> authors(DocumentId id) {
        Map<ReplicaId, Writing> writings = new HashMap<>();
        writers(id).forEach(writing -> writings.put(writing.writer(), writing));
        List<Authored> authors = new ArrayList<>();
        int from = 0;
        for (Origin origin : graph.origins()) {
            Writing writing = writings.get(origin.firstId().replica());
            boolean proved =
                    writing.provedUnits() - origin.length() >= origin.firstId().seq();
            authors.add(new Authored(from, origin.length(), proved ? writing.peer() : null, origin.stampMinutes()));
            from += origin.length();
        }
        return authors;
    }

    /** Whose devices are proved to have signed two histories of it. */
    public List<Equivocator> equivocators(DocumentId id) {
        Notary notary = new Notary();
        return restored.contradictions().stream()
                .map(proof -> Equivocator.of(id, proof, notary))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Whether what was written under that name counts no more here. */
    public boolean isOut(ReplicaId writer) {
        return restored.quarantine().writers().contains(writer);
    }

    private CachedText cachedText() {
        return new CachedText(graph.tip(), graph.text());
    }

    private EventRuns history() {
        return graph.eventCount() == 0 ? EventRuns.EMPTY : graph.runsSince(0);
    }
}

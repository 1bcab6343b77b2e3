package dev.metalog.server.workspace;

import dev.metalog.protocol.NamedProof;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.codec.DocumentCodec;
import dev.metalog.protocol.codec.DocumentCodec.CachedText;
import dev.metalog.protocol.codec.DocumentCodec.Packing;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.NamedProofsCodec;
import dev.metalog.server.quarantine.Quarantine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a document's log amounts to at one moment, to take the place of its records: the whole history with the
 * text, what editors show and the file holds, and what waits for something before it. Whatever else is kept as a record
 * has to be handed on here too, or it is gone with the second snapshot after it.
 *
 * <p>Made by the conductor, which copies what it needs and goes on; what costs time, packing and comparing, may be done by
 * another thread.
 *
 * @param notes records that are taken over as they are
 */
public record DocumentSnapshot(EventRuns history, CachedText text, List<StoredDocument.Item> notes)
        implements Snapshot {
    public DocumentSnapshot {
        notes = List.copyOf(notes);
    }

    /** Costs about a second for ten million events. */
    @Override
    public List<StoredDocument.Item> records() {
        List<StoredDocument.Item> records = new ArrayList<>();
        byte[] saved = DocumentCodec.encode(history, text, Packing.EVERYTHING);
        for (byte[] piece : SavedPiece.cut(saved)) {
            records.add(new StoredDocument.Item(LogKind.SAVED.number(), piece));
        }
        records.addAll(notes);
        return records;
    }

    @Override
    public String differs(List<StoredDocument.Item> replaced, List<StoredDocument.Item> written) {
        return difference(replaced, written);
    }

    /**
     * What differs between the records that a snapshot is to replace and those it consists of, when both are replayed;
     * {@code null} when nothing does.
     */
    public static String difference(List<StoredDocument.Item> replaced, List<StoredDocument.Item> snapshot) {
        Restored before = Restored.from(replaced);
        Restored after = Restored.from(snapshot);
        if (after.isIncomplete()) {
            return "the snapshot cannot be read back";
        }
        if (!before.graph().vector().equals(after.graph().vector())) {
            return "it has other events";
        }
        if (!before.graph().tip().equals(after.graph().tip())) {
            return "it has another version";
        }
        if (!before.graph().text().equals(after.graph().text())) {
            return "it has another text";
        }
        if (!provenIn(before).equals(provenIn(after))) {
            return "it proves less to others";
        }
        if (!after.contradictions().equals(before.contradictions())) {
            return "it does not prove who signed two histories";
        }
        if (!after.quarantine().writers().equals(before.quarantine().writers())) {
            return "it has other changes that do not count";
        }
        return after.lacking(after.quarantine()).containsAll(before.lacking(after.quarantine()))
                ? null
                : "changes that wait for others are missing";
    }

    /** What proves the events to others, as records. */
    static List<StoredDocument.Item> proofs(Collection<NamedProof> proofs) {
        List<StoredDocument.Item> items = new ArrayList<>();
        for (byte[] row : NamedProofsCodec.encode(proofs)) {
            items.add(new StoredDocument.Item(LogKind.PROOFS.number(), row));
        }
        return items;
    }

    /** What is out, as a record; none if nothing is. */
    static List<StoredDocument.Item> quarantine(Quarantine quarantine) {
        return quarantine.isEmpty()
                ? List.of()
                : List.of(new StoredDocument.Item(LogKind.QUARANTINE.number(), QuarantineRecord.encode(quarantine)));
    }

    private static Map<ReplicaId, Integer> provenIn(Restored restored) {
        Map<ReplicaId, Integer> ends = new HashMap<>();
        restored.proofs().forEach(proof -> ends.put(proof.writer(), proof.end()));
        return ends;
    }
}

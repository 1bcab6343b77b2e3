package dev.metalog.server.trace.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.server.trace.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Writes a trace in the form that the peers' script reads: one for all formats, writers by their rank. */
final class PeerTrace {
    private PeerTrace() {}

    /** Whether nobody ever wrote against anything but the newest text. */
    static boolean isSequential(Trace trace) {
        EventId last = null;
        for (Trace.Transaction transaction : trace.transactions()) {
            List<EventId> parents = transaction.parents().events();
            if (!(last == null ? parents.isEmpty() : parents.equals(List.of(last)))) {
                return false;
            }
            if (!transaction.events().isEmpty()) {
                last = transaction.events().get(transaction.events().size() - 1).lastId();
            }
        }
        return true;
    }

    /** @throws IOException also if a transaction goes on from the middle of another, which the form cannot say */
    static void write(Trace trace, Path file) throws IOException {
        Map<ReplicaId, Integer> ranks = ranks(trace);
        // Transactions without edits are left out: what follows one follows its parents.
        Map<EventId, Integer> ends = new HashMap<>();
        try (JsonGenerator json = new JsonFactory().createGenerator(Files.newBufferedWriter(file))) {
            json.writeStartObject();
            json.writeBooleanField("sequential", isSequential(trace));
            json.writeBooleanField(
                    "astral",
                    trace.endContent().codePoints().anyMatch(Character::isSupplementaryCodePoint)
                            || trace.transactions().stream().anyMatch(PeerTrace::isAstral));
            json.writeStringField("end", trace.endContent());
            json.writeNumberField("writers", ranks.size());
            json.writeArrayFieldStart("transactions");
            for (Trace.Transaction transaction : trace.transactions()) {
                if (!transaction.events().isEmpty()) {
                    write(transaction, ranks, ends, json);
                    ends.put(
                            transaction
                                    .events()
                                    .get(transaction.events().size() - 1)
                                    .lastId(),
                            ends.size());
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void write(
            Trace.Transaction transaction,
            Map<ReplicaId, Integer> ranks,
            Map<EventId, Integer> ends,
            JsonGenerator json)
            throws IOException {
        json.writeStartArray();
        json.writeNumber(ranks.get(transaction.writer()));
        json.writeStartArray();
        for (EventId parent : transaction.parents().events()) {
            Integer index = ends.get(parent);
            if (index == null) {
                throw new IOException("a transaction goes on from the middle of another");
            }
            json.writeNumber(index);
        }
        json.writeEndArray();
        json.writeStartArray();
        for (TextEdit edit : transaction.edits()) {
            json.writeStartArray();
            json.writeNumber(edit.position());
            json.writeNumber(edit.deleted());
            json.writeString(edit.inserted());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndArray();
    }

    private static boolean isAstral(Trace.Transaction transaction) {
        return transaction.edits().stream()
                .anyMatch(edit -> edit.inserted().codePoints().anyMatch(Character::isSupplementaryCodePoint));
    }

    private static Map<ReplicaId, Integer> ranks(Trace trace) {
        TreeSet<ReplicaId> writers = new TreeSet<>();
        trace.transactions().forEach(transaction -> writers.add(transaction.writer()));
        Map<ReplicaId, Integer> ranks = new HashMap<>();
        writers.forEach(writer -> ranks.put(writer, ranks.size()));
        return ranks;
    }
}

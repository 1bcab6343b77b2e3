package dev.metalog.server.trace;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import java.util.List;

/**
 * A recorded history in the terms of this house, positions in UTF-16 code units: what was done in which transaction, and
 * the text that all of it has to end in.
 *
 * @param name of the file, or of the file and the case
 */
public record Trace(String name, List<Transaction> transactions, String endContent) {
    public Trace {
        transactions = List.copyOf(transactions);
    }

    /**
     * What one writer did against one version, as a person's edits and as the events that these are.
     *
     * @param edits sequential, the first against the text at {@code parents}; none in a transaction that only joins
     * @param events the same; events follow one another
     */
    public record Transaction(ReplicaId writer, Version parents, List<TextEdit> edits, List<Event> events) {
        public Transaction {
            edits = List.copyOf(edits);
            events = List.copyOf(events);
        }
    }

    /** All events, parents before children. */
    public List<Event> events() {
        return transactions.stream()
                .flatMap(transaction -> transaction.events().stream())
                .toList();
    }

    /** Inserted and deleted UTF-16 code units. */
    public int units() {
        return transactions.stream()
                .flatMap(transaction -> transaction.events().stream())
                .mapToInt(Event::length)
                .sum();
    }
}

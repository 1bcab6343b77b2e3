package dev.metalog.server.workspace;

import java.util.List;

/** What the records of a log amount to, for whoever wants to look at it without a conductor. */
public interface Reading {
    /** Of a document, or of the blackboard: its records are of a kind of their own. */
    static Reading of(List<StoredDocument.Item> records) {
        return records.stream().anyMatch(item -> item.kind() == LogKind.BLACKBOARD.number())
                ? BlackboardReading.of(records)
                : DocumentReading.of(records);
    }

    /** For people: the text, or the entries as lines of JSON. */
    String text();

    /** Units: one for each code unit that was ever inserted or deleted, or for each write of a blackboard. */
    int events();

    /** What is wrong with the records, or {@code null}. */
    String trouble();

    /** Everything, in the form of docs/format-events.md for a document. */
    byte[] savedDocument();

    /** What may take the place of the records, or {@code null} when something in them could not be used. */
    Snapshot snapshot();
}

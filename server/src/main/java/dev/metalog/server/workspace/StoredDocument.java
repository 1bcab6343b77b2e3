package dev.metalog.server.workspace;

import java.util.List;

/** A live document as the store gives it back at the start: what it is, and the records of its log in order. */
public record StoredDocument(SharedDocument shared, List<Item> records) {
    /** One record; {@code kind} is a number of {@link LogKind}. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two owners: never compared, never a key
    public record Item(int kind, byte[] body) {}
}

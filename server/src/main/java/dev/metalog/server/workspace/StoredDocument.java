package dev.metalog.server.workspace;

import java.util.List;

/**
 * A live document as the store gives it back at the start: what it is, and the records of its log in order.
 *
 * @param found what a person has to know of its log and what to do; {@code null} when that is sound
 */
public record StoredDocument(SharedDocument shared, List<Item> records, State state, String found) {
    /** In what state the log was found. */
    public enum State {
        SOUND,
        /** What could be read is here, and the rest is kept aside. */
        DAMAGED,
        /** It cannot be used in this run, and was left as it is. */
        CLOSED
    }

    /** One record; {@code kind} is a number of {@link LogKind}. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two owners: never compared, never a key
    public record Item(int kind, byte[] body) {}

    public StoredDocument(SharedDocument shared, List<Item> records) {
        this(shared, records, State.SOUND, null);
    }
}

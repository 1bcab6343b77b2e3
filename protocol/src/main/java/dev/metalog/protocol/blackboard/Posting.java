package dev.metalog.protocol.blackboard;

import dev.metalog.protocol.PeerId;

/**
 * What one write put on the blackboard.
 *
 * @param expiresAtMillis since the epoch; 0 when it does not expire
 * @param author who says that they wrote it: whoever holds the blackboard's key can name anybody
 * @param writtenAtMillis by the author's clock, for people to see; it decides nothing
 */
public record Posting(
        EntryName name, Kind kind, EntryValue value, long expiresAtMillis, PeerId author, long writtenAtMillis) {
    /** What an entry is. */
    public enum Kind {
        /** The entry is this value. */
        VALUE,
        /** The entry is a set, and this is one of its members. */
        MEMBER
    }

    public Posting {
        if (expiresAtMillis < 0 || writtenAtMillis < 0) {
            throw new IllegalArgumentException("Times on the blackboard are not before 1970.");
        }
    }

    public boolean isExpired(long nowMillis) {
        return expiresAtMillis != 0 && nowMillis >= expiresAtMillis;
    }
}

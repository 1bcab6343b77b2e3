package dev.metalog.protocol.blackboard;

import dev.metalog.protocol.PeerId;

/**
 * What one write put on the blackboard.
 *
 * @param expiresAtMillis since the epoch; 0 when it does not expire
 * @param author who wrote it, if the proof is good
 * @param writtenAtMillis by the author's clock, for people to see; it decides nothing
 * @param proof that the author wrote it; {@code null} while it is not signed, and of what an older build kept
 */
public record Posting(
        EntryName name,
        Kind kind,
        EntryValue value,
        long expiresAtMillis,
        PeerId author,
        long writtenAtMillis,
        PostingProof proof) {
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

    /** Not signed. */
    public Posting(
            EntryName name, Kind kind, EntryValue value, long expiresAtMillis, PeerId author, long writtenAtMillis) {
        this(name, kind, value, expiresAtMillis, author, writtenAtMillis, null);
    }

    public Posting with(PostingProof ofIt) {
        return new Posting(name, kind, value, expiresAtMillis, author, writtenAtMillis, ofIt);
    }

    public boolean isExpired(long nowMillis) {
        return expiresAtMillis != 0 && nowMillis >= expiresAtMillis;
    }
}

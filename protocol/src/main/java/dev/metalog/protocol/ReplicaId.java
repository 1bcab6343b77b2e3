package dev.metalog.protocol;

/**
 * One writer of events. Fresh for every document in every run of a sidecar, so that a lost, restored or copied log can never give one id
 * to two different events.
 *
 * <p>Shape: 1 to 32 characters out of {@code [A-Za-z0-9._-]}. Replicas are ordered by these characters, and that order
 * breaks ties between concurrent insertions: it is part of the format.
 */
public record ReplicaId(String value) implements Comparable<ReplicaId> {
    /** How long an id is at most. */
    public static final int MOST_CHARS = 32;

    public ReplicaId {
        if (!isName(value)) {
            throw new IllegalArgumentException("A replica id is 1 to 32 letters, digits, '.', '_' or '-'.");
        }
    }

    /** Not by a pattern: every remote key names one or two replicas. */
    private static boolean isName(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return !value.isEmpty() && value.length() <= MOST_CHARS;
    }

    /** A fresh id out of ten random bytes, which the caller draws. */
    public static ReplicaId fromRandom(byte[] tenRandomBytes) {
        if (tenRandomBytes.length != 10) {
            throw new IllegalArgumentException("A replica id is made of ten random bytes.");
        }
        return new ReplicaId(Base32.encode(tenRandomBytes));
    }

    @Override
    public int compareTo(ReplicaId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

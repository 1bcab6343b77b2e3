package dev.metalog.protocol;

import java.util.regex.Pattern;

/**
 * One writer of events. Fresh for every run of a sidecar, so that a lost, restored or copied log can never give one id
 * to two different events.
 *
 * <p>Shape: 1 to 32 characters out of {@code [A-Za-z0-9._-]}. Replicas are ordered by these characters, and that order
 * breaks ties between concurrent insertions: it is part of the format.
 */
public record ReplicaId(String value) implements Comparable<ReplicaId> {
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9._-]{1,32}");

    public ReplicaId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("A replica id is 1 to 32 letters, digits, '.', '_' or '-'.");
        }
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

package dev.metalog.protocol;

import java.util.regex.Pattern;

/**
 * One installation's long-lived identity: {@code peer-} and the 40 lower-case hex digits of the Ethereum-style address
 * of its secp256k1 root key, so that a signature recovers the id and nobody can announce a key under somebody else's.
 */
public record PeerId(String value) implements Comparable<PeerId> {
    private static final Pattern SHAPE = Pattern.compile("peer-[0-9a-f]{40}");

    public PeerId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("A peer id is 'peer-' and 40 lower-case hex digits.");
        }
    }

    /** The first eight digits, for display only: comparisons use all of it. */
    public String shortForm() {
        return value.substring(0, "peer-".length() + 8);
    }

    @Override
    public int compareTo(PeerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

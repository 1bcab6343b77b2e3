package dev.metalog.protocol;

/** The versions of the peers' protocol that a sidecar speaks, from {@code min} to {@code max}. */
public record ProtocolRange(int min, int max) {
    /** What this build speaks. */
    public static final ProtocolRange OURS = new ProtocolRange(1, 1);

    public ProtocolRange {
        if (min < 1 || max < min) {
            throw new IllegalArgumentException("A range of protocol versions goes up from 1 or more.");
        }
    }

    /** Whether some version is in both. */
    public boolean meets(ProtocolRange other) {
        return min <= other.max && other.min <= max;
    }

    /** Whether it ends before the other begins: then this one's sidecar needs the upgrade. */
    public boolean isOlderThan(ProtocolRange other) {
        return max < other.min;
    }

    @Override
    public String toString() {
        return min == max ? Integer.toString(min) : min + " to " + max;
    }
}

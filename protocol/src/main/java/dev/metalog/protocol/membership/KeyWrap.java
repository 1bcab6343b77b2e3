package dev.metalog.protocol.membership;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DeviceId;

/** An epoch's key, sealed for one device. Ordered by device. */
public record KeyWrap(DeviceId device, Chunk sealed) implements Comparable<KeyWrap> {
    /** The length of a sealed key: what the key was agreed on with (32), the key (32), and what proves both (16). */
    public static final int SEALED_BYTES = 80;

    public KeyWrap {
        Shape.demand(sealed.length() == SEALED_BYTES, "A sealed key has " + SEALED_BYTES + " bytes.");
    }

    @Override
    public int compareTo(KeyWrap other) {
        return device.compareTo(other.device);
    }
}

package dev.metalog.protocol;

import java.util.Arrays;
import java.util.HexFormat;

/** A SHA-256, compared by content. 32 bytes. */
public final class Digest {
    public static final int BYTES = 32;

    private final byte[] bytes;

    /** @throws IllegalArgumentException when there are not {@value #BYTES} of them */
    public Digest(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("A digest has " + BYTES + " bytes, not " + bytes.length + ".");
        }
        this.bytes = bytes.clone();
    }

    /** A copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** 64 hex digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}

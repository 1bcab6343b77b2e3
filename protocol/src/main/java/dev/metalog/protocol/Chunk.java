package dev.metalog.protocol;

import java.util.Arrays;

/**
 * Bytes that whoever keeps the text (or the blackboard) understands, and whoever carries them does not: of a document,
 * one bundle with its proofs. Passed on and kept as they came. Compared by content; nobody changes the array.
 */
public final class Chunk {
    /** None: an answer may end without any. */
    public static final Chunk EMPTY = new Chunk(new byte[0]);

    private final byte[] bytes;

    /**
     * @param bytes not copied: whoever made them hands them over
     * @throws IllegalArgumentException for more than {@link Limits#CHUNK_BYTES}
     */
    public Chunk(byte[] bytes) {
        if (bytes.length > Limits.CHUNK_BYTES) {
            throw new IllegalArgumentException(
                    "A chunk of " + bytes.length + " bytes is more than the allowed " + Limits.CHUNK_BYTES + ".");
        }
        this.bytes = bytes;
    }

    /** Not a copy: to be read only. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Chunk that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}

package dev.metalog.server.authorship;

import dev.metalog.protocol.WriterProof;
import java.util.Arrays;

/** A row of hashes that grows at its end. */
final class Hashes {
    private static final int LENGTH = WriterProof.HASH_BYTES;

    private byte[] bytes = new byte[4 * LENGTH];
    private int size;

    void add(byte[] hash) {
        if ((size + 1) * LENGTH > bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        System.arraycopy(hash, 0, bytes, size * LENGTH, LENGTH);
        size++;
    }

    byte[] get(int index) {
        return Arrays.copyOfRange(bytes, index * LENGTH, (index + 1) * LENGTH);
    }

    int size() {
        return size;
    }

    void truncate(int newSize) {
        size = Math.min(size, newSize);
    }
}

package dev.metalog.server.authorship;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The tokens of a leaf that has not all of its tokens yet. A million of them pass through here when somebody pastes a long text, so
 * it is nothing but arrays.
 */
final class OpenLeaf {
    private static final int USUAL_TOKEN_BYTES = 3;

    private byte[] bytes = new byte[WriterTree.LEAF_TOKENS * USUAL_TOKEN_BYTES];
    private int length;
    /** By token: the seq of its first unit, and where its bytes begin. */
    private final int[] seqs = new int[WriterTree.LEAF_TOKENS];

    private final int[] starts = new int[WriterTree.LEAF_TOKENS];
    private int tokens;

    int tokens() {
        return tokens;
    }

    /** In bytes. */
    int length() {
        return length;
    }

    void add(int seq, byte[] token, int tokenBytes) {
        if (length + tokenBytes > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + tokenBytes));
        }
        seqs[tokens] = seq;
        starts[tokens] = length;
        System.arraycopy(token, 0, bytes, length, tokenBytes);
        length += tokenBytes;
        tokens++;
    }

    void clear() {
        length = 0;
        tokens = 0;
    }

    OpenLeaf copy() {
        OpenLeaf copy = new OpenLeaf();
        copy.bytes = Arrays.copyOf(bytes, Math.max(length, copy.bytes.length));
        copy.length = length;
        copy.tokens = tokens;
        System.arraycopy(seqs, 0, copy.seqs, 0, tokens);
        System.arraycopy(starts, 0, copy.starts, 0, tokens);
        return copy;
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** The tokens from this unit on; {@code null} if none comes before them. */
    byte[] from(int seq) {
        int token = 0;
        while (token < tokens && seqs[token] < seq) {
            token++;
        }
        if (token == 0) {
            return null;
        }
        return Arrays.copyOfRange(bytes, token == tokens ? length : starts[token], length);
    }

    void tellHash(MessageDigest hash) {
        hash.update(bytes, 0, length);
    }
}

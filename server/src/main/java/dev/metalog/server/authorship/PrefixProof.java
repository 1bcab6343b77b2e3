package dev.metalog.server.authorship;

import dev.metalog.protocol.WriterProof;
import dev.metalog.server.authorship.WriterTree.Stretches;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Shows how the tree over a row of tokens begins, to whoever has none of them: what root the tree over its first ones has. It is
 * the proof of consistency of RFC 6962, section 2.1.2, except that a row may be cut within a leaf, which is shown whole then.
 *
 * <pre>
 *                 root of all
 *                ╱           ╲
 *              ╱               o
 *            ╱               ╱   ╲
 *        [l0  l1]        [leaf l2]  [l3]      the first 150 tokens: two leaves, of which one hash is told (before), and 22
 *         before          t t t│t t  behind   tokens of the third, which is told whole, so that it can be cut there
 * </pre>
 *
 * @param tokens how many the first ones are
 * @param all how many there are
 * @param before the hashes of the fewest stretches of whole leaves before that one; if all are the first ones, their root
 * @param leaf all tokens of the leaf in which the first ones end, unless they end with one
 * @param behind the hashes of the fewest stretches of leaves behind
 */
@SuppressWarnings("ArrayRecordComponent") // changed by nobody, compared by nobody
record PrefixProof(int tokens, int all, byte[] before, byte[] leaf, byte[] behind) {
    private static final int LENGTH = WriterProof.HASH_BYTES;

    /** Whole leaves before the one in which so many tokens end. */
    static int leavesBefore(int tokens) {
        return tokens / WriterTree.LEAF_TOKENS;
    }

    /** Leaves up to and with the one in which so many tokens end. */
    static int leavesWith(int tokens) {
        return WriterTree.leavesOf(tokens);
    }

    /** Whether there are as many hashes as there have to be, and a leaf if there has to be one. */
    private boolean isOfItsShape() {
        if (tokens == all) {
            return before.length == LENGTH && leaf.length == 0 && behind.length == 0;
        }
        boolean cutsLeaf = tokens % WriterTree.LEAF_TOKENS > 0;
        Stretches stretches = Stretches.behind(leavesWith(tokens), WriterTree.leavesOf(all));
        return before.length == Integer.bitCount(leavesBefore(tokens)) * LENGTH
                && behind.length == stretches.count() * LENGTH
                && cutsLeaf == leaf.length > 0;
    }

    /** The root over all; {@code null} if this is no such proof. */
    byte[] root() {
        if (!isOfItsShape()) {
            return null;
        }
        return tokens == all ? before : new Climb().root(0, WriterTree.leavesOf(all));
    }

    /** The root over the first ones; {@code null} if this is no such proof. */
    byte[] firstRoot() {
        if (!isOfItsShape()) {
            return null;
        }
        byte[] hash = null;
        int cut = tokens % WriterTree.LEAF_TOKENS;
        if (tokens < all && cut > 0) {
            int end = TokenReader.end(leaf, cut);
            if (end < 0) {
                return null;
            }
            hash = leafHash(Arrays.copyOf(leaf, end));
        }
        for (int i = before.length - LENGTH; i >= 0; i -= LENGTH) {
            byte[] left = Arrays.copyOfRange(before, i, i + LENGTH);
            hash = hash == null ? left : node(left, hash);
        }
        return hash;
    }

    private static byte[] leafHash(byte[] tokens) {
        MessageDigest sha = Sha256.fresh();
        sha.update((byte) 0);
        return sha.digest(tokens);
    }

    private static byte[] node(byte[] left, byte[] right) {
        MessageDigest sha = Sha256.fresh();
        sha.update((byte) 1);
        sha.update(left);
        return sha.digest(right);
    }

    /** Goes through the tree from left to right, and takes what is told as it comes to it. */
    private final class Climb {
        private int nextBefore;
        private int nextBehind;

        byte[] root(int from, int to) {
            if (to <= leavesBefore(tokens)) {
                return Arrays.copyOfRange(before, nextBefore, nextBefore += LENGTH);
            }
            if (from >= leavesWith(tokens)) {
                return Arrays.copyOfRange(behind, nextBehind, nextBehind += LENGTH);
            }
            if (to - from == 1) {
                return leafHash(leaf);
            }
            int middle = from + WriterTree.leftOf(to - from);
            byte[] left = root(from, middle);
            return node(left, root(middle, to));
        }
    }
}

package dev.metalog.protocol;

import java.util.Arrays;

/**
 * Proves that a device signed two histories of one document under one name: a root over some tokens, and one over as many or
 * more that do not begin with those. Anybody can check it with the document's id alone, and nobody can make it of what an honest device
 * signs, as that only ever adds to what it signed before. How it is checked stands in docs/format-events.md.
 *
 * <p>Only sizes are checked here.
 *
 * @param certificate the device's, {@link WriterProof#CERTIFICATE_BYTES}
 * @param nonce what the writer's name is made of together with the device's key, {@link WriterProof#NONCE_BYTES}
 * @param shorter the one over fewer tokens, or as many
 * @param longer the other one
 * @param before of the longer one's tree: the hashes of the fewest stretches of whole leaves before the leaf in which the
 *     shorter one ends; or, if both are as long, the one root
 * @param leaf all tokens of that leaf; empty if the shorter one ends with a leaf, or both are as long
 * @param behind the hashes of the stretches of leaves behind
 */
@SuppressWarnings("ArrayRecordComponent") // equal by content
public record Equivocation(
        byte[] certificate,
        byte[] nonce,
        Testimony shorter,
        Signature longer,
        byte[] before,
        byte[] leaf,
        byte[] behind) {
    /** The longest as bytes, and more than any is. */
    public static final int MOST_BYTES = 16 << 10;

    /**
     * A signature over a root that follows from the rest.
     *
     * @param nextSeq as in {@link Testimony}
     * @param tokens as in {@link Testimony}
     */
    @SuppressWarnings("ArrayRecordComponent") // equal by content
    public record Signature(int nextSeq, int tokens, byte[] bytes) {
        public Signature {
            if (nextSeq < 1 || tokens < 1 || bytes.length != WriterProof.SIGNATURE_BYTES) {
                throw new IllegalArgumentException("Nobody can have signed this.");
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Signature that
                    && nextSeq == that.nextSeq
                    && tokens == that.tokens
                    && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    public Equivocation {
        if (certificate.length != WriterProof.CERTIFICATE_BYTES
                || nonce.length != WriterProof.NONCE_BYTES
                || longer.tokens() < shorter.tokens()
                || !areHashes(before)
                || !areHashes(behind)
                || leaf.length > Limits.PROOF_BRIDGE_BYTES) {
            throw new IllegalArgumentException("Nothing proves anything in this way.");
        }
    }

    private static boolean areHashes(byte[] bytes) {
        return bytes.length % WriterProof.HASH_BYTES == 0
                && bytes.length / WriterProof.HASH_BYTES <= Limits.PROOF_PATH_HASHES;
    }

    /** Under which name both were signed, as it says. */
    public ReplicaId writer() {
        return shorter.writer();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Equivocation that
                && Arrays.equals(certificate, that.certificate)
                && Arrays.equals(nonce, that.nonce)
                && shorter.equals(that.shorter)
                && longer.equals(that.longer)
                && Arrays.equals(before, that.before)
                && Arrays.equals(leaf, that.leaf)
                && Arrays.equals(behind, that.behind);
    }

    @Override
    public int hashCode() {
        return 31 * shorter.hashCode() + longer.hashCode();
    }
}

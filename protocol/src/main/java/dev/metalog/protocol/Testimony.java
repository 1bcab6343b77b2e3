package dev.metalog.protocol;

import java.util.Arrays;

/**
 * What somebody has of a writer's signatures, the newest: "of so many tokens in all, this is the root that was signed". By it
 * another one, who has as many of the writer's tokens, tells whether both were shown the same history. Whose key it is under,
 * whoever has something of that writer knows.
 *
 * @param nextSeq the writer had written its units before this one
 * @param tokens how many tokens that were; see docs/format-events.md
 * @param root of the hash tree over them, {@value WriterProof#HASH_BYTES} bytes
 * @param signature of the writer's device, {@value WriterProof#SIGNATURE_BYTES} bytes
 */
@SuppressWarnings("ArrayRecordComponent") // equal by content
public record Testimony(ReplicaId writer, int nextSeq, int tokens, byte[] root, byte[] signature) {
    /** Of how many writers one message can be. */
    public static final int MOST_IN_A_MESSAGE = 256;

    public Testimony {
        if (nextSeq < 1
                || tokens < 1
                || root.length != WriterProof.HASH_BYTES
                || signature.length != WriterProof.SIGNATURE_BYTES) {
            throw new IllegalArgumentException("Nobody can have signed this.");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Testimony that
                && writer.equals(that.writer)
                && nextSeq == that.nextSeq
                && tokens == that.tokens
                && Arrays.equals(root, that.root)
                && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(signature);
    }
}

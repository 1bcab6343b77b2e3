package dev.metalog.protocol.blackboard;

import dev.metalog.protocol.Chunk;

/**
 * What proves who put a posting on a blackboard.
 *
 * @param certificate of the device that signed, {@value #CERTIFICATE_BYTES} bytes
 * @param signature {@value #SIGNATURE_BYTES} bytes, over the blackboard's id, the write's id and the posting
 */
public record PostingProof(Chunk certificate, Chunk signature) {
    public static final int CERTIFICATE_BYTES = 134;
    public static final int SIGNATURE_BYTES = 64;

    public PostingProof {
        if (certificate.length() != CERTIFICATE_BYTES || signature.length() != SIGNATURE_BYTES) {
            throw new IllegalArgumentException(
                    "A certificate has " + CERTIFICATE_BYTES + " bytes and a signature " + SIGNATURE_BYTES + ".");
        }
    }
}

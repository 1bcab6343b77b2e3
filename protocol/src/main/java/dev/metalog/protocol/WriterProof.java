package dev.metalog.protocol;

/**
 * Proves that a writer's units, from its first up to some unit, are what the writer's device signed. What is signed is the
 * root of a hash tree over all that the writer had written by then, which may be more than what is being proved; then this
 * holds what is needed beyond it. How the tree is made stands in docs/format-events.md.
 *
 * <p>Only sizes are checked here: whoever admits events checks the rest.
 *
 * @param certificate the device's, {@link #CERTIFICATE_BYTES}
 * @param nonce what the writer's name is made of together with the device's key, {@link #NONCE_BYTES}
 * @param unitsBeyond how many units were signed beyond the last one that is proved
 * @param tokens how many tokens were signed in all
 * @param bridge the tokens that fill up the leaf in which the last proved unit is
 * @param path the hashes of the stretches of leaves behind that one, {@value #HASH_BYTES} bytes each
 * @param signature {@link #SIGNATURE_BYTES}
 */
@SuppressWarnings("ArrayRecordComponent") // carriers between two owners: never compared, never a key, changed by nobody
public record WriterProof(
        byte[] certificate, byte[] nonce, int unitsBeyond, int tokens, byte[] bridge, byte[] path, byte[] signature) {
    public static final int CERTIFICATE_BYTES = 134;
    public static final int NONCE_BYTES = 10;
    public static final int SIGNATURE_BYTES = 64;
    public static final int HASH_BYTES = 32;

    public WriterProof {
        if (certificate.length != CERTIFICATE_BYTES
                || nonce.length != NONCE_BYTES
                || signature.length != SIGNATURE_BYTES
                || path.length % HASH_BYTES != 0
                || path.length / HASH_BYTES > Limits.PROOF_PATH_HASHES
                || bridge.length > Limits.PROOF_BRIDGE_BYTES
                || unitsBeyond < 0
                || tokens < 1) {
            throw new IllegalArgumentException("No proof of a writer is like this.");
        }
    }
}

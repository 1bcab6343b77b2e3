package dev.metalog.server.identity;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.Speaker;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret of one share. Who holds it can find the share's topic, read what is said there and speak there.
 *
 * <pre>
 * secret (32 random bytes)
 *   └ HKDF-Extract, salt "meta-log/document-key/1"
 *       ├ Expand "topic"    → topic key    → HMAC "meta-log/topic/1", 16 bytes → topic tag
 *       │                                  → HMAC "meta-log/speaker/1" ‖ sender ‖ boot, 16 bytes → speaker tag
 *       └ Expand "envelope" → envelope key → Expand "meta-log/envelope/1" ‖ sender ‖ boot → subkey
 * </pre>
 *
 * <p>HKDF and HMAC over SHA-256 (RFC 5869, RFC 2104). A subkey belongs to one sender and one boot of that sender, which
 * is what makes a plain counter a safe nonce.
 */
public final class DocumentKey {
    /** How long a share's secret is. */
    public static final int SECRET_BYTES = 32;

    static final int BOOT_BYTES = 8;
    static final int SENDER_BYTES = 20;

    private final Derivation topicKey;
    private final Derivation envelopeKey;

    /** @param secret {@value #SECRET_BYTES} bytes out of a secure source, drawn by whoever makes the share */
    public DocumentKey(byte[] secret) {
        if (secret.length != SECRET_BYTES) {
            throw new IllegalArgumentException("A share's secret has " + SECRET_BYTES + " bytes.");
        }
        Derivation root = Derivation.of("meta-log/document-key/1", secret);
        this.topicKey = root.expand("topic");
        this.envelopeKey = root.expand("envelope");
    }

    /** The leaf of the share's topic: 26 base32 characters that tell a broker nothing. */
    public String topicTag() {
        return topicKey.tag("meta-log/topic/1");
    }

    /** The leaf below the share's topic on which one speaker alone listens; as mute as the other. */
    public String speakerTag(Speaker speaker) {
        byte[] address = HexFormat.of().parseHex(speaker.peer().value().substring("peer-".length()));
        byte[] about = ByteBuffer.allocate(SENDER_BYTES + BOOT_BYTES)
                .put(address)
                .putLong(speaker.boot())
                .array();
        return topicKey.tag("meta-log/speaker/1", about);
    }

    /**
     * Seals and opens the envelopes of this share for one run of a peer.
     *
     * @param bootId eight random bytes, drawn afresh for every call of this method: two users of one boot id would use
     *     one nonce twice, which gives both messages away
     */
    public Envelopes envelopes(PeerId self, byte[] bootId) {
        return new Envelopes(this, self, bootId);
    }

    SecretKey subkey(byte[] sender, byte[] boot) {
        return new SecretKeySpec(envelopeKey.bytes("meta-log/envelope/1", sender, boot), "AES");
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "DocumentKey(" + topicTag() + ")";
    }
}

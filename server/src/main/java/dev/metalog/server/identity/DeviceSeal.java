package dev.metalog.server.identity;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/**
 * Seals a key for one device: HPKE (RFC 9180) in base mode, with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM.
 * Who sealed it is not proved; the record that carries it is signed.
 *
 * <p>The library draws the sender's one-time keys itself unless it is handed some. It is handed some here, derived from given
 * bytes as RFC 9180, section 7.1.3, derives keys, so the same bytes seal the same way.
 */
public final class DeviceSeal {
    /** The length of what can be sealed. */
    public static final int SECRET_BYTES = 32;

    /** The length of what it becomes: the one-time public key, the secret, and the tag. */
    public static final int SEALED_BYTES = 80;

    /** How many random bytes {@link #seal} is handed. */
    public static final int RANDOM_BYTES = 32;

    private static final int ENCAPSULATED_BYTES = 32;
    private static final byte[] NOTHING = {};

    private DeviceSeal() {}

    /**
     * @param info what the secret is for; opening needs the same
     * @param random {@value #RANDOM_BYTES} fresh bytes, used for nothing else
     */
    public static byte[] seal(DeviceCertificate to, byte[] info, byte[] secret, byte[] random) {
        if (secret.length != SECRET_BYTES || random.length != RANDOM_BYTES) {
            throw new IllegalArgumentException("A secret and the random bytes to seal it have 32 bytes each.");
        }
        HPKE hpke = hpke();
        var context = hpke.setupBaseS(new X25519PublicKeyParameters(to.sealingKey()), info, hpke.deriveKeyPair(random));
        try {
            return ByteBuffer.allocate(SEALED_BYTES)
                    .put(context.getEncapsulation())
                    .put(context.seal(NOTHING, secret))
                    .array();
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException("Sealing 32 bytes does not fail.", e);
        }
    }

    /** The secret; empty when it was sealed for another device, for something else, or was changed. */
    public static Optional<byte[]> open(DeviceKey by, byte[] info, byte[] sealed) {
        if (sealed.length != SEALED_BYTES) {
            return Optional.empty();
        }
        HPKE hpke = hpke();
        AsymmetricCipherKeyPair own =
                hpke.deserializePrivateKey(by.sealingSecret(), by.certificate().sealingKey());
        try {
            var context = hpke.setupBaseR(Arrays.copyOf(sealed, ENCAPSULATED_BYTES), own, info);
            return Optional.of(context.open(NOTHING, Arrays.copyOfRange(sealed, ENCAPSULATED_BYTES, SEALED_BYTES)));
        } catch (InvalidCipherTextException changed) {
            return Optional.empty();
        } catch (IllegalStateException noSecret) {
            // A one-time key of a small order agrees on zero; the library says so this way.
            return Optional.empty();
        }
    }

    private static HPKE hpke() {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    }
}

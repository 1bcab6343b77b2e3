package dev.metalog.server.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The private keys of one device of a peer, with the certificate by which the peer's root vouches for them. It signs daily
 * work, some twenty times faster than the root, and opens what was sealed for this device alone.
 *
 * <p>It never leaves its machine: words and keystores do not hold it, so an identity that is restored elsewhere works with a
 * device of its own. It is kept in a file that the root key opens, so a passphrase that changes does not touch it:
 *
 * <pre>
 * version (1) │ nonce (12) │ AES-256-GCM of: Ed25519 secret (32) │ X25519 secret (32) │ certificate (134)
 * key: HKDF of the root's private key, salt "meta-log/device-file/1", info "file"; associated data: version and the peer's address
 * </pre>
 */
public final class DeviceKey {
    /** How many random bytes {@link #create} is handed. */
    public static final int RANDOM_BYTES = 64;

    /** How many random bytes {@link #seal} is handed. */
    public static final int NONCE_BYTES = 12;

    /** The largest file that {@link #seal} writes and {@link #open} reads. */
    public static final int MAX_FILE_BYTES = 1_024;

    private static final int VERSION = 1;
    private static final int SECRET_BYTES = 32;
    private static final int OPEN_BYTES = 2 * SECRET_BYTES + DeviceCertificate.BYTES;
    private static final int FILE_BYTES = 1 + NONCE_BYTES + OPEN_BYTES + 16;

    private final byte[] signingSecret;
    private final byte[] sealingSecret;
    private final DeviceCertificate certificate;

    private DeviceKey(byte[] signingSecret, byte[] sealingSecret, DeviceCertificate certificate) {
        this.signingSecret = signingSecret;
        this.sealingSecret = sealingSecret;
        this.certificate = certificate;
    }

    /**
     * Makes the keys of a device.
     *
     * @param random {@value #RANDOM_BYTES} fresh bytes out of a secure source, used for nothing else
     * @param issuedMinutes minutes since 2026 began, as {@link dev.metalog.protocol.Stamp} counts
     */
    public static DeviceKey create(PeerIdentity root, byte[] random, long issuedMinutes) {
        if (random.length != RANDOM_BYTES) {
            throw new IllegalArgumentException("A device's keys take " + RANDOM_BYTES + " random bytes.");
        }
        byte[] signing = Arrays.copyOfRange(random, 0, SECRET_BYTES);
        byte[] sealing = Arrays.copyOfRange(random, SECRET_BYTES, RANDOM_BYTES);
        return new DeviceKey(
                signing,
                sealing,
                DeviceCertificate.issue(root, signingPublic(signing), sealingPublic(sealing), issuedMinutes));
    }

    public DeviceCertificate certificate() {
        return certificate;
    }

    /** Signs with Ed25519 (RFC 8032), which needs no randomness; {@link DeviceCertificate#SIGNATURE_BYTES} bytes. */
    public byte[] sign(SigningDomain domain, byte[] content) {
        byte[] preimage = domain.preimage(content);
        byte[] signature = new byte[DeviceCertificate.SIGNATURE_BYTES];
        Ed25519.sign(signingSecret, 0, certificate.signingKey(), 0, preimage, 0, preimage.length, signature, 0);
        return signature;
    }

    /** For whoever opens what was sealed for this device; not a copy. */
    byte[] sealingSecret() {
        return sealingSecret;
    }

    /**
     * The device's file.
     *
     * @param root of the peer whose device it is
     * @param nonce {@value #NONCE_BYTES} fresh random bytes
     */
    public byte[] seal(PeerIdentity root, byte[] nonce) {
        if (nonce.length != NONCE_BYTES || !root.peerId().equals(certificate.peer())) {
            throw new IllegalArgumentException("A device's file takes its own root and " + NONCE_BYTES + " bytes.");
        }
        ByteBuffer open = ByteBuffer.allocate(OPEN_BYTES);
        open.put(signingSecret).put(sealingSecret).put(certificate.encode());
        byte[] sealed = cipher(Cipher.ENCRYPT_MODE, root, nonce, open.array());
        return ByteBuffer.allocate(FILE_BYTES)
                .put((byte) VERSION)
                .put(nonce)
                .put(sealed)
                .array();
    }

    /**
     * Reads what {@link #seal} wrote.
     *
     * @throws IdentityRefused when it was changed, or is of another root
     */
    public static DeviceKey open(PeerIdentity root, byte[] file) throws IdentityRefused {
        demand(file.length >= 1 && file[0] == VERSION, "is of a version that is not known here");
        demand(file.length == FILE_BYTES, "is cut off");
        byte[] nonce = Arrays.copyOfRange(file, 1, 1 + NONCE_BYTES);
        byte[] open = cipher(Cipher.DECRYPT_MODE, root, nonce, Arrays.copyOfRange(file, 1 + NONCE_BYTES, FILE_BYTES));
        demand(open != null, "was changed, or is another identity's");
        byte[] signing = Arrays.copyOfRange(open, 0, SECRET_BYTES);
        byte[] sealing = Arrays.copyOfRange(open, SECRET_BYTES, 2 * SECRET_BYTES);
        DeviceCertificate certificate =
                DeviceCertificate.decode(Arrays.copyOfRange(open, 2 * SECRET_BYTES, OPEN_BYTES));
        boolean fits = certificate.peer().equals(root.peerId())
                && Arrays.equals(certificate.signingKey(), signingPublic(signing))
                && Arrays.equals(certificate.sealingKey(), sealingPublic(sealing));
        demand(fits, "holds a certificate for other keys");
        return new DeviceKey(signing, sealing, certificate);
    }

    private static byte[] signingPublic(byte[] secret) {
        byte[] key = new byte[SECRET_BYTES];
        Ed25519.generatePublicKey(secret, 0, key, 0);
        return key;
    }

    private static byte[] sealingPublic(byte[] secret) {
        byte[] key = new byte[SECRET_BYTES];
        X25519.scalarMultBase(secret, 0, key, 0);
        return key;
    }

    /** Seals or opens; null when what is opened was changed. */
    private static byte[] cipher(int mode, PeerIdentity root, byte[] nonce, byte[] bytes) {
        byte[] key = Derivation.of("meta-log/device-file/1", root.privateKey()).bytes("file");
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
            cipher.updateAAD(ascii(VERSION + " " + root.addressDigits()));
            return cipher.doFinal(bytes);
        } catch (AEADBadTagException changed) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has AES in Galois/counter mode.", e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void demand(boolean holds, String complaint) throws IdentityRefused {
        if (!holds) {
            throw new IdentityRefused(
                    IdentityRefused.Reason.DEVICE_FILE_UNUSABLE,
                    "The file with this device's key " + complaint
                            + ". Restore it from a backup, or move it away: the next start makes another device, which"
                            + " has to be let into workspaces again.");
        }
    }

    /** Only what is public. */
    @Override
    public String toString() {
        return "DeviceKey(" + certificate.device() + ")";
    }
}

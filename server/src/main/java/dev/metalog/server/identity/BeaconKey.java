package dev.metalog.server.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a device seals its beacon with: what it says about itself to everybody on its local network, and only those can recognise whom
 * it gave this key, in {@link Whereabouts}. To others it is noise of always the same length, and another noise whenever it is sealed
 * anew.
 *
 * <pre>form (1) │ nonce (12) │ AES-256-GCM of: length (2) │ statement │ zeros, {@value #PLAIN_BYTES} in all │ tag (16)</pre>
 *
 * <p>Whoever has the key can make a beacon; whether it is true is for the signature of the statement to say.
 */
public final class BeaconKey {
    public static final int BYTES = 32;
    public static final int NONCE_BYTES = 12;
    /** All beacons have so many. */
    public static final int BEACON_BYTES = 1 + NONCE_BYTES + BeaconKey.PLAIN_BYTES + BeaconKey.TAG_BYTES;

    private static final int FORM = 1;
    private static final int TAG_BYTES = 16;
    private static final int PLAIN_BYTES = Short.BYTES + Whereabouts.MOST_BYTES;
    private static final byte[] DOMAIN = "meta-log/beacon/1".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes;
    private final SecretKey key;

    /** @param bytes {@value #BYTES} that nobody can guess */
    public BeaconKey(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("A key of beacons has " + BYTES + " bytes.");
        }
        this.bytes = bytes.clone();
        key = new SecretKeySpec(bytes, "AES");
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** @param nonce {@value #NONCE_BYTES} bytes of chance */
    public byte[] seal(byte[] nonce, byte[] statement) {
        byte[] plain = ByteBuffer.allocate(PLAIN_BYTES)
                .putShort((short) statement.length)
                .put(statement)
                .array();
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(plain);
            return ByteBuffer.allocate(BEACON_BYTES)
                    .put((byte) FORM)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has AES in Galois/counter mode.", e);
        }
    }

    /** Whether it may be a beacon, for somebody. */
    public static boolean isBeacon(byte[] bytes) {
        return bytes.length == BEACON_BYTES && bytes[0] == FORM;
    }

    /** The statement in it; {@code null} if it was not sealed with this key. */
    public byte[] open(byte[] beacon) {
        if (!isBeacon(beacon)) {
            return null;
        }
        try {
            byte[] nonce = Arrays.copyOfRange(beacon, 1, 1 + NONCE_BYTES);
            byte[] plain =
                    cipher(Cipher.DECRYPT_MODE, nonce).doFinal(beacon, 1 + NONCE_BYTES, BEACON_BYTES - 1 - NONCE_BYTES);
            int length = ByteBuffer.wrap(plain).getShort();
            return length < 0 || length > Whereabouts.MOST_BYTES
                    ? null
                    : Arrays.copyOfRange(plain, Short.BYTES, Short.BYTES + length);
        } catch (AEADBadTagException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has AES in Galois/counter mode.", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(DOMAIN);
        return cipher;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BeaconKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "BeaconKey";
    }
}

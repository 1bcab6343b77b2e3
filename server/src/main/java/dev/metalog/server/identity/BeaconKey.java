package dev.metalog.server.identity;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * What a device seals its beacon with: what it says about itself to everybody on its local network, and only those can recognise whom
 * it gave this key, in {@link Whereabouts}. To others it is noise of always the same length, and another noise whenever it is sealed
 * anew.
 *
 * <pre>
 * form (1) │ nonce (12) │ mark (8) │ AES-256-GCM of: when, ms (8) │ length (2) │ statement │ zeros, {@value #PLAIN_BYTES} in all │ tag (16)
 * </pre>
 *
 * <p>The mark is an HMAC of the nonce, by which whoever knows many keys finds the right one at a microsecond each. Whoever has the key
 * can make a beacon; whether it is true is for the signature of the statement to say. When it was sealed keeps strangers from
 * showing one that they saw long ago somewhere else, to see who knows whose it was. Of one thread.
 */
public final class BeaconKey {
    public static final int BYTES = 32;
    public static final int NONCE_BYTES = 12;

    private static final int FORM = 1;
    private static final int MARK_BYTES = 8;
    private static final int TAG_BYTES = 16;
    private static final int HEADER_BYTES = 1 + NONCE_BYTES + MARK_BYTES;
    private static final int PLAIN_BYTES = Long.BYTES + Short.BYTES + Whereabouts.MOST_BYTES;

    /** All beacons have so many. */
    public static final int BEACON_BYTES = HEADER_BYTES + PLAIN_BYTES + TAG_BYTES;

    private final byte[] bytes;
    /** Made when they are needed first. */
    private HMac marker;

    private SecretKey sealing;

    /** @param bytes {@value #BYTES} that nobody can guess */
    public BeaconKey(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("A key of beacons has " + BYTES + " bytes.");
        }
        this.bytes = bytes.clone();
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** What was sealed, and when by the clock of whoever did. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier: never compared, never a key
    public record Sealed(long atMillis, byte[] statement) {}

    /** @param nonce {@value #NONCE_BYTES} bytes of chance */
    public byte[] seal(byte[] nonce, long nowMillis, byte[] statement) {
        byte[] plain = ByteBuffer.allocate(PLAIN_BYTES)
                .putLong(nowMillis)
                .putShort((short) statement.length)
                .put(statement)
                .array();
        byte[] header = ByteBuffer.allocate(HEADER_BYTES)
                .put((byte) FORM)
                .put(nonce)
                .put(mark(nonce))
                .array();
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, header).doFinal(plain);
            return ByteBuffer.allocate(BEACON_BYTES).put(header).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has AES in Galois/counter mode.", e);
        }
    }

    /** Whether it may be a beacon, for somebody. */
    public static boolean isBeacon(byte[] bytes) {
        return bytes.length == BEACON_BYTES && bytes[0] == FORM;
    }

    /** What is in it; {@code null} if it was not sealed with this key. */
    public Sealed open(byte[] beacon) {
        if (!isBeacon(beacon) || !isMarked(beacon)) {
            return null;
        }
        try {
            byte[] header = Arrays.copyOf(beacon, HEADER_BYTES);
            byte[] plain =
                    cipher(Cipher.DECRYPT_MODE, header).doFinal(beacon, HEADER_BYTES, BEACON_BYTES - HEADER_BYTES);
            ByteBuffer form = ByteBuffer.wrap(plain);
            long atMillis = form.getLong();
            int length = form.getShort();
            if (length < 0 || length > Whereabouts.MOST_BYTES) {
                return null;
            }
            byte[] statement = new byte[length];
            form.get(statement);
            return new Sealed(atMillis, statement);
        } catch (AEADBadTagException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has AES in Galois/counter mode.", e);
        }
    }

    private boolean isMarked(byte[] beacon) {
        byte[] mark = mark(Arrays.copyOfRange(beacon, 1, 1 + NONCE_BYTES));
        return Arrays.equals(mark, 0, MARK_BYTES, beacon, 1 + NONCE_BYTES, HEADER_BYTES);
    }

    private byte[] mark(byte[] nonce) {
        if (marker == null) {
            marker = new HMac(new SHA256Digest());
            marker.init(new KeyParameter(derived("meta-log/beacon-mark/1")));
        }
        marker.update(nonce, 0, nonce.length);
        byte[] mac = new byte[marker.getMacSize()];
        marker.doFinal(mac, 0);
        return Arrays.copyOf(mac, MARK_BYTES);
    }

    /** @param header is bound to what is sealed */
    private Cipher cipher(int mode, byte[] header) throws GeneralSecurityException {
        if (sealing == null) {
            sealing = new SecretKeySpec(derived("meta-log/beacon-seal/1"), "AES");
        }
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, sealing, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, header, 1, NONCE_BYTES));
        cipher.updateAAD(header);
        return cipher;
    }

    private byte[] derived(String label) {
        return Derivation.of("meta-log/beacon-key/1", bytes).bytes(label);
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

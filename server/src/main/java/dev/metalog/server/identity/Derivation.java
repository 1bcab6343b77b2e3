package dev.metalog.server.identity;

import dev.metalog.protocol.Base32;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * One key of a tree of keys, from which others and names are derived, each under a label of its own: HKDF (RFC 5869) and
 * HMAC (RFC 2104) over SHA-256. What is derived tells nothing of the key, nor of anything else that is derived from it.
 */
public final class Derivation {
    private static final int TAG_BYTES = 16;

    private final byte[] key;

    private Derivation(byte[] key) {
        this.key = key;
    }

    /** The root of a tree: HKDF-Extract with this salt. */
    public static Derivation of(String salt, byte[] secret) {
        return new Derivation(new HKDFBytesGenerator(new SHA256Digest()).extractPRK(ascii(salt), secret));
    }

    /** Another key, from which more is derived. */
    public Derivation expand(String label) {
        return new Derivation(bytes(label));
    }

    /**
     * Another key of 32 bytes: HKDF-Expand with the label and what follows it as info.
     *
     * @param about of lengths that the label says, so that no two texts run into one
     */
    public byte[] bytes(String label, byte[]... about) {
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(HKDFParameters.skipExtractParameters(key, joined(label, about)));
        byte[] out = new byte[32];
        generator.generateBytes(out, 0, out.length);
        return out;
    }

    /** A name that only who has this key can make or recognise: 26 base32 characters of an HMAC. */
    public String tag(String label, byte[]... about) {
        return Base32.encode(Arrays.copyOf(mac(label, about), TAG_BYTES));
    }

    /** 32 bytes that only who has this key can make: an HMAC. */
    public byte[] mac(String label, byte[]... about) {
        byte[] input = joined(label, about);
        HMac hmac = new HMac(new SHA256Digest());
        hmac.init(new KeyParameter(key));
        hmac.update(input, 0, input.length);
        byte[] mac = new byte[hmac.getMacSize()];
        hmac.doFinal(mac, 0);
        return mac;
    }

    private static byte[] joined(String label, byte[]... about) {
        byte[] joined = ascii(label);
        for (byte[] part : about) {
            int at = joined.length;
            joined = Arrays.copyOf(joined, at + part.length);
            System.arraycopy(part, 0, joined, at, part.length);
        }
        return joined;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "Derivation";
    }
}

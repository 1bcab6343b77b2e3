package dev.metalog.server.identity;

import java.util.Arrays;

/**
 * "This TLS key is mine", by a device: what the two ends of a direct link show each other, since TLS knows no devices. The key
 * is made at each start and never written down. {@value #BYTES} bytes:
 *
 * <pre>device certificate (134) │ Ed25519 signature of the device over that and the key's SubjectPublicKeyInfo (64)</pre>
 *
 * <p>The certificate is signed again because it names the peer: anybody may certify another's device as their own.
 *
 * <p>A voucher is public and of no use to whoever does not hold the TLS key, which the handshake proves.
 */
public final class TransportVoucher {
    /** The length of its one form. */
    public static final int BYTES = DeviceCertificate.BYTES + DeviceCertificate.SIGNATURE_BYTES;

    /** The longest SubjectPublicKeyInfo that is signed or looked at. */
    public static final int SPKI_BYTES = 1_024;

    private TransportVoucher() {}

    /** @param spki the SubjectPublicKeyInfo of the TLS key (DER) */
    public static byte[] issue(DeviceKey device, byte[] spki) {
        if (spki.length == 0 || spki.length > SPKI_BYTES) {
            throw new IllegalArgumentException("A TLS key has from 1 to " + SPKI_BYTES + " bytes.");
        }
        byte[] voucher = Arrays.copyOf(device.certificate().encode(), BYTES);
        byte[] signature = device.sign(SigningDomain.TRANSPORT, signed(voucher, spki));
        System.arraycopy(signature, 0, voucher, DeviceCertificate.BYTES, signature.length);
        return voucher;
    }

    /**
     * The device whose key it is. Whether that device may come in is for the caller to say. About a millisecond.
     *
     * @param spki of the key that the other end proved to hold
     * @throws IdentityRefused for another length, a certificate that is none, and a signature over another key
     */
    public static DeviceCertificate check(byte[] voucher, byte[] spki) throws IdentityRefused {
        demand(voucher.length == BYTES, "has another length than " + BYTES + " bytes");
        demand(spki.length >= 1 && spki.length <= SPKI_BYTES, "comes with a key of a length that none has");
        DeviceCertificate certificate = DeviceCertificate.decode(Arrays.copyOf(voucher, DeviceCertificate.BYTES));
        byte[] signature = Arrays.copyOfRange(voucher, DeviceCertificate.BYTES, BYTES);
        demand(certificate.verify(SigningDomain.TRANSPORT, signed(voucher, spki), signature), "is for another key");
        return certificate;
    }

    private static byte[] signed(byte[] voucher, byte[] spki) {
        byte[] content = Arrays.copyOf(voucher, DeviceCertificate.BYTES + spki.length);
        System.arraycopy(spki, 0, content, DeviceCertificate.BYTES, spki.length);
        return content;
    }

    private static void demand(boolean holds, String complaint) throws IdentityRefused {
        if (!holds) {
            throw new IdentityRefused(
                    IdentityRefused.Reason.VOUCHER_MALFORMED, "The proof of a direct link's key " + complaint + ".");
        }
    }
}

package dev.metalog.server.identity;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * "This device works for me", by a peer's root key: the public keys that the device signs with (Ed25519) and that it is written
 * to with (X25519). {@value #BYTES} bytes, of which the root signs all before its signature:
 *
 * <pre>version (1) │ Ed25519 key (32) │ X25519 key (32) │ issued, minutes since 2026 began (4) │ root signature: r, s, v (65)</pre>
 *
 * <p>The signature recovers the root and so the peer: a certificate with any byte changed is somebody else's, or nobody's.
 * Whoever gets one compares {@link #peer()} with whom it should be of. It does not prove that its peer holds the device's
 * private keys, since anybody may certify keys of others; a signature of the device over something that names the peer
 * does.
 *
 * <p>Decoding costs about a millisecond; keep what it gives. Equal by content.
 */
public final class DeviceCertificate {
    /** The length of its one form. */
    public static final int BYTES = 134;

    /** The length of a device's signature. */
    public static final int SIGNATURE_BYTES = Ed25519.SIGNATURE_SIZE;

    static final int KEY_BYTES = 32;

    private static final int VERSION = 1;
    private static final int SIGNED_BYTES = 1 + 2 * KEY_BYTES + 4;
    private static final int PEER_BYTES = 20;

    private final byte[] bytes;
    private final PeerId peer;
    private final DeviceId device;
    private final Ed25519.PublicPoint point;

    private DeviceCertificate(byte[] bytes, PeerId peer, Ed25519.PublicPoint point) {
        this.bytes = bytes;
        this.peer = peer;
        this.point = point;
        this.device = deviceId(peer, bytes);
    }

    /** @param signer its root, whose signature goes under it */
    static DeviceCertificate issue(PeerIdentity signer, byte[] signingKey, byte[] sealingKey, long issuedMinutes) {
        if (issuedMinutes < 0 || issuedMinutes > 0xffff_ffffL) {
            throw new IllegalArgumentException("The minute of a certificate has 32 bits.");
        }
        ByteBuffer form = ByteBuffer.allocate(BYTES);
        form.put((byte) VERSION).put(signingKey).put(sealingKey).putInt((int) issuedMinutes);
        form.put(signer.signBytes(SigningDomain.DEVICE_CERTIFICATE, Arrays.copyOf(form.array(), SIGNED_BYTES)));
        Ed25519.PublicPoint point = Ed25519.validatePublicKeyFullExport(signingKey, 0);
        return new DeviceCertificate(form.array(), signer.peerId(), point);
    }

    /**
     * Reads a certificate and recovers whose it is.
     *
     * @throws IdentityRefused for another length or version, a signature that no key can have made, and public keys
     *     that are not written in their one form or lie outside the group that honest ones are of
     */
    public static DeviceCertificate decode(byte[] bytes) throws IdentityRefused {
        demand(bytes.length == BYTES, "has another length than " + BYTES + " bytes");
        byte[] own = bytes.clone();
        demand(own[0] == VERSION, "has a version that is not known here; the older of the two needs an upgrade");
        Ed25519.PublicPoint point = Ed25519.validatePublicKeyFullExport(own, 1);
        demand(point != null, "names a signing key that is no point of its curve's main group");
        demand(isSealingKey(own, 1 + KEY_BYTES), "names a sealing key that gives no secret");
        PeerId peer = Signatures.recover(
                        SigningDomain.DEVICE_CERTIFICATE,
                        Arrays.copyOf(own, SIGNED_BYTES),
                        Arrays.copyOfRange(own, SIGNED_BYTES, BYTES))
                .orElse(null);
        demand(peer != null, "is signed by nobody");
        return new DeviceCertificate(own, peer, point);
    }

    /** Whether it is written in its one form (below 2^255 - 19) and does not turn every secret into zero. */
    private static boolean isSealingKey(byte[] bytes, int at) {
        boolean full = (bytes[at + KEY_BYTES - 1] & 0xff) == 0x7f;
        for (int i = at + 1; full && i < at + KEY_BYTES - 1; i++) {
            full = (bytes[i] & 0xff) == 0xff;
        }
        boolean tooLarge = bytes[at + KEY_BYTES - 1] < 0 || (full && (bytes[at] & 0xff) >= 0xed);
        // Any secret shows it: each is a multiple of the cofactor, so points of a small order all give zero.
        byte[] anySecret = new byte[KEY_BYTES];
        return !tooLarge && X25519.calculateAgreement(anySecret, 0, bytes, at, new byte[KEY_BYTES], 0);
    }

    private static DeviceId deviceId(PeerId peer, byte[] bytes) {
        SHA256Digest hash = new SHA256Digest();
        byte[] label = "meta-log/device/1".getBytes(StandardCharsets.US_ASCII);
        hash.update(label, 0, label.length);
        byte[] address = HexFormat.of().parseHex(peer.value().substring("peer-".length()));
        hash.update(address, 0, PEER_BYTES);
        hash.update(bytes, 1, 2 * KEY_BYTES);
        byte[] digest = new byte[hash.getDigestSize()];
        hash.doFinal(digest, 0);
        return new DeviceId(Base32.encode(Arrays.copyOf(digest, 16)));
    }

    /** Whose device it is: who signed this. */
    public PeerId peer() {
        return peer;
    }

    /** The device: its peer and its keys, whenever it was certified. */
    public DeviceId device() {
        return device;
    }

    /** When, by the peer's clock, in minutes since 2026 began; a claim. */
    public long issuedMinutes() {
        return ByteBuffer.wrap(bytes).getInt(1 + 2 * KEY_BYTES) & 0xffff_ffffL;
    }

    /** Whether the device signed these bytes under this domain. About a tenth of a millisecond. */
    public boolean verify(SigningDomain domain, byte[] content, byte[] signature) {
        if (signature.length != SIGNATURE_BYTES) {
            return false;
        }
        byte[] preimage = domain.preimage(content);
        return Ed25519.verify(signature, 0, point, preimage, 0, preimage.length);
    }

    /** A copy of the Ed25519 key. */
    public byte[] signingKey() {
        return Arrays.copyOfRange(bytes, 1, 1 + KEY_BYTES);
    }

    /** A copy of the X25519 key. */
    public byte[] sealingKey() {
        return Arrays.copyOfRange(bytes, 1 + KEY_BYTES, 1 + 2 * KEY_BYTES);
    }

    /** A copy of its bytes. */
    public byte[] encode() {
        return bytes.clone();
    }

    private static void demand(boolean holds, String complaint) throws IdentityRefused {
        if (!holds) {
            throw new IdentityRefused(
                    IdentityRefused.Reason.CERTIFICATE_MALFORMED, "The device certificate " + complaint + ".");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeviceCertificate that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return device.hashCode();
    }

    @Override
    public String toString() {
        return "DeviceCertificate(" + peer + ", " + device + ")";
    }
}

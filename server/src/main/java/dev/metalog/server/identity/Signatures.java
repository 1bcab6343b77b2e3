package dev.metalog.server.identity;

import dev.metalog.protocol.PeerId;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.web3j.crypto.ECDSASignature;
import org.web3j.crypto.ECKeyPair;
import org.web3j.crypto.Hash;
import org.web3j.crypto.Sign;

/**
 * Recoverable secp256k1 signatures as text: {@code 0x}, then r (32 bytes), s (32 bytes) and v (27 or 28) in lower-case
 * hex. The hash that is signed is the one of EIP-191, version 0x45 ("Ethereum Signed Message"), over the
 * {@linkplain SigningDomain domain-separated} bytes, so any Ethereum library can check it; the nonce follows RFC 6979,
 * so signing needs no randomness.
 *
 * <p>There is exactly one accepted text for a signature: upper-case digits, a v of 0 or 1, and the mirrored s are
 * refused (low s, as EIP-2 asks), so nobody can turn a signature he has seen into a different valid one.
 */
public final class Signatures {
    /** The length of a signature that is no text: r (32), s (32), v (1), with the same bytes. */
    public static final int BYTES = 65;

    private static final Pattern SHAPE = Pattern.compile("0x[0-9a-f]{130}");
    private static final HexFormat HEX = HexFormat.of();
    private static final BigInteger ORDER = Sign.CURVE_PARAMS.getN();
    private static final BigInteger HALF_ORDER = ORDER.shiftRight(1);

    private Signatures() {}

    static String sign(ECKeyPair key, SigningDomain domain, byte[] content) {
        Sign.SignatureData data = Sign.signMessage(hash(domain, content), key, false);
        return "0x" + HEX.formatHex(data.getR()) + HEX.formatHex(data.getS()) + HEX.formatHex(data.getV());
    }

    /**
     * Who signed these bytes under this domain.
     *
     * @return the signer's id, or empty when the text is not a well-formed signature or no key can have made it. Any
     *     well-formed signature recovers <em>some</em> id: the caller compares it with the one that was claimed
     */
    public static Optional<PeerId> recover(SigningDomain domain, byte[] content, String signature) {
        return recoverKey(domain, content, signature).map(key -> new PeerId("peer-" + addressDigits(key)));
    }

    /** The same of a signature of {@value #BYTES} bytes; any other length recovers nobody. */
    public static Optional<PeerId> recover(SigningDomain domain, byte[] content, byte[] signature) {
        return recover(domain, content, "0x" + HEX.formatHex(signature));
    }

    static byte[] bytes(String signature) {
        return HEX.parseHex(signature, 2, signature.length());
    }

    /** The signer's public key, 64 bytes (x, y). */
    static Optional<byte[]> recoverKey(SigningDomain domain, byte[] content, String signature) {
        if (signature.length() != 132 || !SHAPE.matcher(signature).matches()) {
            return Optional.empty();
        }
        byte[] bytes = HEX.parseHex(signature, 2, signature.length());
        BigInteger r = new BigInteger(1, Arrays.copyOfRange(bytes, 0, 32));
        BigInteger s = new BigInteger(1, Arrays.copyOfRange(bytes, 32, 64));
        int parity = bytes[64] - 27;
        boolean inRange = r.signum() > 0 && r.compareTo(ORDER) < 0 && s.signum() > 0 && s.compareTo(HALF_ORDER) <= 0;
        if (!inRange || (parity != 0 && parity != 1)) {
            return Optional.empty();
        }
        return recoverPoint(parity, new ECDSASignature(r, s), hash(domain, content));
    }

    private static Optional<byte[]> recoverPoint(int parity, ECDSASignature signature, byte[] hash) {
        BigInteger key;
        try {
            key = Sign.recoverFromSignature(parity, signature, hash);
        } catch (IllegalArgumentException noSuchPoint) {
            // Half of all r are no x of any point on the curve; the library says so this way.
            return Optional.empty();
        }
        // Zero is how the library writes the point at infinity. Anybody can craft a signature that recovers it.
        return key == null || key.signum() == 0 ? Optional.empty() : Optional.of(keyBytes(key));
    }

    /** The library's public key as 64 bytes (x, y). */
    static byte[] keyBytes(BigInteger publicKey) {
        byte[] digits = publicKey.toByteArray();
        byte[] key = new byte[64];
        int taken = Math.min(digits.length, key.length);
        System.arraycopy(digits, digits.length - taken, key, key.length - taken, taken);
        return key;
    }

    /** The 40 hex digits of the Ethereum-style address of a public key of 64 bytes: the end of its Keccak-256. */
    static String addressDigits(byte[] key) {
        return HEX.formatHex(Hash.sha3(key), 12, 32);
    }

    private static byte[] hash(SigningDomain domain, byte[] content) {
        return Sign.getEthereumMessageHash(domain.preimage(content));
    }
}

package dev.metalog.server.identity;

import dev.metalog.protocol.PeerId;
import java.math.BigInteger;
import java.util.HexFormat;
import org.web3j.crypto.Bip32ECKeyPair;
import org.web3j.crypto.ECKeyPair;
import org.web3j.crypto.Sign;

/**
 * A peer's root key (secp256k1) and what the world may know of it. The key lies in the BIP32 tree of the mnemonic at
 * {@value #KEY_PATH}: numeric, hardened at every level, and under a purpose of our own (0x4D4C, "ML"), so that no wallet
 * ever derives the same key for money and nothing here can spend any.
 */
public final class PeerIdentity {
    /** Purpose, scheme version, number of the identity. */
    public static final String KEY_PATH = "m/19788'/0'/0'";

    private static final int[] KEY_STEPS = {
        19_788 | Bip32ECKeyPair.HARDENED_BIT, Bip32ECKeyPair.HARDENED_BIT, Bip32ECKeyPair.HARDENED_BIT
    };

    private final ECKeyPair key;
    private final byte[] publicKeyBytes;
    private final PeerId peerId;

    private PeerIdentity(ECKeyPair key) {
        this.key = key;
        this.publicKeyBytes = Signatures.keyBytes(key.getPublicKey());
        this.peerId = new PeerId("peer-" + Signatures.addressDigits(publicKeyBytes));
    }

    /**
     * @param passphrase the optional extra word of BIP39; empty for none. With one, the words alone do not bring the
     *     identity back
     */
    public static PeerIdentity fromMnemonic(Mnemonic mnemonic, String passphrase) {
        Bip32ECKeyPair master = Bip32ECKeyPair.generateKeyPair(mnemonic.seed(passphrase));
        return new PeerIdentity(Bip32ECKeyPair.deriveKeyPair(master, KEY_STEPS));
    }

    /** Whether these bytes are a private key of the curve: from 1 up to its order. */
    static boolean isPrivateKey(byte[] bytes) {
        BigInteger value = new BigInteger(1, bytes);
        return value.signum() > 0 && value.compareTo(Sign.CURVE_PARAMS.getN()) < 0;
    }

    static PeerIdentity fromPrivateKey(byte[] privateKey) {
        return new PeerIdentity(ECKeyPair.create(new BigInteger(1, privateKey)));
    }

    public PeerId peerId() {
        return peerId;
    }

    /** {@code 0x04} and 128 hex digits: the uncompressed point, as the public announcements carry it. */
    public String publicKey() {
        return "0x04" + HexFormat.of().formatHex(publicKeyBytes);
    }

    /** {@code 0x} and 40 lower-case hex digits. */
    public String address() {
        return "0x" + addressDigits();
    }

    /** Signs with the root key; see {@link Signatures} for the form. Costs about a millisecond. */
    public String sign(SigningDomain domain, byte[] content) {
        return Signatures.sign(key, domain, content);
    }

    /** The same as {@value Signatures#BYTES} bytes: r, s, v. */
    public byte[] signBytes(SigningDomain domain, byte[] content) {
        return Signatures.bytes(sign(domain, content));
    }

    /** The 40 digits of {@link #address()}. */
    public String addressDigits() {
        return peerId.value().substring("peer-".length());
    }

    byte[] privateKey() {
        byte[] digits = key.getPrivateKey().toByteArray();
        byte[] bytes = new byte[32];
        int taken = Math.min(digits.length, bytes.length);
        System.arraycopy(digits, digits.length - taken, bytes, bytes.length - taken, taken);
        return bytes;
    }

    /** Only what is public. */
    @Override
    public String toString() {
        return "PeerIdentity(" + peerId + ")";
    }
}

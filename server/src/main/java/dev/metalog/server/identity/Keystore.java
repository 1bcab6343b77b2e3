package dev.metalog.server.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;
import org.web3j.crypto.Hash;

/**
 * An identity encrypted under a passphrase, as the JSON that Ethereum wallets read: Web3 Secret Storage, version 3
 * (aes-128-ctr, a Keccak-256 MAC, scrypt; pbkdf2 is read too).
 *
 * <p>The mnemonic travels in the same file, so that its owner can see the words again. scrypt is asked for 64 bytes: the
 * first 32 are exactly what a reader that asks for 32 gets and serve the standard part; the other 32 are an AES-256-GCM
 * key for the words, in a member {@code x-meta-log} that other readers skip.
 *
 * <p>Everything read from a file is bounded before it is used: a file may not make this process spend more than
 * {@value #MAX_SCRYPT_MEMORY_BYTES} bytes or a few seconds.
 */
public final class Keystore {
    /** How many random bytes {@link #encrypt} is handed: salt, two nonces, and the file's own id. */
    public static final int RANDOM_BYTES = 76;

    /** The largest keystore that is read. */
    public static final int MAX_FILE_BYTES = 16_384;

    private static final int SCRYPT_N = 1 << 15;
    private static final int SCRYPT_R = 8;
    private static final int SCRYPT_P = 1;
    private static final int DERIVED_BYTES = 64;
    private static final int MAX_SCRYPT_MEMORY_BYTES = 64 << 20;
    private static final long MAX_SCRYPT_BLOCKS = 1L << 21;
    private static final int MAX_PBKDF2_ROUNDS = 1 << 20;
    private static final String EXTENSION = "x-meta-log";
    private static final HexFormat HEX = HexFormat.of();
    private static final JsonMapper JSON = StrictJson.mapper(16);

    private Keystore() {}

    /**
     * What an opened keystore holds.
     *
     * @param words the mnemonic; null in a file that another program wrote
     */
    public record Contents(PeerIdentity identity, Mnemonic words) {}

    /** The standard part of a file, as it stands there. */
    @SuppressWarnings("ArrayRecordComponent") // a record only as a carrier: never compared, never a key
    private record Sealed(byte[] key, byte[] counterStart, byte[] mac) {}

    /**
     * Writes a new keystore.
     *
     * @param mnemonic the words that {@code identity} was made of
     * @param random {@value #RANDOM_BYTES} fresh bytes out of a secure source, used for nothing else
     * @return UTF-8 JSON, to be kept in a file that only its owner can read
     */
    public static byte[] encrypt(PeerIdentity identity, Mnemonic mnemonic, String passphrase, byte[] random) {
        return encrypt(new Contents(identity, mnemonic), passphrase, random);
    }

    /** The same of what was opened before, with words or without. */
    public static byte[] encrypt(Contents contents, String passphrase, byte[] random) {
        PeerIdentity identity = contents.identity();
        if (random.length != RANDOM_BYTES) {
            throw new IllegalArgumentException("A keystore takes " + RANDOM_BYTES + " random bytes.");
        }
        byte[] salt = Arrays.copyOfRange(random, 0, 32);
        byte[] counterStart = Arrays.copyOfRange(random, 32, 48);
        byte[] nonce = Arrays.copyOfRange(random, 48, 60);
        byte[] derived = SCrypt.generate(utf8(passphrase), salt, SCRYPT_N, SCRYPT_R, SCRYPT_P, DERIVED_BYTES);
        byte[] sealedKey = aesCtr(derived, counterStart, identity.privateKey());

        ObjectNode file = JSON.createObjectNode();
        file.put("address", identity.addressDigits());
        ObjectNode crypto = file.putObject("crypto");
        crypto.put("cipher", "aes-128-ctr");
        crypto.put("ciphertext", HEX.formatHex(sealedKey));
        crypto.putObject("cipherparams").put("iv", HEX.formatHex(counterStart));
        crypto.put("kdf", "scrypt");
        crypto.putObject("kdfparams")
                .put("dklen", 32)
                .put("n", SCRYPT_N)
                .put("p", SCRYPT_P)
                .put("r", SCRYPT_R)
                .put("salt", HEX.formatHex(salt));
        crypto.put("mac", HEX.formatHex(mac(derived, sealedKey)));
        file.put("id", uuid(Arrays.copyOfRange(random, 60, 76)));
        file.put("version", 3);
        if (contents.words() != null) {
            byte[] entropy = contents.words().entropy();
            byte[] sealedWords = aesGcm(Cipher.ENCRYPT_MODE, derived, nonce, identity.addressDigits(), entropy);
            file.putObject(EXTENSION)
                    .put("version", 1)
                    .put("path", PeerIdentity.KEY_PATH)
                    .put("cipher", "aes-256-gcm")
                    .put("nonce", HEX.formatHex(nonce))
                    .put("ciphertext", HEX.formatHex(sealedWords));
        }
        return utf8(file.toPrettyString() + "\n");
    }

    /**
     * Opens a keystore.
     *
     * @throws IdentityRefused when the file is not a keystore, asks for too much work, or the passphrase does not fit
     */
    public static PeerIdentity decrypt(byte[] json, String passphrase) throws IdentityRefused {
        return open(json, passphrase).identity();
    }

    /**
     * The words behind a keystore, for its owner to write down.
     *
     * @throws IdentityRefused as {@link #decrypt}, and when another program wrote the file, without words
     */
    public static Mnemonic decryptMnemonic(byte[] json, String passphrase) throws IdentityRefused {
        Mnemonic words = open(json, passphrase).words();
        if (words == null) {
            throw new IdentityRefused(
                    IdentityRefused.Reason.KEYSTORE_NO_MNEMONIC,
                    "This keystore holds a key but no mnemonic: another program made it. Back up the file itself.");
        }
        return words;
    }

    /** Both, as {@link #decrypt} does it. */
    public static Contents open(byte[] json, String passphrase) throws IdentityRefused {
        JsonNode file = parse(json);
        Sealed sealed = sealed(file.path("crypto"));
        return unlock(file, sealed, derive(file.path("crypto"), utf8(passphrase)));
    }

    /** As {@link #decrypt}, when the bytes that the key derivation gives are known already. */
    static PeerIdentity decryptDerived(byte[] json, byte[] derived) throws IdentityRefused {
        JsonNode file = parse(json);
        return unlock(file, sealed(file.path("crypto")), derived).identity();
    }

    private static JsonNode parse(byte[] json) throws IdentityRefused {
        demand(json.length <= MAX_FILE_BYTES, "file", "is larger than " + MAX_FILE_BYTES + " bytes");
        JsonNode file = StrictJson.parse(JSON, json);
        demand(file != null && file.isObject(), "file", "is not one JSON object");
        demand(file.path("version").asInt() == 3, "version", "must be 3");
        return file;
    }

    private static Sealed sealed(JsonNode crypto) throws IdentityRefused {
        demand(crypto.path("cipher").asText().equals("aes-128-ctr"), "crypto.cipher", "must be aes-128-ctr");
        return new Sealed(
                hex(crypto.path("ciphertext"), "crypto.ciphertext", 1, 32),
                hex(crypto.path("cipherparams").path("iv"), "crypto.cipherparams.iv", 16, 16),
                hex(crypto.path("mac"), "crypto.mac", 32, 32));
    }

    private static Contents unlock(JsonNode file, Sealed sealed, byte[] derived) throws IdentityRefused {
        if (!MessageDigest.isEqual(sealed.mac(), mac(derived, sealed.key()))) {
            throw new IdentityRefused(
                    IdentityRefused.Reason.KEYSTORE_WRONG_PASSPHRASE,
                    "The passphrase does not open this keystore (or the file was changed). Check "
                            + "META_LOG_PASSPHRASE_FILE and which META_LOG_HOME is in use.");
        }
        byte[] privateKey = aesCtr(derived, sealed.counterStart(), sealed.key());
        demand(PeerIdentity.isPrivateKey(privateKey), "crypto.ciphertext", "holds no secp256k1 key");
        PeerIdentity identity = PeerIdentity.fromPrivateKey(privateKey);
        JsonNode address = file.path("address");
        demand(
                address.isMissingNode() || address.asText().equals(identity.addressDigits()),
                "address",
                "is not the address of the key inside");
        return new Contents(identity, words(file.path(EXTENSION), derived, identity));
    }

    private static byte[] derive(JsonNode crypto, byte[] passphrase) throws IdentityRefused {
        JsonNode params = crypto.path("kdfparams");
        byte[] salt = hex(params.path("salt"), "crypto.kdfparams.salt", 1, 64);
        demand(number(params, "dklen") == 32, "crypto.kdfparams.dklen", "must be 32");
        String kdf = crypto.path("kdf").asText();
        if (kdf.equals("scrypt")) {
            return scrypt(passphrase, salt, number(params, "n"), number(params, "r"), number(params, "p"));
        }
        demand(kdf.equals("pbkdf2"), "crypto.kdf", "must be scrypt or pbkdf2");
        demand(params.path("prf").asText().equals("hmac-sha256"), "crypto.kdfparams.prf", "must be hmac-sha256");
        int rounds = number(params, "c");
        demand(rounds > 0, "crypto.kdfparams.c", "must be positive");
        affordable(rounds <= MAX_PBKDF2_ROUNDS, "at most " + MAX_PBKDF2_ROUNDS + " rounds of pbkdf2");
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
        generator.init(passphrase, salt, rounds);
        return ((KeyParameter) generator.generateDerivedParameters(DERIVED_BYTES * 8)).getKey();
    }

    private static byte[] scrypt(byte[] passphrase, byte[] salt, int n, int r, int p) throws IdentityRefused {
        demand(n > 1 && Integer.bitCount(n) == 1, "crypto.kdfparams.n", "must be a power of two above 1");
        demand(r > 0, "crypto.kdfparams.r", "must be positive");
        demand(p > 0, "crypto.kdfparams.p", "must be positive");
        demand(r > 1 || n < 65_536, "crypto.kdfparams.n", "must be below 65536 when r is 1 (RFC 7914)");
        affordable(
                128L * n * r <= MAX_SCRYPT_MEMORY_BYTES,
                "at most " + (MAX_SCRYPT_MEMORY_BYTES >> 20) + " MiB of memory for scrypt");
        affordable((long) n * r <= MAX_SCRYPT_BLOCKS / p, "at most " + MAX_SCRYPT_BLOCKS + " blocks of scrypt");
        return SCrypt.generate(passphrase, salt, n, r, p, DERIVED_BYTES);
    }

    private static Mnemonic words(JsonNode extension, byte[] derived, PeerIdentity identity) throws IdentityRefused {
        if (!extension.isObject()) {
            return null;
        }
        demand(extension.path("version").asInt() == 1, EXTENSION + ".version", "is newer than this program");
        byte[] nonce = hex(extension.path("nonce"), EXTENSION + ".nonce", 12, 12);
        byte[] sealed = hex(extension.path("ciphertext"), EXTENSION + ".ciphertext", 32, 48);
        byte[] entropy = aesGcm(Cipher.DECRYPT_MODE, derived, nonce, identity.addressDigits(), sealed);
        demand(entropy != null && entropy.length % 4 == 0, EXTENSION + ".ciphertext", "was changed");
        return Mnemonic.fromEntropy(entropy);
    }

    private static byte[] mac(byte[] derived, byte[] sealedKey) {
        byte[] input = Arrays.copyOfRange(derived, 16, 32 + sealedKey.length);
        System.arraycopy(sealedKey, 0, input, 16, sealedKey.length);
        return Hash.sha3(input);
    }

    private static byte[] aesCtr(byte[] derived, byte[] counterStart, byte[] bytes) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE, new SecretKeySpec(derived, 0, 16, "AES"), new IvParameterSpec(counterStart));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has AES in counter mode.", e);
        }
    }

    /** Seals or opens under the second half of the derived bytes; null when what is opened was changed. */
    private static byte[] aesGcm(int mode, byte[] derived, byte[] nonce, String boundTo, byte[] bytes) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(derived, 32, 32, "AES"), new GCMParameterSpec(128, nonce));
            cipher.updateAAD(utf8("meta-log/keystore-words/1 " + boundTo));
            return cipher.doFinal(bytes);
        } catch (javax.crypto.AEADBadTagException changed) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has AES in Galois/counter mode.", e);
        }
    }

    private static int number(JsonNode params, String name) throws IdentityRefused {
        JsonNode value = params.path(name);
        demand(
                value.isIntegralNumber() && value.canConvertToInt(),
                "crypto.kdfparams." + name,
                "is not a small integer");
        return value.intValue();
    }

    private static byte[] hex(JsonNode value, String where, int minBytes, int maxBytes) throws IdentityRefused {
        String digits = value.isTextual() ? value.textValue() : "";
        demand(
                digits.length() >= 2 * minBytes
                        && digits.length() <= 2 * maxBytes
                        && digits.length() % 2 == 0
                        && digits.chars().allMatch(HexFormat::isHexDigit),
                where,
                "must be hex digits of " + minBytes + (minBytes == maxBytes ? "" : " to " + maxBytes) + " bytes");
        return HEX.parseHex(digits);
    }

    private static void demand(boolean holds, String where, String complaint) throws IdentityRefused {
        if (!holds) {
            throw new IdentityRefused(
                    IdentityRefused.Reason.KEYSTORE_MALFORMED,
                    "The keystore cannot be read: " + where + " " + complaint
                            + ". Restore the file from a backup, or the identity from its mnemonic.");
        }
    }

    private static void affordable(boolean holds, String allowance) throws IdentityRefused {
        if (!holds) {
            throw new IdentityRefused(
                    IdentityRefused.Reason.KEYSTORE_TOO_COSTLY,
                    "The keystore asks for more work than is allowed here (" + allowance
                            + "). Re-encrypt it with smaller parameters; nothing was tried.");
        }
    }

    private static String uuid(byte[] sixteen) {
        sixteen[6] = (byte) ((sixteen[6] & 0x0f) | 0x40);
        sixteen[8] = (byte) ((sixteen[8] & 0x3f) | 0x80);
        String digits = HEX.formatHex(sixteen);
        return digits.substring(0, 8) + "-" + digits.substring(8, 12) + "-" + digits.substring(12, 16) + "-"
                + digits.substring(16, 20) + "-" + digits.substring(20);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

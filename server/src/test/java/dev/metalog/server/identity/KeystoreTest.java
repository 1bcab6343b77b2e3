package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import org.bouncycastle.crypto.generators.SCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeystoreTest {
    private static final JsonNode VECTORS = TestData.json(TestData.text("keystores-v3.json"));
    private static final Mnemonic WORDS = Mnemonic.fromEntropy(TestData.random(new Random(5), 32));
    private static final PeerIdentity IDENTITY = PeerIdentity.fromMnemonic(WORDS, "");
    private static final String PASSPHRASE = "pass \u00e9\ud83d\ude00 phrase";
    private static final byte[] FILE =
            Keystore.encrypt(IDENTITY, WORDS, PASSPHRASE, TestData.random(new Random(6), Keystore.RANDOM_BYTES));

    @Test
    void whatWasEncryptedComesBack() throws IdentityRefused {
        PeerIdentity opened = Keystore.decrypt(FILE, PASSPHRASE);
        assertThat(opened.peerId()).isEqualTo(IDENTITY.peerId());
        assertThat(opened.privateKey()).isEqualTo(IDENTITY.privateKey());
        assertThat(Keystore.decryptMnemonic(FILE, PASSPHRASE)).isEqualTo(WORDS);
    }

    @Test
    void theFileIsAStandardOneAndHoldsNothingInClear() throws IdentityRefused {
        String text = new String(FILE, StandardCharsets.UTF_8);
        JsonNode file = TestData.json(text);
        assertThat(file.path("version").asInt()).isEqualTo(3);
        assertThat(file.path("id").asText()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        JsonNode crypto = file.path("crypto");
        assertThat(crypto.path("cipher").asText()).isEqualTo("aes-128-ctr");
        assertThat(crypto.path("kdf").asText()).isEqualTo("scrypt");
        assertThat(crypto.path("kdfparams").path("n").asInt()).isEqualTo(32_768);
        assertThat(crypto.path("kdfparams").path("r").asInt()).isEqualTo(8);
        assertThat(crypto.path("kdfparams").path("p").asInt()).isEqualTo(1);
        assertThat(text)
                .doesNotContain(HexFormat.of().formatHex(IDENTITY.privateKey()))
                .doesNotContain(HexFormat.of().formatHex(WORDS.entropy()));
        for (String word : WORDS.phrase().split(" ")) {
            assertThat(text).doesNotContain("\"" + word).doesNotContain(word + " ");
        }
        // A reader that asks scrypt for the standard 32 bytes opens the standard part.
        byte[] derived = SCrypt.generate(
                PASSPHRASE.getBytes(StandardCharsets.UTF_8),
                HexFormat.of().parseHex(crypto.path("kdfparams").path("salt").asText()),
                32_768,
                8,
                1,
                32);
        ObjectNode standard = ((ObjectNode) file).deepCopy();
        standard.remove("x-meta-log");
        assertThat(Keystore.decryptDerived(bytes(standard), derived).peerId()).isEqualTo(IDENTITY.peerId());
    }

    @ParameterizedTest
    @ValueSource(strings = {"definition-pbkdf2", "geth-31-byte-key", "geth-30-byte-key", "geth-account-aaa"})
    void thePublicTestKeystoresOpen(String name) throws IdentityRefused {
        JsonNode vector = VECTORS.get(name);
        PeerIdentity opened = Keystore.decrypt(
                bytes(vector.get("keystore")), vector.get("password").asText());
        assertThat(vector.has("privateKey") || vector.has("address")).isTrue();
        if (vector.has("privateKey")) {
            String digits = vector.get("privateKey").asText();
            assertThat(HexFormat.of().formatHex(opened.privateKey()))
                    .isEqualTo("0".repeat(64 - digits.length()) + digits);
        }
        if (vector.has("address")) {
            assertThat(opened.address()).isEqualTo("0x" + vector.get("address").asText());
        }
    }

    /**
     * The scrypt vector of the definition has N = 2^18 with r = 1, which RFC 7914 forbids (N must be below 2^(16 r)) and
     * Bouncy Castle refuses. So the file is refused in words; that the rest of it is read rightly is shown with the derived
     * key that the definition prints.
     */
    @Test
    void theScryptVectorOfTheDefinitionHoldsBehindItsKeyDerivation() throws IdentityRefused {
        JsonNode vector = VECTORS.get("definition-scrypt");
        byte[] file = bytes(vector.get("keystore"));
        IdentityRefused refused =
                catchThrowableOfType(IdentityRefused.class, () -> Keystore.decrypt(file, "testpassword"));
        assertThat(refused.reason()).isEqualTo(IdentityRefused.Reason.KEYSTORE_MALFORMED);
        assertThat(refused).hasMessageContaining("RFC 7914");

        byte[] derived = HexFormat.of().parseHex(vector.get("derivedKey").asText());
        assertThat(HexFormat.of()
                        .formatHex(Keystore.decryptDerived(file, derived).privateKey()))
                .isEqualTo(vector.get("privateKey").asText());
        derived[17] ^= 1;
        assertThatThrownBy(() -> Keystore.decryptDerived(file, derived)).isInstanceOf(IdentityRefused.class);
    }

    @Test
    void aWrongPassphraseIsSaid() {
        for (String wrong :
                new String[] {"", "pass", PASSPHRASE + " ", PASSPHRASE.toUpperCase(java.util.Locale.ROOT)}) {
            assertThat(refusal(FILE, wrong).reason()).isEqualTo(IdentityRefused.Reason.KEYSTORE_WRONG_PASSPHRASE);
        }
        assertThat(refusal(FILE, "wrong secret")).hasMessageNotContaining("wrong secret");
    }

    @Test
    void aKeystoreOfAnotherProgramHasNoWords() {
        JsonNode vector = VECTORS.get("geth-31-byte-key");
        IdentityRefused refused = catchThrowableOfType(
                IdentityRefused.class, () -> Keystore.decryptMnemonic(bytes(vector.get("keystore")), "foo"));
        assertThat(refused.reason()).isEqualTo(IdentityRefused.Reason.KEYSTORE_NO_MNEMONIC);
    }

    @ParameterizedTest
    @CsvSource({
        // n, r, p
        "262144, 8, 1",
        "131072, 8, 1",
        "65536, 8, 8",
        "2, 8, 1000000",
        "2, 1000000, 1",
        "1073741824, 8, 1",
        "1073741824, 2147483647, 2147483647",
        "2, 1, 2147483647",
        "32768, 17, 1",
    })
    void costlyParametersAreRefusedBeforeTheyAreUsed(int n, int r, int p) {
        byte[] file = changed(json -> {
            ObjectNode params = (ObjectNode) json.at("/crypto/kdfparams");
            params.put("n", n).put("r", r).put("p", p);
        });
        assertThat(refusal(file, PASSPHRASE).reason()).isEqualTo(IdentityRefused.Reason.KEYSTORE_TOO_COSTLY);
    }

    @Test
    void costlyRoundsOfPbkdf2AreRefused() {
        byte[] file = changed(json -> {
            ((ObjectNode) json.get("crypto")).put("kdf", "pbkdf2");
            ((ObjectNode) json.at("/crypto/kdfparams"))
                    .put("prf", "hmac-sha256")
                    .put("c", Integer.MAX_VALUE);
        });
        assertThat(refusal(file, PASSPHRASE).reason()).isEqualTo(IdentityRefused.Reason.KEYSTORE_TOO_COSTLY);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "absent",
            value = {
                "/version, 4",
                "/version, absent",
                "/crypto, absent",
                "/crypto/cipher, \"aes-256-cbc\"",
                "/crypto/ciphertext, \"\"",
                "/crypto/ciphertext, \"abc\"",
                "/crypto/ciphertext, \"zz\"",
                "/crypto/ciphertext, 7",
                "/crypto/cipherparams/iv, \"00\"",
                "/crypto/mac, \"00\"",
                "/crypto/mac, absent",
                "/crypto/kdf, \"md5\"",
                "/crypto/kdfparams/n, 3",
                "/crypto/kdfparams/n, 1",
                "/crypto/kdfparams/n, 0",
                "/crypto/kdfparams/n, -2",
                "/crypto/kdfparams/n, -2147483648",
                "/crypto/kdfparams/n, 1.5",
                "/crypto/kdfparams/n, \"32768\"",
                "/crypto/kdfparams/n, 99999999999",
                "/crypto/kdfparams/r, 0",
                "/crypto/kdfparams/p, -1",
                "/crypto/kdfparams/dklen, 64",
                "/crypto/kdfparams/dklen, 16",
                "/crypto/kdfparams/salt, \"\"",
                "/x-meta-log/version, 2",
                "/x-meta-log/nonce, \"00\"",
                "/address, \"008aeeda4d805471df9b2a5b0f38a0c3bcba786b\"",
            })
    void oddMembersAreNamed(String pointer, String value) {
        byte[] file = changed(json -> {
            int last = pointer.lastIndexOf('/');
            ObjectNode parent = (ObjectNode) json.at(pointer.substring(0, last));
            if (value == null) {
                parent.remove(pointer.substring(last + 1));
            } else {
                parent.set(pointer.substring(last + 1), TestData.json(value));
            }
        });
        IdentityRefused refused = refusal(file, PASSPHRASE);
        assertThat(refused.reason()).isEqualTo(IdentityRefused.Reason.KEYSTORE_MALFORMED);
        assertThat(refused).hasMessageContaining("Restore the file from a backup");
    }

    @Test
    void noByteOfTheSecretPartsCanBeChanged() {
        for (String pointer : new String[] {
            "/crypto/ciphertext", "/crypto/mac", "/crypto/kdfparams/salt", "/x-meta-log/ciphertext", "/x-meta-log/nonce"
        }) {
            byte[] file = changed(json -> {
                int last = pointer.lastIndexOf('/');
                char[] digits = json.at(pointer).asText().toCharArray();
                digits[5] = digits[5] == '0' ? '1' : '0';
                ((ObjectNode) json.at(pointer.substring(0, last)))
                        .put(pointer.substring(last + 1), String.valueOf(digits));
            });
            assertThat(refusal(file, PASSPHRASE)).as(pointer).isNotNull();
        }
    }

    @Test
    void whatIsNoKeystoreIsSaid() {
        String good = new String(FILE, StandardCharsets.UTF_8);
        for (String odd : new String[] {
            "",
            " ",
            "null",
            "[]",
            "7",
            "\"text\"",
            "{",
            "{}",
            "\u0000",
            good + "{}",
            good.substring(0, 100),
            "{".repeat(9_000)
        }) {
            assertThat(refusal(odd.getBytes(StandardCharsets.UTF_8), PASSPHRASE).reason())
                    .as(odd)
                    .isEqualTo(IdentityRefused.Reason.KEYSTORE_MALFORMED);
        }
        assertThat(refusal(Arrays.copyOf(FILE, Keystore.MAX_FILE_BYTES + 1), PASSPHRASE))
                .hasMessageContaining("16384");
        assertThat(refusal(new byte[] {'{', '"', (byte) 0xff, '"'}, PASSPHRASE)).isNotNull();
    }

    @Test
    void theRandomnessIsTheCallersToDraw() {
        assertThatThrownBy(() -> Keystore.encrypt(IDENTITY, WORDS, "", new byte[75]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] changed(Consumer<ObjectNode> change) {
        ObjectNode json = (ObjectNode) TestData.json(new String(FILE, StandardCharsets.UTF_8));
        change.accept(json);
        return bytes(json);
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static IdentityRefused refusal(byte[] file, String passphrase) {
        IdentityRefused refused = catchThrowableOfType(IdentityRefused.class, () -> Keystore.decrypt(file, passphrase));
        assertThat(refused).isNotNull();
        return refused;
    }
}

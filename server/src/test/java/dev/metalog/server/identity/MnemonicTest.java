package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.web3j.crypto.Bip32ECKeyPair;

class MnemonicTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String WORDS_24 = "abandon ".repeat(23) + "art";

    record Vector(String entropy, String phrase, String seed) {}

    static Stream<Vector> vectors() {
        List<Vector> vectors = new ArrayList<>();
        for (JsonNode row : TestData.json(TestData.text("bip39-english.json"))) {
            vectors.add(new Vector(
                    row.get(0).asText(), row.get(1).asText(), row.get(2).asText()));
        }
        assertThat(vectors).hasSize(30);
        return vectors.stream();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void theReferenceVectorsHoldInBothDirections(Vector vector) throws IdentityRefused {
        Mnemonic made = Mnemonic.fromEntropy(HEX.parseHex(vector.entropy()));
        assertThat(made.phrase()).isEqualTo(vector.phrase());
        assertThat(HEX.formatHex(made.seed("TREZOR"))).isEqualTo(vector.seed());

        Mnemonic read = Mnemonic.parse(vector.phrase());
        assertThat(HEX.formatHex(read.entropy())).isEqualTo(vector.entropy());
        assertThat(read).isEqualTo(made).hasSameHashCodeAs(made);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void caseSpacesAndCompatibilityFormsDoNotMatter(Vector vector) throws IdentityRefused {
        StringBuilder fullWidth = new StringBuilder();
        vector.phrase().chars().forEach(c -> fullWidth.append((char) (c == ' ' ? 0x3000 : c + 0xfee0)));
        Mnemonic expected = Mnemonic.parse(vector.phrase());
        assertThat(Mnemonic.parse("\n\t " + vector.phrase().replace(" ", "  \u00a0 \n") + " "))
                .isEqualTo(expected);
        assertThat(Mnemonic.parse(vector.phrase().toUpperCase(Locale.ROOT))).isEqualTo(expected);
        assertThat(Mnemonic.parse(fullWidth.toString())).isEqualTo(expected);
    }

    /** Words and passphrase as they are typed, which is not how they are hashed: the list is in NFKD, with other spaces. */
    @Test
    void japaneseWordsGiveTheSeedOfTheReference() {
        JsonNode vectors = TestData.json(TestData.text("bip39-japanese.json"));
        assertThat(vectors).hasSize(11);
        for (JsonNode vector : vectors) {
            String phrase = vector.get("phrase").asText();
            byte[] seed = Mnemonic.seed(phrase, vector.get("salt").asText());
            assertThat(HEX.formatHex(seed))
                    .as(phrase)
                    .isEqualTo(vector.get("seed").asText());
            assertThat(Bip32Test.extendedKey(Bip32ECKeyPair.generateKeyPair(seed), 0))
                    .isEqualTo(vector.get("bip32_xprv").asText());
            assertThat(refusal(phrase).reason()).isEqualTo(IdentityRefused.Reason.MNEMONIC_WORD);
        }
    }

    @Test
    void thePassphraseIsNormalised() throws IdentityRefused {
        Mnemonic mnemonic = Mnemonic.parse(WORDS_24);
        assertThat(mnemonic.seed("caf\u00e9")).isEqualTo(mnemonic.seed("cafe\u0301"));
        assertThat(mnemonic.seed("cafe")).isNotEqualTo(mnemonic.seed("caf\u00e9"));
    }

    @Test
    void aNewIdentityHasTwentyFourWords() {
        Mnemonic mnemonic = Mnemonic.fromEntropy(TestData.random(new Random(1), Mnemonic.ENTROPY_BYTES));
        assertThat(mnemonic.phrase().split(" ")).hasSize(24);
        assertThat(mnemonic).hasToString("Mnemonic(24 words)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 12, 15, 17, 31, 33, 36, 64})
    void otherAmountsOfEntropyAreAProgrammersMistake(int bytes) {
        assertThatThrownBy(() -> Mnemonic.fromEntropy(new byte[bytes])).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "abandon", "abandon abandon art"})
    void aWrongNumberOfWordsIsSaid(String typed) {
        assertThat(refusal(typed).reason()).isEqualTo(IdentityRefused.Reason.MNEMONIC_LENGTH);
    }

    @Test
    void twentyFiveWordsAndEndlessTextAreRefused() {
        assertThat(refusal(WORDS_24 + " art").reason()).isEqualTo(IdentityRefused.Reason.MNEMONIC_LENGTH);
        assertThat(refusal("abandon ".repeat(100_000)).reason()).isEqualTo(IdentityRefused.Reason.MNEMONIC_LENGTH);
    }

    @Test
    void anUnknownWordIsNamedByItsPlaceOnly() {
        IdentityRefused refused = refusal(WORDS_24.replaceFirst("abandon abandon", "abandon abamdon"));
        assertThat(refused.reason()).isEqualTo(IdentityRefused.Reason.MNEMONIC_WORD);
        assertThat(refused).hasMessageContaining("Word 2").hasMessageNotContaining("abamdon");
    }

    @Test
    void swappedWordsAndAWrongWordAreFoundByTheChecksum() {
        String phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        assertThat(refusal(phrase.replace("winner thank year", "thank winner year"))
                        .reason())
                .isEqualTo(IdentityRefused.Reason.MNEMONIC_CHECKSUM);
        assertThat(refusal("abandon ".repeat(24)).reason()).isEqualTo(IdentityRefused.Reason.MNEMONIC_CHECKSUM);
    }

    private static IdentityRefused refusal(String typed) {
        return catchThrowableOfType(IdentityRefused.class, () -> Mnemonic.parse(typed));
    }
}

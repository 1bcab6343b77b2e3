package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.junit.jupiter.api.Test;

/**
 * What the library that checks our Ed25519 signatures accepts of the cases on which libraries differ. The outcome is
 * frozen: two versions of meta-log that disagree on one signature would hold different texts for the truth.
 */
class Ed25519EdgeCasesTest {
    private static final HexFormat HEX = HexFormat.of();

    /**
     * One letter for each case of the list: accepted (a), refused (r), or refused as no key at all (k). Keys of small
     * order are no keys (0, 1, 10, 11); the equation is the cofactored one (4 and 5 fulfil only that); an S that is not
     * reduced (6, 7) and an R in another than its one form (8, 9) are refused.
     */
    private static final String FROZEN = "kkaaaarrrrkk";

    @Test
    void theOutcomeOfEveryCaseIsFrozen() {
        JsonNode cases = TestData.json(TestData.text("ed25519-speccheck.json"));
        assertThat(cases).hasSize(12);
        StringBuilder outcome = new StringBuilder();
        cases.forEach(each -> outcome.append(outcome(each)));
        assertThat(outcome).hasToString(FROZEN);
    }

    private static char outcome(JsonNode each) {
        Ed25519PublicKeyParameters key;
        try {
            key = new Ed25519PublicKeyParameters(
                    HEX.parseHex(each.get("pub_key").asText()));
        } catch (IllegalArgumentException noKey) {
            return 'k';
        }
        Ed25519Signer verifier = new Ed25519Signer();
        verifier.init(false, key);
        byte[] message = HEX.parseHex(each.get("message").asText());
        verifier.update(message, 0, message.length);
        return verifier.verifySignature(HEX.parseHex(each.get("signature").asText())) ? 'a' : 'r';
    }
}

package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
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
    private static final String OF_THE_LIBRARY = "kkaaaarrrrkk";

    /** A device's key has to be of the main group besides, so of the twelve none is accepted. */
    private static final String OF_DEVICES = "kkkkkkrrkkkk";

    @Test
    void theOutcomeOfEveryCaseIsFrozen() {
        JsonNode cases = TestData.json(TestData.text("ed25519-speccheck.json"));
        assertThat(cases).hasSize(12);
        StringBuilder ofTheLibrary = new StringBuilder();
        StringBuilder ofDevices = new StringBuilder();
        for (JsonNode each : cases) {
            byte[] key = HEX.parseHex(each.get("pub_key").asText());
            byte[] message = HEX.parseHex(each.get("message").asText());
            byte[] signature = HEX.parseHex(each.get("signature").asText());
            ofTheLibrary.append(byTheLibrary(key, message, signature));
            ofDevices.append(asDevicesAreChecked(key, message, signature));
        }
        assertThat(ofTheLibrary).hasToString(OF_THE_LIBRARY);
        assertThat(ofDevices).hasToString(OF_DEVICES);
    }

    private static char byTheLibrary(byte[] key, byte[] message, byte[] signature) {
        Ed25519Signer verifier = new Ed25519Signer();
        try {
            verifier.init(false, new Ed25519PublicKeyParameters(key));
        } catch (IllegalArgumentException noKey) {
            return 'k';
        }
        verifier.update(message, 0, message.length);
        return verifier.verifySignature(signature) ? 'a' : 'r';
    }

    /** As {@link DeviceCertificate} does. */
    private static char asDevicesAreChecked(byte[] key, byte[] message, byte[] signature) {
        Ed25519.PublicPoint point = Ed25519.validatePublicKeyFullExport(key, 0);
        if (point == null) {
            return 'k';
        }
        return Ed25519.verify(signature, 0, point, message, 0, message.length) ? 'a' : 'r';
    }
}

package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Bip32ECKeyPair;

/** The vectors of BIP32 with the library that derives our keys, leading zeros and hardened steps included. */
class Bip32Test {
    private static final String BASE_58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final int PRIVATE_KEY = 0x0488ade4;

    @Test
    void everyStepOfTheVectorsHolds() {
        JsonNode vectors = TestData.json(TestData.text("bip32.json"));
        assertThat(vectors).hasSize(17);
        for (JsonNode vector : vectors) {
            int[] steps = Arrays.stream(vector.get("path").asText().split("/"))
                    .skip(1)
                    .mapToInt(Bip32Test::step)
                    .toArray();
            Bip32ECKeyPair master = Bip32ECKeyPair.generateKeyPair(
                    HexFormat.of().parseHex(vector.get("seed").asText()));
            Bip32ECKeyPair key = Bip32ECKeyPair.deriveKeyPair(master, steps);
            int last = steps.length == 0 ? 0 : steps[steps.length - 1];
            assertThat(extendedKey(key, last))
                    .as(vector.toString())
                    .isEqualTo(vector.get("xprv").asText());
        }
    }

    private static int step(String step) {
        boolean hardened = step.endsWith("'");
        int number = Integer.parseInt(hardened ? step.substring(0, step.length() - 1) : step);
        return hardened ? number | Bip32ECKeyPair.HARDENED_BIT : number;
    }

    /** The text form of BIP32 of a private key. */
    static String extendedKey(Bip32ECKeyPair key, int lastStep) {
        ByteBuffer form = ByteBuffer.allocate(78)
                .putInt(PRIVATE_KEY)
                .put((byte) key.getDepth())
                .putInt(key.getParentFingerprint())
                .putInt(lastStep)
                .put(key.getChainCode())
                .put((byte) 0)
                .put(bytes(key.getPrivateKey()));
        byte[] sum = Arrays.copyOf(sha256(sha256(form.array())), 4);
        BigInteger number = new BigInteger(
                1, ByteBuffer.allocate(82).put(form.array()).put(sum).array());
        StringBuilder text = new StringBuilder();
        while (number.signum() > 0) {
            BigInteger[] parts = number.divideAndRemainder(BigInteger.valueOf(58));
            text.append(BASE_58.charAt(parts[1].intValue()));
            number = parts[0];
        }
        return text.reverse().toString();
    }

    private static byte[] bytes(BigInteger privateKey) {
        return HexFormat.of().parseHex(String.format("%064x", privateKey));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}

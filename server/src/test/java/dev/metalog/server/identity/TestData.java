package dev.metalog.server.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Files beside the tests, and identities out of seeds. */
final class TestData {
    static final JsonMapper JSON = JsonMapper.builder().build();

    private TestData() {}

    static String text(String name) {
        try (InputStream in = TestData.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    static byte[] random(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    static PeerIdentity identity(long seed) {
        return PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(random(new Random(seed), 32)), "");
    }

    static DeviceKey device(PeerIdentity root, long seed) {
        return DeviceKey.create(root, random(new Random(seed), DeviceKey.RANDOM_BYTES), 1_234);
    }
}

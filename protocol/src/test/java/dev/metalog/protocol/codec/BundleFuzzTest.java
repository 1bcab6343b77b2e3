package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.metalog.protocol.Bundle;
import java.util.Arrays;

/**
 * Any bytes are either refused as a bundle or are the one encoding of one. In the normal build the inputs kept beside this
 * class are tried; CONTRIBUTING.md tells how to look for new ones.
 */
final class BundleFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void decode(byte[] input) {
        Decoding.bounded(input, () -> tryDecode(input));
        EventRuns runs = tryDecode(input);
        if (runs == null) {
            return;
        }
        assertThat(BundleCodec.encode(runs)).isEqualTo(input);
        Bundle bundle = BundleCodec.toBundle(runs);
        if (!Arrays.equals(BundleCodec.encode(bundle), input)) {
            assertThat(BundleCodec.encode(bundle)).as("%s", bundle).isEqualTo(input);
        }
    }

    private static EventRuns tryDecode(byte[] input) {
        try {
            EventRuns runs = BundleCodec.decodeRuns(input);
            BundleCodec.toBundle(runs);
            return runs;
        } catch (MalformedBundleException e) {
            assertThat(e).hasMessageStartingWith("Not a bundle");
            return null;
        }
    }
}

package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.metalog.protocol.NamedProof;
import dev.metalog.protocol.codec.SignedEventsCodec.Signed;
import java.util.List;

/**
 * Any bytes are either refused as signed events, or the one encoding of some. In the normal build the inputs kept beside this
 * class are tried; CONTRIBUTING.md tells how to look for new ones.
 */
final class SignedEventsFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void decode(byte[] input) {
        Decoding.bounded(input, () -> tryDecode(input));
        Signed signed = tryDecode(input);
        if (signed != null) {
            assertThat(SignedEventsCodec.encode(signed)).isEqualTo(input);
        }
    }

    private static Signed tryDecode(byte[] input) {
        try {
            return SignedEventsCodec.decode(input);
        } catch (MalformedBundleException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return null;
        }
    }

    @FuzzTest(maxDuration = "10m")
    void proofs(byte[] input) {
        List<NamedProof> proofs;
        try {
            proofs = NamedProofsCodec.decode(input);
        } catch (MalformedBundleException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return;
        }
        if (input.length > 0 && input.length < NamedProofsCodec.ABOUT_BYTES) {
            assertThat(NamedProofsCodec.encode(proofs)).containsExactly(input);
        }
    }
}

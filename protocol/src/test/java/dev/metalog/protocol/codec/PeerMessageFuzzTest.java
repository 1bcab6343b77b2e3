package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.metalog.protocol.PeerMessage;

/**
 * Any bytes are either refused as a peer message, or of a kind to be missed, or the one encoding of a message. In the normal
 * build the inputs kept beside this class are tried; CONTRIBUTING.md tells how to look for new ones.
 */
final class PeerMessageFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void decode(byte[] input) {
        Decoding.bounded(input, () -> tryDecode(input));
        PeerMessage message = tryDecode(input);
        if (message != null && !(message instanceof PeerMessage.Unknown)) {
            assertThat(PeerMessageCodec.encode(message)).isEqualTo(input);
        }
    }

    private static PeerMessage tryDecode(byte[] input) {
        try {
            return PeerMessageCodec.decode(input);
        } catch (MalformedMessageException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return null;
        }
    }
}

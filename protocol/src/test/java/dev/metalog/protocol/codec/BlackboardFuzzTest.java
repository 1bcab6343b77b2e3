package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.metalog.protocol.blackboard.BlackboardMessage;

/** Any bytes are either refused as a message about a blackboard or are the one encoding of one. */
final class BlackboardFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void decode(byte[] input) {
        Decoding.bounded(input, () -> tryDecode(input));
        BlackboardMessage message = tryDecode(input);
        if (message != null) {
            assertThat(BlackboardCodec.encode(message)).isEqualTo(input);
        }
    }

    private static BlackboardMessage tryDecode(byte[] input) {
        try {
            return BlackboardCodec.decode(input);
        } catch (MalformedMessageException e) {
            assertThat(e).hasMessageContaining("about a blackboard");
            return null;
        }
    }
}

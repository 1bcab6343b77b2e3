package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.metalog.protocol.DirectFrame;
import java.util.Arrays;

/**
 * Any bytes are either refused as a frame, or of a kind to be missed, or the one encoding of a frame. In the normal build the
 * inputs kept beside this class are tried; CONTRIBUTING.md tells how to look for new ones.
 */
final class DirectFrameFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void decode(byte[] input) {
        Decoding.bounded(input, () -> tryDecode(input));
        DirectFrame frame = tryDecode(input);
        if (frame != null && !(frame instanceof DirectFrame.Unknown)) {
            byte[] encoded = DirectFrameCodec.encode(frame);
            assertThat(Arrays.copyOfRange(encoded, DirectFrameCodec.PREFIX_BYTES, encoded.length))
                    .isEqualTo(input);
        }
    }

    private static DirectFrame tryDecode(byte[] input) {
        try {
            return DirectFrameCodec.decode(input);
        } catch (MalformedMessageException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return null;
        }
    }
}

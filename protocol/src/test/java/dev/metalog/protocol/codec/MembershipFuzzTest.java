package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes are either refused as a record of membership or are the one encoding of one. */
final class MembershipFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void decode(byte[] input) {
        Decoding.bounded(input, () -> tryDecode(input));
        MembershipCodec.Signed read = tryDecode(input);
        if (read != null) {
            assertThat(MembershipCodec.encode(MembershipCodec.content(read.record()), read.signature()))
                    .isEqualTo(input);
        }
    }

    private static MembershipCodec.Signed tryDecode(byte[] input) {
        try {
            return MembershipCodec.decode(input);
        } catch (MalformedMessageException e) {
            assertThat(e).hasMessageContaining("record of membership");
            return null;
        }
    }
}

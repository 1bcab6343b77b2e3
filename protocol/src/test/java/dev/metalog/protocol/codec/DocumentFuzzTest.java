package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Any bytes are either refused as a saved document or are one. Sums and digest are made right first, since otherwise they
 * would refuse nearly everything before the rest is looked at.
 */
final class DocumentFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void decode(byte[] input) throws Exception {
        tryDecode(input);
        byte[] file = input.clone();
        DocumentCodecTest.withRightSums(file);
        Decoding.bounded(file, () -> tryDecode(file));
        Decoding.bounded(file, () -> tryOpen(file));
        DocumentCodecTest.refusedOrCanonical(file);
    }

    private static void tryDecode(byte[] file) {
        try {
            DocumentCodec.readHistory(file);
        } catch (MalformedDocumentException e) {
            assertThat(e).hasMessageStartingWith("Not a saved document");
        }
    }

    private static void tryOpen(byte[] file) {
        try {
            DocumentCodec.readText(file);
        } catch (MalformedDocumentException e) {
            assertThat(e).hasMessageStartingWith("Not a saved document");
        }
    }
}

package dev.metalog.protocol.codec;

import dev.metalog.protocol.Bundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Encoded values of all shapes, to be damaged. */
final class Samples {
    private final long seed;

    Samples(long seed) {
        this.seed = seed;
    }

    List<byte[]> bundles() {
        List<byte[]> bundles = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            bundles.add(BundleCodec.encode(new Bundle(RandomEvents.some(new Random(seed + i), 1 + i / 3))));
        }
        return bundles;
    }
}

package dev.metalog.protocol.codec;

import dev.metalog.protocol.Bundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Encoded values of all shapes, to be damaged. */
final class Samples {
    private static final List<DocumentCodec.Packing> PACKINGS = List.of(DocumentCodec.Packing.values());

    private final long seed;

    Samples(long seed) {
        this.seed = seed;
    }

    List<byte[]> bundles() {
        List<byte[]> bundles = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            bundles.add(BundleCodec.encode(new Bundle(RandomEvents.some(new Random(seed + i), 1 + i / 3))));
        }
        return bundles;
    }

    /** Whole histories, with and without a text. The text is any, since bytes know no replay. */
    List<byte[]> documents() {
        List<byte[]> documents = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            EventRuns history = BundleEvents.toRuns(RandomEvents.history(new Random(seed + i), 1 + i / 2));
            DocumentCodec.Packing packing = PACKINGS.get(i % 3);
            documents.add(
                    i % 2 == 0
                            ? DocumentCodec.encode(history, packing)
                            : DocumentCodec.encode(
                                    history,
                                    new DocumentCodec.CachedText(HistoryCheck.tip(history), "text ".repeat(i)),
                                    packing));
        }
        return documents;
    }
}

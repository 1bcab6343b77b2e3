package dev.metalog.protocol.codec;

import dev.metalog.protocol.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
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

    List<byte[]> blackboards() {
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            messages.add(BlackboardCodec.encode(RandomWrites.message(new Random(seed + i))));
        }
        return messages;
    }

    /** Writes inputs for the fuzz tests to start from: {@code Samples FOLDER}. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Samples samples = new Samples(1);
        write(folder.resolve("BundleFuzzTestInputs/decode"), samples.bundles());
        write(folder.resolve("DocumentFuzzTestInputs/decode"), samples.documents());
        write(folder.resolve("BlackboardFuzzTestInputs/decode"), samples.blackboards());
        write(
                folder.resolve("PeerMessageFuzzTestInputs/decode"),
                PeerMessageCodecTest.golden()
                        .map(golden -> HexFormat.of().parseHex((String) golden.get()[0]))
                        .toList());
        write(
                folder.resolve("DirectFrameFuzzTestInputs/decode"),
                DirectFrameCodecTest.golden()
                        .map(golden -> HexFormat.of().parseHex(((String) golden.get()[0]).substring(8)))
                        .toList());
    }

    private static void write(Path folder, List<byte[]> inputs) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).length < 600) {
                Files.write(folder.resolve(String.format(Locale.ROOT, "sample-%02d", i)), inputs.get(i));
            }
        }
    }
}

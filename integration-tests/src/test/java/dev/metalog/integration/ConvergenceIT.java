package dev.metalog.integration;

import static dev.metalog.integration.Editors.emacs;
import static dev.metalog.integration.Editors.headless;
import static dev.metalog.integration.Editors.vsCode;

import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two editors, 500 random edits a side at the same time, one text in the end. {@code -Dseed=N} plays the first run's seed
 * again, {@code -Dpairs.runs=N} plays N runs with every pair.
 */
final class ConvergenceIT {
    private static final int HEADLESS_RUNS = Integer.getInteger("pairs.runs", 2);
    private static final int REAL_EDITOR_RUNS = Integer.getInteger("pairs.runs", 2);
    private static final long SEED = Long.getLong("seed", System.currentTimeMillis() % 1_000_000_000);

    @RegisterExtension
    private final Rig rig = new Rig();

    static Stream<Arguments> headlessPairs() {
        return Stream.of(
                Arguments.of("utf-16 and utf-8", headless(), headless("--encoding", "utf-8")),
                Arguments.of("utf-32 and utf-16", headless("--encoding", "utf-32"), headless()),
                Arguments.of("utf-8 and utf-32", headless("--encoding", "utf-8"), headless("--encoding", "utf-32")),
                Arguments.of("stock that lags", headless("--stock", "--lag-millis", "30"), headless()),
                Arguments.of(
                        "stock in utf-8 that lags much",
                        headless(),
                        headless("--stock", "--lag-millis", "300", "--encoding", "utf-8")),
                Arguments.of("whole texts", headless("--full-sync"), headless()),
                Arguments.of(
                        "stock with whole texts that lags",
                        headless("--stock", "--full-sync", "--lag-millis", "50"),
                        headless("--encoding", "utf-32")),
                Arguments.of("as Neovim", headless("--stock", "--claims-applied", "--encoding", "utf-8"), headless()),
                Arguments.of(
                        "as Neovim, lagging, both",
                        headless("--stock", "--claims-applied", "--lag-millis", "40"),
                        headless("--stock", "--claims-applied", "--lag-millis", "70", "--encoding", "utf-32")),
                Arguments.of(
                        "stock, lagging, both",
                        headless("--stock", "--lag-millis", "20"),
                        headless("--stock", "--lag-millis", "90")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("headlessPairs")
    void headlessEditors(String name, Editors.Kind one, Editors.Kind other) throws Exception {
        play(name, HEADLESS_RUNS, Pair.start(rig, EmbeddedBroker.start(rig).url(), one, other));
    }

    static Stream<Arguments> realEditors() {
        return Stream.of(
                Arguments.of("Emacs and headless", emacs("emacs"), headless("--stock", "--lag-millis", "20")),
                Arguments.of("Emacs and Emacs 30", emacs("emacs"), emacs("emacs30")),
                Arguments.of("Emacs and VS Code", emacs("emacs"), vsCode()),
                Arguments.of("VS Code and headless", vsCode(), headless("--encoding", "utf-32")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("realEditors")
    void realEditors(String name, Editors.Kind one, Editors.Kind other) throws Exception {
        play(name, REAL_EDITOR_RUNS, Pair.start(rig, EmbeddedBroker.start(rig).url(), one, other));
    }

    private static void play(String name, int runs, Pair pair) throws Exception {
        for (int run = 0; run < runs; run++) {
            long seed = SEED + run;
            long beganNanos = System.nanoTime();
            System.out.printf("%s, run %d of %d: seed %d%n", name, run + 1, runs, seed);
            pair.share("shared-" + run + ".canvasl");
            pair.typeAndConverge(seed);
            pair.close();
            System.out.printf("    converged after %.1f s%n", (System.nanoTime() - beganNanos) / 1e9);
        }
    }
}

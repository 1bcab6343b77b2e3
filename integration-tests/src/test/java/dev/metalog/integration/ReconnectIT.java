package dev.metalog.integration;

import static dev.metalog.integration.Editors.emacs;
import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is killed while people type comes back, with every key once. {@code -Dseed=N} plays a seed again. */
final class ReconnectIT {
    private static final int KEYS = 300;
    private static final long SEED = Long.getLong("seed", System.currentTimeMillis() % 1_000_000_000);

    @RegisterExtension
    private final Rig rig = new Rig();

    static Stream<Arguments> editors() {
        return Stream.of(
                Arguments.of("headless", headless()),
                Arguments.of("headless, stock, lagging", headless("--stock", "--lag-millis", "30")),
                Arguments.of("Emacs", emacs("emacs")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("editors")
    void theBroker(String name, Editors.Kind kind) throws Exception {
        Mosquitto broker = Mosquitto.open(rig);
        Pair pair = Pair.start(rig, broker.url(), kind, headless());
        pair.share("plan.txt", "begun\n");
        typeWhile(pair, () -> {
            broker.kill();
            pair.second().event("connection", Events.state("disconnected"));
            broker.start();
        });
    }

    /** The editor stays, types on, and starts another sidecar, which finds what it lacks in its log, in the buffer and at peers. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("editors")
    void aSidecar(String name, Editors.Kind kind) throws Exception {
        Pair pair = Pair.start(rig, EmbeddedBroker.start(rig).url(), kind, headless());
        pair.share("plan.txt", "begun\n");
        typeWhile(pair, () -> {
            Sidecars.kill(Sidecars.firstOf(pair.first().seat()));
            pair.first().event("sidecarEnded", event -> true);
        });
    }

    private interface Fault {
        void happen() throws Exception;
    }

    private void typeWhile(Pair pair, Fault fault) throws Exception {
        System.out.println("seed " + SEED);
        RandomTyping ones = new RandomTyping(pair.first(), SEED, 0);
        RandomTyping others = new RandomTyping(pair.second(), SEED, 1);
        StringBuilder typed = new StringBuilder();
        // The fault comes after the first keys, and keys go on being typed until after it.
        typed.append(ones.insert(KEYS / 3)).append(others.insert(KEYS / 3));
        Pair.atOnce(
                () -> {
                    fault.happen();
                    return true;
                },
                () -> {
                    typed.append(ones.insert(KEYS)).append(others.insert(KEYS));
                    return true;
                });
        typed.append(ones.insert(KEYS / 3)).append(others.insert(KEYS / 3));
        pair.meet();
        Driven.assertConverged(pair.first(), pair.second());
        String text = pair.first().text();
        List<Integer> keys =
                text.codePoints().filter(RandomTyping::isSign).boxed().toList();
        assertThat(keys)
                .as("every key once (seed %d)", SEED)
                .containsExactlyInAnyOrderElementsOf(typed.codePoints().boxed().toList());
    }
}

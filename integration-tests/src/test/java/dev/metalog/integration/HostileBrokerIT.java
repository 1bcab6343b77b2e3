package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broker that loses, repeats, reorders, forgets and hangs up costs time and no key. {@code -Dseed=N} plays a seed again. */
final class HostileBrokerIT {
    private static final int ROUNDS = 6;
    private static final int KEYS = 100;
    private static final long SEED = Long.getLong("seed", System.currentTimeMillis() % 1_000_000_000);

    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void everyKeyIsThereOnce() throws Exception {
        System.out.println("seed " + SEED);
        HostileProxy broker = rig.keep(new HostileProxy(Mosquitto.open(rig).port(), SEED));
        Pair pair = Pair.start(
                seat("ada", broker),
                seat("ben", broker),
                seat -> rig.keep(headless().start(seat)));
        pair.share("plan.txt", "begun\n");
        RandomTyping ones = new RandomTyping(pair.first(), SEED, 0);
        RandomTyping others = new RandomTyping(pair.second(), SEED, 1);
        StringBuilder typed = new StringBuilder();
        for (int round = 0; round < ROUNDS; round++) {
            typed.append(ones.insert(KEYS)).append(others.insert(KEYS));
        }
        pair.meet();
        Driven.assertConverged(pair.first(), pair.second());
        List<Integer> keys = pair.first()
                .text()
                .codePoints()
                .filter(RandomTyping::isSign)
                .boxed()
                .toList();
        assertThat(keys)
                .as("every key once (seed %d)", SEED)
                .containsExactlyInAnyOrderElementsOf(typed.codePoints().boxed().toList());
        assertThat(List.of(
                        broker.forgotten.get(),
                        broker.lost.get(),
                        broker.repeated.get(),
                        broker.overtaken.get(),
                        broker.hungUp.get()))
                .as("it was as bad as it should be (seed %d)", SEED)
                .allMatch(times -> times > 0);
    }

    /** Without direct links, so that the broker carries everything. */
    private Seat seat(String name, HostileProxy broker) throws IOException {
        return rig.seat(name, broker.url()).with("META_LOG_DIRECT", "off");
    }
}

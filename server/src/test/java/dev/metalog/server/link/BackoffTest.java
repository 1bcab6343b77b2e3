package dev.metalog.server.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void doublesUpToAMinuteWithinThirtyPercent() {
        long seed = Long.getLong("seed", System.nanoTime());
        Backoff backoff = new Backoff(new Random(seed), LinkLimits.BACKOFF_FIRST, LinkLimits.BACKOFF_LONGEST);
        for (int round = 0; round < 3; round++) {
            double expected = 250;
            List<Long> pauses = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                long pause = backoff.next().toMillis();
                pauses.add(pause);
                assertThat(pause)
                        .as("seed %s: %s", seed, pauses)
                        .isBetween((long) (expected * 0.7) - 1, (long) (expected * 1.3) + 1);
                expected = Math.min(60_000, 2 * expected);
            }
            backoff.reset();
        }
    }
}

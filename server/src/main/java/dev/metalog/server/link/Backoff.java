package dev.metalog.server.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Pauses that double from one attempt to the next, spread by ±30 % so that peers do not all come back at once. */
final class Backoff {
    private static final double SPREAD = 0.3;

    private final RandomGenerator random;
    private Duration next = LinkLimits.BACKOFF_FIRST;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    Duration next() {
        double factor = 1 - SPREAD + 2 * SPREAD * random.nextDouble();
        Duration pause = Duration.ofMillis(Math.round(next.toMillis() * factor));
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(LinkLimits.BACKOFF_LONGEST) > 0 ? LinkLimits.BACKOFF_LONGEST : doubled;
        return pause;
    }

    void reset() {
        next = LinkLimits.BACKOFF_FIRST;
    }
}

package dev.metalog.server.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Pauses that double from one attempt to the next, spread by ±30 % so that peers do not all come back at once. */
public final class Backoff {
    private static final double SPREAD = 0.3;

    private final RandomGenerator random;
    private final Duration first;
    private final Duration longest;
    private Duration next;

    public Backoff(RandomGenerator random, Duration first, Duration longest) {
        this.random = random;
        this.first = first;
        this.longest = longest;
        next = first;
    }

    public Duration next() {
        double factor = 1 - SPREAD + 2 * SPREAD * random.nextDouble();
        Duration pause = Duration.ofMillis(Math.round(next.toMillis() * factor));
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(longest) > 0 ? longest : doubled;
        return pause;
    }

    public void reset() {
        next = first;
    }
}

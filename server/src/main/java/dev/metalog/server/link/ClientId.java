package dev.metalog.server.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Under which name a link goes to its broker. A broker ends a connection when another comes with its name, so two clients of one
 * name would throw each other out for ever: a link that is thrown out twice in a short time goes under another. Otherwise it
 * keeps the name, as a new connection then ends one that the broker believes to be there still. Of the link's thread.
 */
final class ClientId {
    /** Losses within this time are no accident. */
    static final Duration SHORT = Duration.ofMinutes(1);

    private static final int DIGITS = 20;

    private final RandomGenerator random;
    private volatile String value;
    private boolean lostBefore;
    private long lostAtNanos;

    ClientId(RandomGenerator random) {
        this.random = random;
        value = draw();
    }

    private String draw() {
        StringBuilder id = new StringBuilder("ml-");
        for (int i = 0; i < DIGITS; i++) {
            id.append(Character.forDigit(random.nextInt(16), 16));
        }
        return id.toString();
    }

    /** Any thread. */
    String value() {
        return value;
    }

    /** A connection that was up has ended, and not by our doing. */
    void lost(long nowNanos) {
        if (lostBefore && nowNanos - lostAtNanos < SHORT.toNanos()) {
            value = draw();
        }
        lostBefore = true;
        lostAtNanos = nowNanos;
    }
}

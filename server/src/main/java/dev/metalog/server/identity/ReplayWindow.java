package dev.metalog.server.identity;

/**
 * Which counters of one sender were seen: a window that slides with the highest one, as in RFC 6479. Counters below the
 * window count as seen, so memory is fixed and nothing is ever accepted twice; {@value #WIDTH} is far more than links
 * that race each other, or a reconnection that sends again, put out of order.
 */
final class ReplayWindow {
    static final int WIDTH = 1_024;

    private final long[] seen = new long[WIDTH / Long.SIZE];
    /** The highest counter seen, or -1. */
    private long highest = -1;

    boolean isNew(long counter) {
        if (counter > highest) {
            return true;
        }
        return counter > highest - WIDTH && (seen[word(counter)] & bit(counter)) == 0;
    }

    /** Marks a counter for which {@link #isNew} holds. */
    void mark(long counter) {
        if (counter > highest) {
            forget(highest + 1, counter);
            highest = counter;
        }
        seen[word(counter)] |= bit(counter);
    }

    /** Clears the places that counters of {@code from..to} take over from counters one window older. */
    private void forget(long from, long to) {
        if (to - from >= WIDTH) {
            java.util.Arrays.fill(seen, 0);
            return;
        }
        for (long counter = from; counter <= to; counter++) {
            seen[word(counter)] &= ~bit(counter);
        }
    }

    private static int word(long counter) {
        return (int) (counter / Long.SIZE % (WIDTH / Long.SIZE));
    }

    private static long bit(long counter) {
        return 1L << (counter % Long.SIZE);
    }
}

package dev.metalog.server.identity;

import java.util.Arrays;

/**
 * Which counters of one sender were seen: a window that slides with the highest one, as in RFC 6479. Counters below the
 * window are not new, so memory is fixed; {@value #WIDTH} is far more than links that race each other, or a reconnection that
 * sends again, put out of order.
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

    /** Whether it lies behind the window, so that nobody can tell. */
    boolean isBehind(long counter) {
        return counter <= highest - WIDTH;
    }

    /** Marks a counter for which {@link #isNew} holds. */
    void mark(long counter) {
        if (counter > highest) {
            makeRoomUpTo(counter);
            highest = counter;
        }
        seen[word(counter)] |= bit(counter);
    }

    /** Clears the places that the counters after the highest, up to this one, take over from ones a window older. */
    private void makeRoomUpTo(long counter) {
        long steps = counter - highest;
        if (steps >= WIDTH || steps < 0) {
            Arrays.fill(seen, 0);
            return;
        }
        // Counted in steps: a counter may be the largest long, and a loop over counters would run past it for ever.
        for (long step = 1; step <= steps; step++) {
            seen[word(highest + step)] &= ~bit(highest + step);
        }
    }

    private static int word(long counter) {
        return (int) (counter / Long.SIZE % (WIDTH / Long.SIZE));
    }

    private static long bit(long counter) {
        return 1L << (counter % Long.SIZE);
    }
}

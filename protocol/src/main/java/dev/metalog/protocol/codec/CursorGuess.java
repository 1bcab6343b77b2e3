package dev.metalog.protocol.codec;

import java.util.Arrays;

/**
 * Guesses where a run is, so that only the difference has to be written: at the cursor which the run before left, or, when
 * the run does not follow that one, at the cursor which its own writer left.
 */
final class CursorGuess {
    private static final int NONE = -1;

    private final int[] cursors;
    private int last;

    CursorGuess(int writers) {
        cursors = new int[writers];
        Arrays.fill(cursors, NONE);
    }

    int before(int writer, boolean follows) {
        return follows || cursors[writer] == NONE ? last : cursors[writer];
    }

    void after(int writer, int cursor) {
        last = cursor;
        cursors[writer] = cursor;
    }
}

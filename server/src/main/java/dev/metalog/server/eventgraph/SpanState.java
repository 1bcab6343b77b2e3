package dev.metalog.server.eventgraph;

/**
 * What is known of a span in the two versions of a {@link Tracker}, in one int: bit 0 says whether it is gone in the
 * effect version; the rest is its state in the prepare version, one higher so that it is never negative: 0 not inserted
 * yet, 1 there, n + 1 deleted by n events.
 */
final class SpanState {
    /** Inserted in both versions and deleted in neither. */
    static final int THERE = 2;

    private static final int GONE = 1;
    private static final int STEP = 2;

    private SpanState() {}

    static boolean isNotYet(int state) {
        return state < STEP;
    }

    static boolean isGone(int state) {
        return (state & GONE) != 0;
    }

    /** The state once one more event has inserted (+1) or deleted (+1) the span, or that was taken back (-1). */
    static int moved(int state, int delta) {
        return state + delta * STEP;
    }

    /** The state of a span that is there, deleted in both versions. */
    static int deleted(int state) {
        return (state + STEP) | GONE;
    }

    /** As if it were not inserted yet in the prepare version. */
    static int hidden(int state) {
        return state & GONE;
    }

    /** The units that the prepare version shows of so many. */
    static int prepared(int state, int length) {
        return state >> 1 == 1 ? length : 0;
    }

    static int effective(int state, int length) {
        return isGone(state) ? 0 : length;
    }

    static int differing(int state, int length) {
        return (state >> 1 == 1) == isGone(state) ? length : 0;
    }
}

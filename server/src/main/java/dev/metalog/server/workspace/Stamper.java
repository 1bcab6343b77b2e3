package dev.metalog.server.workspace;

import dev.metalog.protocol.Limits;

/** The times that signed statements say: each later than the one before, as what is not later looks like a repetition. */
final class Stamper {
    private final Timeline time;
    private long lastMillis;

    Stamper(Timeline time) {
        this.time = time;
    }

    /** What the clock says, or a little more. */
    long nextMillis() {
        // After a clock that went far ahead, others refuse everything until it is right again: so is what we count
        // from.
        boolean wasAhead = lastMillis - time.wallMillis() > Limits.ANNOUNCEMENT_SKEW_MILLIS;
        lastMillis = wasAhead ? time.wallMillis() : Math.max(time.wallMillis(), lastMillis + 1);
        return lastMillis;
    }
}

package dev.metalog.server.workspace;

import dev.metalog.server.peers.Moment;

/**
 * Time that only goes forward, made of a clock that may not: a person sets it, or the network corrects it by years. What is
 * waited for is measured here; what others are told the time of is taken from the clock.
 */
final class Timeline {
    /** More than this at once was no waiting: the clock was set, or the machine slept. */
    static final long LONGEST_STEP_MILLIS = 60 * 60_000;

    private long wallMillis;
    private long elapsedMillis;

    /** To be called before anything else, with the clock's time, at which the timeline begins. */
    void start(long nowWallMillis) {
        wallMillis = nowWallMillis;
        elapsedMillis = nowWallMillis;
    }

    /** The clock says this now. */
    void tick(long nowWallMillis) {
        long step = nowWallMillis - wallMillis;
        wallMillis = nowWallMillis;
        elapsedMillis += Math.max(0, Math.min(LONGEST_STEP_MILLIS, step));
    }

    /** Now, both on the timeline and by the clock. */
    Moment moment() {
        return new Moment(elapsedMillis, wallMillis);
    }

    /** What the clock says. */
    long wallMillis() {
        return wallMillis;
    }

    /** Where the timeline is when the clock says this, unless somebody sets the clock before. */
    long whenClockSays(long laterWallMillis) {
        long wait = laterWallMillis - wallMillis;
        boolean isNever = laterWallMillis == Long.MAX_VALUE || wait > Long.MAX_VALUE - elapsedMillis;
        return isNever ? Long.MAX_VALUE : elapsedMillis + wait;
    }

    /** How far the timeline is; to be compared with itself alone. */
    long millis() {
        return elapsedMillis;
    }
}

package dev.metalog.server.reach;

/**
 * When our beacon is shown: at once, after 1, 2, 4 … s, and then every {@value #LONGEST_MILLIS} ms, for as long as somebody is missing
 * whom it may bring; and not at all while everybody is linked.
 */
public final class BeaconTimes {
    static final long FIRST_MILLIS = 1_000;
    static final long LONGEST_MILLIS = 300_000;

    private long shownAtMillis = -FIRST_MILLIS;
    private long nextAtMillis = Long.MAX_VALUE;
    private long pauseMillis;

    /** It is another beacon now, or somebody is missing all of a sudden. Never twice within a second. */
    public void begin(long nowMillis) {
        nextAtMillis = Math.max(nowMillis, shownAtMillis + FIRST_MILLIS);
        pauseMillis = FIRST_MILLIS;
    }

    /** Somebody turned up who may not have seen ours, and whom we may not reach. */
    public void answer(long nowMillis) {
        if (isOn()) {
            nextAtMillis = Math.min(nextAtMillis, Math.max(nowMillis, shownAtMillis + FIRST_MILLIS));
        }
    }

    /** Nobody is to see it. */
    public void end() {
        nextAtMillis = Long.MAX_VALUE;
    }

    public boolean isOn() {
        return nextAtMillis != Long.MAX_VALUE;
    }

    /** Whether it is to be shown now; it counts as shown then. */
    public boolean isDue(long nowMillis) {
        if (nowMillis < nextAtMillis) {
            return false;
        }
        shownAtMillis = nowMillis;
        nextAtMillis = nowMillis + pauseMillis;
        pauseMillis = Math.min(LONGEST_MILLIS, 2 * pauseMillis);
        return true;
    }

    /** {@link Long#MAX_VALUE}: never. */
    public long nextAtMillis() {
        return nextAtMillis;
    }
}

package dev.metalog.server.identity;

/** How many signatures may be checked: so many at once, and so many a second when those are used up. */
final class CheckBudget {
    private final int perSecond;
    private final int atOnce;
    private double left;
    private long countedAtMillis;

    CheckBudget(int perSecond, int atOnce) {
        this.perSecond = perSecond;
        this.atOnce = atOnce;
        this.left = atOnce;
    }

    /** Whether one more signature may be checked. A clock that is set back earns nothing by that, and loses nothing. */
    boolean take(long nowMillis) {
        long passedMillis = Math.max(0, nowMillis - countedAtMillis);
        countedAtMillis = nowMillis;
        left = Math.min(atOnce, left + passedMillis * perSecond / 1_000.0);
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}

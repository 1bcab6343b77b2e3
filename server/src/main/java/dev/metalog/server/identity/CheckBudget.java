package dev.metalog.server.identity;

/** How much may be done for strangers: so much at once, and so much a second when that is used up. */
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

    /** Whether one more signature may be checked. */
    boolean take(long nowMillis) {
        return take(1, nowMillis);
    }

    /** Whether there is so much left; then it is taken. A clock that is set back earns nothing by that, and loses nothing. */
    boolean take(int amount, long nowMillis) {
        long passedMillis = Math.max(0, nowMillis - countedAtMillis);
        countedAtMillis = nowMillis;
        left = Math.min(atOnce, left + passedMillis * perSecond / 1_000.0);
        if (left < amount) {
            return false;
        }
        left -= amount;
        return true;
    }
}

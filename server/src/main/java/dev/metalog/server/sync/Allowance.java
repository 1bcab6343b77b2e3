package dev.metalog.server.sync;

/** How much one may do: so much at once, and so much a second when that is used up. */
final class Allowance {
    private final int perSecond;
    private final int atOnce;
    private double left;
    private long countedAtMillis;

    Allowance(int perSecond, int atOnce, long nowMillis) {
        this.perSecond = perSecond;
        this.atOnce = atOnce;
        this.left = atOnce;
        this.countedAtMillis = nowMillis;
    }

    /** Whether there is so much left; then it is taken. */
    boolean take(int amount, long nowMillis) {
        long passedMillis = Math.max(0, nowMillis - countedAtMillis);
        countedAtMillis = nowMillis;
        left = Math.min(atOnce, left + passedMillis * (double) perSecond / 1_000);
        if (left < amount) {
            return false;
        }
        left -= amount;
        return true;
    }
}

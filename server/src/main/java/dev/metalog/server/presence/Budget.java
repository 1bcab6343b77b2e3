package dev.metalog.server.presence;

import dev.metalog.protocol.Limits;

/**
 * How much of one peer is heard: {@value Limits#PRESENCE_A_SECOND} messages a second, and as many as two seconds have when
 * they come late and all at once. What is beyond is dropped; whoever says no more than it may says it again soon.
 */
final class Budget {
    private static final int MOST = 2 * Limits.PRESENCE_A_SECOND;
    private static final long ONE_MILLIS = 1_000 / Limits.PRESENCE_A_SECOND;

    private long left = MOST;
    private long countedAtMillis;

    Budget(long nowMillis) {
        countedAtMillis = nowMillis;
    }

    boolean take(long nowMillis) {
        long earned = (nowMillis - countedAtMillis) / ONE_MILLIS;
        left = Math.min(MOST, left + earned);
        countedAtMillis += earned * ONE_MILLIS;
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}

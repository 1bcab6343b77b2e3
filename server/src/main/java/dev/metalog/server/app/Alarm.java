package dev.metalog.server.app;

/** When the conductor wants to be woken. Used by the loop thread alone. */
final class Alarm {
    private long atMillis = Long.MAX_VALUE;

    void set(long millis) {
        atMillis = millis;
    }

    void clear() {
        atMillis = Long.MAX_VALUE;
    }

    /** 0 when the time has come. */
    long waitMillis(long nowMillis) {
        return atMillis == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, atMillis - nowMillis);
    }
}

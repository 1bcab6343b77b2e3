package dev.metalog.server.app;

import java.util.concurrent.TimeUnit;

/** When the conductor wants to be woken, by a clock that nobody sets. Used by the loop thread alone. */
final class Alarm {
    private boolean set;
    private long atNanos;

    void set(long delayMillis) {
        set = delayMillis < Long.MAX_VALUE;
        atNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
    }

    void clear() {
        set = false;
    }

    /** 0 when the time has come. */
    long waitMillis() {
        // Rounded up: a wait of less than a millisecond would be none, again and again.
        return set ? Math.max(0, TimeUnit.NANOSECONDS.toMillis(atNanos - System.nanoTime() + 999_999)) : Long.MAX_VALUE;
    }
}

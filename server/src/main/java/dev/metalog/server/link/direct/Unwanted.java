package dev.metalog.server.link.direct;

import dev.metalog.server.link.LinkLimits;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Messages of one link on topics that we do not want. A few come whenever a topic is given up; they are dropped.
 *
 * <p>Overflow rule: more than {@link LinkLimits#DIRECT_UNWANTED_A_MINUTE} end the link.
 */
final class Unwanted {
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong all = new AtomicLong();
    private long minuteSinceNanos;
    private int thisMinute;

    /** One more. Whether that is too many. On the network's thread. */
    boolean isTooMany(long nowNanos) {
        all.incrementAndGet();
        if (thisMinute == 0 || nowNanos - minuteSinceNanos >= MINUTE_NANOS) {
            minuteSinceNanos = nowNanos;
            thisMinute = 0;
        }
        thisMinute++;
        return thisMinute > LinkLimits.DIRECT_UNWANTED_A_MINUTE;
    }

    /** Any thread. */
    long all() {
        return all.get();
    }
}

package dev.metalog.server.link.direct;

import dev.metalog.protocol.DirectFrame;
import dev.metalog.server.link.LinkLimits;
import java.util.concurrent.TimeUnit;

/** Whether the other end of a link still lives, and how far away it is. Of the network's thread. */
final class Pulse {
    private final DirectTimes times;
    private long lastHeardNanos;
    private long lastPingNanos;
    private volatile long roundTripMicros = -1;

    Pulse(DirectTimes times) {
        this.times = times;
    }

    /** A whole frame came; half a frame, byte by byte, is no sign of life. */
    void heard(long nowNanos) {
        lastHeardNanos = nowNanos;
    }

    boolean isDead(long nowNanos) {
        return nowNanos - lastHeardNanos >= times.dead().toNanos();
    }

    boolean isPingDue(long nowNanos) {
        return nowNanos - lastPingNanos >= times.ping().toNanos();
    }

    /** Whether something was heard that must have been said after this. */
    boolean isHeardSince(long nanos) {
        long roundTripNanos = TimeUnit.MICROSECONDS.toNanos(Math.max(0, roundTripMicros));
        return lastHeardNanos - nanos > roundTripNanos + LinkLimits.DIRECT_PROOF_MARGIN.toNanos();
    }

    boolean isPingedSince(long nanos) {
        return lastPingNanos - nanos > 0;
    }

    DirectFrame.Ping ping(long nowNanos) {
        lastPingNanos = nowNanos;
        return new DirectFrame.Ping(nowNanos);
    }

    /** An answer to another ping than the last says nothing. */
    void answered(DirectFrame.Pong pong, long nowNanos) {
        if (pong.number() == lastPingNanos) {
            roundTripMicros = TimeUnit.NANOSECONDS.toMicros(nowNanos - lastPingNanos);
        }
    }

    /** Below 0 before the first answer. Any thread. */
    long roundTripMicros() {
        return roundTripMicros;
    }
}

package dev.metalog.server.link.lan;

import dev.metalog.server.link.LinkLimits;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets through what was not seen a moment ago, and not too much of it. Of one thread, but for {@link #tally}.
 *
 * <p>Overflow rules: of more than {@link LinkLimits#LAN_BEACONS_A_SECOND} in a second the last are dropped, as whoever shows one
 * shows it again; of more than {@link LinkLimits#LAN_BEACONS_REMEMBERED} that are remembered the oldest is forgotten.
 */
final class Sieve {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Map<ByteBuffer, Long> remembered = new LinkedHashMap<>();
    private long secondSinceNanos;
    private boolean begun;
    private int inThisSecond;
    private int most;
    private long dropped;

    /** Whether one more packet may be read at all. */
    synchronized boolean takes(long nowNanos) {
        if (!begun || nowNanos - secondSinceNanos >= SECOND_NANOS) {
            begun = true;
            secondSinceNanos = nowNanos;
            inThisSecond = 0;
        }
        if (inThisSecond >= LinkLimits.LAN_BEACONS_A_SECOND) {
            dropped++;
            return false;
        }
        inThisSecond++;
        most = Math.max(most, inThisSecond);
        return true;
    }

    /** Whether it was not passed on a moment ago; it counts as passed on then. */
    boolean isNew(byte[] beacon, long nowNanos) {
        ByteBuffer key = ByteBuffer.wrap(beacon);
        Long last = remembered.get(key);
        if (last != null && nowNanos - last < LinkLimits.LAN_BEACON_AGAIN.toNanos()) {
            return false;
        }
        remembered.remove(key);
        remembered.put(key, nowNanos);
        if (remembered.size() > LinkLimits.LAN_BEACONS_REMEMBERED) {
            remembered.remove(remembered.keySet().iterator().next());
        }
        return true;
    }

    int remembered() {
        return remembered.size();
    }

    synchronized BeaconTally tally() {
        return new BeaconTally(inThisSecond, most, dropped);
    }
}

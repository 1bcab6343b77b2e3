package dev.metalog.editorclients.rig;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/** Measured times, kept up to a number that is known before; further ones are not kept. For several threads. */
public final class Latencies {
    private final AtomicLongArray nanos;
    private final AtomicInteger count = new AtomicInteger();

    public Latencies(int most) {
        nanos = new AtomicLongArray(most);
    }

    public void add(long tookNanos) {
        int slot = count.getAndIncrement();
        if (slot < nanos.length()) {
            nanos.set(slot, tookNanos);
        }
    }

    /** Adds all of these to others. */
    public void copyTo(Latencies others) {
        for (int i = 0; i < count(); i++) {
            others.add(nanos.get(i));
        }
    }

    public int count() {
        return Math.min(count.get(), nanos.length());
    }

    /**
     * The time that this share of the measurements did not exceed (nearest rank).
     *
     * @param percent above 0, at most 100
     * @return milliseconds, to the microsecond; NaN when nothing was measured
     */
    public double percentileMillis(double percent) {
        int measured = count();
        if (measured == 0) {
            return Double.NaN;
        }
        long[] sorted = new long[measured];
        Arrays.setAll(sorted, nanos::get);
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(percent / 100 * measured);
        return Math.round(sorted[Math.max(rank, 1) - 1] / 1e3) / 1e3;
    }
}

package dev.metalog.server.trace.bench;

import java.util.concurrent.Callable;

/** How much of the heap something occupies once all that was only needed to make it is gone. */
final class Heap {
    /** So many at once that what else happens on the heap is little beside them. */
    private static final int COPIES = 24;

    private static final int COLLECTIONS = 8;

    private Heap() {}

    static double bytesOf(Callable<?> maker) throws Exception {
        Object[] copies = new Object[COPIES];
        // What the first one loads stays for the others.
        copies[0] = maker.call();
        long before = usedBytes();
        for (int i = 0; i < COPIES; i++) {
            copies[i] = maker.call();
        }
        // The first has been replaced, so there is one for each.
        double bytes = (double) (usedBytes() - before) / (COPIES - 1);
        if (copies[COPIES - 1] == null) {
            throw new IllegalStateException("Nothing was made.");
        }
        return bytes;
    }

    /** What is in use: collectors leave some of what is dead where it is, but not every time. */
    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}

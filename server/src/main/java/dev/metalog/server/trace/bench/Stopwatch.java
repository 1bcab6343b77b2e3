package dev.metalog.server.trace.bench;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Measures what a piece of work in this thread takes: the time on the clock, or, where that is more because others had
 * the processor, the thread's processor time and the collections' time. The peers' script does the same with the
 * processor time of its process.
 */
final class Stopwatch {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final long collectionMillis = collectionMillis();
    private final long processorNanos = THREADS.getCurrentThreadCpuTime();
    private final long nanos = System.nanoTime();

    private Stopwatch() {}

    static Stopwatch start() {
        return new Stopwatch();
    }

    double millis() {
        double wall = (System.nanoTime() - nanos) / 1e6;
        double processor = (THREADS.getCurrentThreadCpuTime() - processorNanos) / 1e6;
        return Math.min(wall, processor + collectionMillis() - collectionMillis);
    }

    private static long collectionMillis() {
        long millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            millis += Math.max(0, collector.getCollectionTime());
        }
        return millis;
    }
}

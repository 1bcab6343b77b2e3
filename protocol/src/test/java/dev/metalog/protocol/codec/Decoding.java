package dev.metalog.protocol.codec;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Measures what decoding one hostile input takes, and fails if it is more than was promised for 64 KiB. */
final class Decoding {
    static final int INPUT_BYTES = 64 << 10;
    static final long MOST_NANOS = 250_000_000;
    static final long MOST_BYTES = 8 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Decoding() {}

    /** Decodes, and may throw nothing. */
    interface Attempt {
        void run();
    }

    /**
     * Runs the attempt within the bounds. Memory is all that this thread asked for, garbage included, and time is its own
     * processor time, so that a busy machine does not count.
     */
    static void bounded(byte[] input, Attempt attempt) {
        if (input.length > INPUT_BYTES) {
            return;
        }
        long thread = Thread.currentThread().getId();
        long bytesBefore = THREADS.getThreadAllocatedBytes(thread);
        long nanosBefore = THREADS.getCurrentThreadCpuTime();
        attempt.run();
        long nanos = THREADS.getCurrentThreadCpuTime() - nanosBefore;
        long bytes = THREADS.getThreadAllocatedBytes(thread) - bytesBefore;
        if (nanos > MOST_NANOS || bytes > MOST_BYTES) {
            throw new AssertionError(
                    input.length + " bytes of input took " + nanos / 1_000 + " µs and " + bytes + " bytes.");
        }
    }
}

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
     * processor time, so that a busy machine does not count. The first attempt of all may load classes, so one that takes
     * too much is tried again.
     */
    static void bounded(byte[] input, Attempt attempt) {
        if (input.length <= INPUT_BYTES && !isBounded(attempt) && !isBounded(attempt)) {
            throw new AssertionError(input.length + " bytes of input took more than " + MOST_NANOS / 1_000_000
                    + " ms or " + MOST_BYTES + " bytes.");
        }
    }

    private static boolean isBounded(Attempt attempt) {
        long thread = Thread.currentThread().getId();
        long bytesBefore = THREADS.getThreadAllocatedBytes(thread);
        long nanosBefore = THREADS.getCurrentThreadCpuTime();
        attempt.run();
        long nanos = THREADS.getCurrentThreadCpuTime() - nanosBefore;
        long bytes = THREADS.getThreadAllocatedBytes(thread) - bytesBefore;
        return nanos <= MOST_NANOS && bytes <= MOST_BYTES;
    }
}

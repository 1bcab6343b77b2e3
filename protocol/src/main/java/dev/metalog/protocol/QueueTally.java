package dev.metalog.protocol;

/** How full a queue was at most, and how often it was full. Thread-safe. */
public final class QueueTally {
    private volatile long most;
    private volatile long overflows;

    /** So much waits. */
    public void reached(long size) {
        if (size > most) {
            raise(size);
        }
    }

    private synchronized void raise(long size) {
        most = Math.max(most, size);
    }

    /** Something more came, and there was no room. */
    public synchronized void overflowed() {
        overflows++;
    }

    public long most() {
        return most;
    }

    public long overflows() {
        return overflows;
    }
}

package dev.metalog.server.store.log;

import dev.metalog.server.store.file.StoreRefused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The thread that makes what was appended survive a power loss: {@value #WINDOW_MILLIS} ms after the first record, or as
 * soon as {@value #WINDOW_BYTES} bytes wait for it. So whoever appends never waits for the disk, and many records cost one
 * visit to it. Logs that the disk did not take something from are tried again every {@value #RETRY_MILLIS} ms.
 */
public final class LogSyncer implements AutoCloseable {
    /** Less than the 50 ms that are promised, since forcing takes its time too. */
    static final long WINDOW_MILLIS = 20;

    static final long WINDOW_BYTES = 256 << 10;
    static final long RETRY_MILLIS = 1_000;

    /** Hears what came of it, on the thread of the syncer. */
    public interface Listener {
        /** A log takes no more records in this run; told once for each. */
        void failed(DocumentLog log, StoreRefused why);

        /** The disk has taken what waited in this log. */
        void caughtUp(DocumentLog log);
    }

    private final Listener listener;
    private final Thread thread = new Thread(this::work, "store-sync");
    private final Set<DocumentLog> failed = new HashSet<>();

    private Set<DocumentLog> appended = new LinkedHashSet<>();
    private final Set<DocumentLog> behind = new LinkedHashSet<>();
    private long bytes;
    private boolean closed;

    public LogSyncer(Listener listener) {
        this.listener = listener;
        thread.setDaemon(true);
        thread.start();
    }

    /** Something was appended to this log. Costs no waiting. */
    public synchronized void appended(DocumentLog log, int recordBytes) {
        bytes += recordBytes;
        if (log.isBehind()) {
            behind.add(log);
        }
        if (appended.add(log) || bytes >= WINDOW_BYTES) {
            notifyAll();
        }
    }

    /** Ends the thread; what it has not forced is forced when its log is closed. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        try {
            while (true) {
                List<DocumentLog> due = take();
                if (due == null) {
                    return;
                }
                due.forEach(this::sync);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until there is something to do. Returns {@code null} at the end. */
    private synchronized List<DocumentLog> take() throws InterruptedException {
        long retryAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS);
        while (appended.isEmpty() && !closed && (behind.isEmpty() || System.nanoTime() < retryAt)) {
            wait(behind.isEmpty() ? 0 : RETRY_MILLIS);
        }
        long windowEnds = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WINDOW_MILLIS);
        long left = windowEnds - System.nanoTime();
        while (!appended.isEmpty() && left > 0 && bytes < WINDOW_BYTES && !closed) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = windowEnds - System.nanoTime();
        }
        if (closed) {
            return null;
        }
        Set<DocumentLog> due = appended;
        due.addAll(behind);
        appended = new LinkedHashSet<>();
        bytes = 0;
        return new ArrayList<>(due);
    }

    private void sync(DocumentLog log) {
        try {
            log.sync();
        } catch (StoreRefused e) {
            if (failed.add(log)) {
                listener.failed(log, e);
            }
            return;
        }
        boolean hasCaughtUp;
        synchronized (this) {
            hasCaughtUp = !log.isBehind() && behind.remove(log);
        }
        if (hasCaughtUp) {
            listener.caughtUp(log);
        }
    }
}

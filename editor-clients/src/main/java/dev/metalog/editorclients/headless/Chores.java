package dev.metalog.editorclients.headless;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One thread for what may not run on the thread that reads from the sidecar: restarts, follow-up requests, idle checks.
 * Work that fails is logged, and the rest goes on.
 */
final class Chores implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Chores.class.getName());

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread created = new Thread(task, "editor-chores");
        created.setDaemon(true);
        return created;
    });

    void now(Runnable work) {
        thread.execute(logged(work));
    }

    void later(Duration delay, Runnable work) {
        ScheduledFuture<?> unused = thread.schedule(logged(work), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    void every(Duration pause, Runnable work) {
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(logged(work), pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private static Runnable logged(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.log(Level.SEVERE, "a chore of the editor failed", e);
            }
        };
    }
}

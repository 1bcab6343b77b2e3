package dev.metalog.server.link.direct;

import dev.metalog.server.link.LinkLimits;
import java.lang.System.Logger.Level;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls the listener, one call after the other, on a thread of its own, so that a listener that blocks holds up no pings.
 *
 * <p>Overflow rule: of one link only so many messages wait here before it is read no further ({@link Link}), and no link comes
 * up while {@link #isFull}; troubles come seldom ({@link RareReports}). So what waits is bounded by the links that are up.
 */
final class Deliveries implements Runnable {
    private static final System.Logger LOGGER = System.getLogger(Deliveries.class.getPackageName());

    private final BlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();
    /** Added, and not called to the end. */
    private final AtomicInteger waiting = new AtomicInteger();

    private boolean over;

    void start() {
        Thread thread = new Thread(this, "meta-log-direct-deliveries");
        thread.setDaemon(true);
        thread.start();
    }

    void add(Runnable call) {
        waiting.incrementAndGet();
        calls.add(call);
    }

    /** Whether everything that was added has been called, so that what comes now may go before what is added after it. */
    boolean isIdle() {
        return waiting.get() == 0;
    }

    int waiting() {
        return waiting.get();
    }

    boolean isFull() {
        return calls.size() >= LinkLimits.DIRECT_UNHEARD;
    }

    /** Ends the thread once everything that waits was called. */
    void end() {
        add(() -> over = true);
    }

    @Override
    public void run() {
        while (!over) {
            try {
                Runnable call = calls.take();
                try {
                    call.run();
                } finally {
                    waiting.decrementAndGet();
                }
            } catch (InterruptedException e) {
                // Whoever interrupted meant the listener's call, which is over.
            } catch (Throwable e) {
                LOGGER.log(Level.ERROR, "A listener of direct links failed; the links go on.", e);
            }
        }
    }
}

package dev.metalog.editorclients.sidecar;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What waits to be sent to one sidecar, sent in order by one thread, each item after its delay.
 *
 * <p>Writing to a process blocks while it does not read. Only this thread may therefore write: an editor that wrote from
 * its own thread would stop answering keys, and one that wrote from the thread that reads would never read the very
 * message that lets the other side go on.
 */
public final class Outbox implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Outbox.class.getName());

    /** One thing to send; {@link #send} runs on the outbox's thread and may block. */
    public interface Item {
        void send();
    }

    private record Due(Item item, long dueNanos) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Due> waiting = new ArrayDeque<>();
    private boolean released;
    private boolean closed;

    public Outbox(String threadName) {
        Thread writer = new Thread(this::run, threadName);
        writer.setDaemon(true);
        writer.start();
    }

    /** Puts an item last; it is sent no earlier than the delay says. */
    public void add(Item item, long delayNanos) {
        lock.lock();
        try {
            if (!closed) {
                waiting.addLast(new Due(item, System.nanoTime() + delayNanos));
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets the newest waiting item take something in, instead of adding another.
     *
     * @param takeIn changes the item and says whether it did; it runs under the outbox's lock
     * @return whether the newest item took it in; false when nothing waits
     */
    public boolean offerToNewest(Predicate<Item> takeIn) {
        lock.lock();
        try {
            return !closed
                    && !waiting.isEmpty()
                    && takeIn.test(waiting.peekLast().item());
        } finally {
            lock.unlock();
        }
    }

    /** Everything that waits now is sent without any further delay. */
    public void release() {
        lock.lock();
        try {
            released = !waiting.isEmpty();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    public int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Drops what waits; nothing more is sent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (Item item = next(); item != null; item = next()) {
                send(item);
            }
        } catch (InterruptedException e) {
            LOG.log(Level.WARNING, "the thread that writes to the sidecar was interrupted", e);
            Thread.currentThread().interrupt();
        }
    }

    private static void send(Item item) {
        try {
            item.send();
        } catch (RuntimeException e) {
            // One message that cannot be sent may not keep back the others; that the stream is gone shows elsewhere.
            LOG.log(Level.WARNING, "a message to the sidecar could not be sent", e);
        }
    }

    private Item next() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                Due first = waiting.peekFirst();
                if (first == null) {
                    released = false;
                    changed.await();
                    continue;
                }
                long left = first.dueNanos() - System.nanoTime();
                if (left <= 0 || released) {
                    return waiting.removeFirst().item();
                }
                changed.awaitNanos(left);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }
}

package dev.metalog.server.app;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.QueueTally;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.server.workspace.Input;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Where shells leave inputs for the loop. Bounded by {@link Limits#MAILBOX_INPUTS}: who finds it full waits, so an editor
 * is no longer read and a broker is no longer acknowledged until the loop has caught up. Nothing is dropped.
 *
 * <p>Whoever empties it must never wait for room in it, and may be asked to: an answer that is there before anybody listens for
 * it is told on the thread that begins to listen, which is the loop's. What the loop posts into a full mailbox stands behind it
 * and moves up as it is emptied.
 */
final class Mailbox {
    private final BlockingQueue<Input> inputs;
    private final Deque<Input> own = new ArrayDeque<>();
    /** What the loop posted while there was no room; as few as the answers it waits for. */
    private final Deque<Input> behind = new ArrayDeque<>();

    private final QueueTally tally = new QueueTally();
    private final int bound;
    private volatile boolean closed;
    /** Whoever took an input last. */
    private volatile Thread loop;

    Mailbox() {
        this(Limits.MAILBOX_INPUTS);
    }

    Mailbox(int most) {
        inputs = new ArrayBlockingQueue<>(most);
        bound = most;
    }

    /** Returns false when nobody will read it any more. */
    boolean post(Input input) {
        boolean waitsBehind = Thread.currentThread() == loop && !behind.isEmpty();
        if (!closed && !waitsBehind && inputs.offer(input)) {
            return true;
        }
        tally.overflowed();
        if (!closed && Thread.currentThread() == loop) {
            behind.add(input);
            return true;
        }
        try {
            while (!closed) {
                if (inputs.offer(input, 100, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** Returns false when it is full or nobody will read it any more; never waits. */
    boolean postAtOnce(Input input) {
        return !closed && inputs.offer(input);
    }

    /** What the loop tells itself. Never waits: the loop is the one who empties the mailbox. Used by the loop alone. */
    void postFromLoop(Input input) {
        own.add(input);
    }

    /** The next input, or {@code null} when none came within the time. */
    Input take(long waitMillis) throws InterruptedException {
        loop = Thread.currentThread();
        if (!own.isEmpty()) {
            return own.poll();
        }
        tally.reached(inputs.size());
        return moveUp(inputs.poll(waitMillis, TimeUnit.MILLISECONDS));
    }

    /** @param taken what made room, or {@code null} */
    private Input moveUp(Input taken) {
        while (!behind.isEmpty() && inputs.offer(behind.peek())) {
            behind.remove();
        }
        return taken;
    }

    /** Used by the loop alone. */
    MetricsMessages.Queue queue() {
        return new MetricsMessages.Queue("inputs", null, inputs.size(), bound, tally.most(), tally.overflows());
    }

    /** The next input, or {@code null} when none is there. */
    Input poll() {
        return own.isEmpty() ? moveUp(inputs.poll()) : own.poll();
    }

    void close() {
        closed = true;
    }
}

package dev.metalog.server.crowd;

import dev.metalog.server.workspace.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The thread that owns the conductors of several light peers. Overflow rule: whoever posts waits until there is room, so a
 * broker is not acknowledged and not read meanwhile, as with the mailbox of a sidecar.
 */
final class Worker implements AutoCloseable {
    private static final int MOST_WAITING = 16_384;
    private static final int MOST_TOGETHER = 64;
    private static final long TICK_MILLIS = 200;

    private record Posted(LightPeer to, Input input) {}

    private final BlockingQueue<Posted> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final List<LightPeer> peers = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    Worker(int number) {
        thread = new Thread(this::run, "crowd-" + number);
        thread.setDaemon(true);
        thread.start();
    }

    /** From any thread. */
    void post(LightPeer to, Input input) {
        try {
            Posted posted = new Posted(to, input);
            while (!closed && !waiting.offer(posted, TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                // Once more, or not if nobody will read it.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Posted> turn = new ArrayList<>();
        long ticksAtNanos = System.nanoTime();
        try {
            while (!closed) {
                Posted first = waiting.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    turn.add(first);
                    waiting.drainTo(turn, MOST_TOGETHER - 1);
                    turn.forEach(this::hand);
                    turn.clear();
                }
                if (System.nanoTime() >= ticksAtNanos) {
                    peers.forEach(LightPeer::wakeIfDue);
                    ticksAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void hand(Posted posted) {
        if (posted.input() == null) {
            peers.add(posted.to());
            posted.to().boot();
        } else {
            posted.to().on(posted.input());
        }
    }

    /** Has a peer begin, on this thread. */
    void begin(LightPeer peer) {
        post(peer, null);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}

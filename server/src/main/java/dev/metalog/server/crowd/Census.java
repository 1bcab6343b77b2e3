package dev.metalog.server.crowd;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Who of a crowd knows how many of the others, and since when all of them; some may not be there to know anybody. Peers are numbers here; any thread may call. */
final class Census {
    private static final long NEVER = 0;

    private final Map<String, Integer> numbers = new HashMap<>();
    /** By peer: how many it knows, and how many know it. */
    private final int[] knows;

    private final int[] knownBy;
    private final boolean[] connected;
    private final boolean[] listens;
    /** Since when it knows all others, and all others know it; {@link #NEVER} while it is not so. */
    private final long[] knowsAllNanos;

    private final long[] knownByAllNanos;
    private int here;
    private int listeners;
    /** Of all of them: how many others each knows. */
    private long known;

    /** @param most how many there will ever be */
    Census(int most) {
        knows = new int[most];
        knownBy = new int[most];
        connected = new boolean[most];
        listens = new boolean[most];
        knowsAllNanos = new long[most];
        knownByAllNanos = new long[most];
    }

    /**
     * There is one more.
     *
     * @param listening whether it is to know the others; if not, only they are to know it
     * @return its number, which counts from 0
     */
    synchronized int comes(String peerId, boolean listening) {
        numbers.put(peerId, here);
        listens[here] = listening;
        listeners += listening ? 1 : 0;
        Arrays.fill(knowsAllNanos, NEVER);
        Arrays.fill(knownByAllNanos, NEVER);
        return here++;
    }

    synchronized void connected(int peer) {
        connected[peer] = true;
        notifyAll();
    }

    synchronized void learned(int peer, String about) {
        Integer other = numbers.get(about);
        if (other == null) {
            // Somebody else uses this broker.
            return;
        }
        long now = System.nanoTime();
        known++;
        if (++knows[peer] == here - 1) {
            knowsAllNanos[peer] = now;
        }
        if (++knownBy[other] == listenersBeside(other)) {
            knownByAllNanos[other] = now;
        }
        notifyAll();
    }

    private int listenersBeside(int peer) {
        return listens[peer] ? listeners - 1 : listeners;
    }

    synchronized void forgot(int peer, String about) {
        Integer other = numbers.get(about);
        if (other != null) {
            known--;
            knows[peer]--;
            knownBy[other]--;
            knowsAllNanos[peer] = NEVER;
            knownByAllNanos[other] = NEVER;
        }
    }

    /** Returns whether everybody is connected, in time. */
    synchronized boolean awaitConnected(Duration within) throws InterruptedException {
        return await(within, () -> {
            for (int peer = 0; peer < here; peer++) {
                if (!connected[peer]) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Returns whether all who listen know everybody, in time. */
    synchronized boolean awaitAll(Duration within) throws InterruptedException {
        return await(within, () -> missing() == 0);
    }

    /** Returns whether one knows all the others and they know it, in time. */
    synchronized boolean await(int peer, Duration within) throws InterruptedException {
        return await(within, () -> knows[peer] == here - 1 && knownBy[peer] == listenersBeside(peer));
    }

    private boolean await(Duration within, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        while (!condition.getAsBoolean()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /** How many pairs of one who should know another are not yet. */
    synchronized long missing() {
        return (long) listeners * (here - 1) - known;
    }

    /** When it came to know the last of the others; to be asked once that is so. */
    synchronized long knowsAllNanos(int peer) {
        return knowsAllNanos[peer];
    }

    /** When the last of the others came to know it; to be asked once that is so. */
    synchronized long knownByAllNanos(int peer) {
        return knownByAllNanos[peer];
    }
}

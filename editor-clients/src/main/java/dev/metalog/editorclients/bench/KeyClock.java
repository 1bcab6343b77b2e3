package dev.metalog.editorclients.bench;

import dev.metalog.editorclients.headless.BufferChange;
import dev.metalog.editorclients.headless.BufferListener;
import dev.metalog.editorclients.headless.HeadlessDocument;
import dev.metalog.editorclients.rig.Latencies;
import dev.metalog.editorclients.text.TextChange;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Types one letter again and again into one buffer and times when each arrives in another. Whoever types in the same document
 * has another letter, so the k-th of a letter that arrives is the k-th that was typed.
 *
 * <p>Both times are read from {@link System#nanoTime} of this process, at the change of each buffer. Keys come at a steady pace;
 * one that comes late because the machine is busy is counted from when it was really typed.
 */
final class KeyClock implements BufferListener, AutoCloseable {
    private final HeadlessDocument from;
    private final HeadlessDocument to;
    private final char letter;
    private final AtomicLongArray typedNanos;
    private final Latencies latencies;
    private final CountDownLatch missing;
    private final AtomicLong lastArrivalNanos = new AtomicLong();
    private final AtomicLong longestSilenceNanos = new AtomicLong();
    private int seen;

    KeyClock(HeadlessDocument from, HeadlessDocument to, char letter, int keys) {
        this.from = from;
        this.to = to;
        this.letter = letter;
        typedNanos = new AtomicLongArray(keys);
        latencies = new Latencies(keys);
        missing = new CountDownLatch(keys);
        to.addListener(this);
    }

    @Override
    public void changed(BufferChange change) {
        for (TextChange one : change.changes()) {
            for (int at = 0; at < one.text().length(); at++) {
                if (one.text().charAt(at) == letter && seen < typedNanos.length()) {
                    latencies.add(change.nanoTime() - typedNanos.get(seen++));
                    long before = lastArrivalNanos.getAndSet(change.nanoTime());
                    long silence = before == 0 ? 0 : change.nanoTime() - before;
                    longestSilenceNanos.accumulateAndGet(silence, Math::max);
                    missing.countDown();
                }
            }
        }
    }

    /** Types all keys at the end of the text. */
    void type(int keysPerSecond) {
        long pauseNanos = TimeUnit.SECONDS.toNanos(1) / keysPerSecond;
        long nextNanos = System.nanoTime();
        for (int key = 0; key < typedNanos.length(); key++) {
            for (long left = nextNanos - System.nanoTime(); left > 0; left = nextNanos - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            int number = key;
            from.changeSeeing(text -> {
                typedNanos.set(number, System.nanoTime());
                return new TextChange(text.length(), 0, String.valueOf(letter));
            });
            nextNanos = Math.max(nextNanos + pauseNanos, System.nanoTime());
        }
    }

    /** @throws IOException when some key did not arrive in time */
    Latencies arrived(Duration patience) throws IOException {
        try {
            if (!missing.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(missing.getCount() + " of " + typedNanos.length() + " keys '" + letter
                        + "' did not arrive within " + patience.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return latencies;
    }

    /** The longest time in which no key arrived, between the first and the last. */
    double longestSilenceMillis() {
        return Math.round(longestSilenceNanos.get() / 1e3) / 1e3;
    }

    @Override
    public void close() {
        to.removeListener(this);
    }
}

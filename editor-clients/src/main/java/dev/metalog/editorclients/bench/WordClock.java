package dev.metalog.editorclients.bench;

import dev.metalog.editorclients.headless.BufferChange;
import dev.metalog.editorclients.headless.BufferListener;
import dev.metalog.editorclients.rig.Latencies;
import dev.metalog.editorclients.text.TextChange;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads words that say when they were written, as {@link System#nanoTime} of another process of this machine in base 36, and
 * notes how long they took. For any number of buffers; until it is told to measure, words are only counted.
 */
final class WordClock implements BufferListener {
    private static final int RADIX = 36;

    private final Latencies latencies;
    private volatile long countsFromNanos = Long.MAX_VALUE;
    private final AtomicLong words = new AtomicLong();

    /** @param most that will be measured */
    WordClock(int most) {
        latencies = new Latencies(most);
    }

    /** What is written from then on is measured. */
    void measureFrom(long nanos) {
        countsFromNanos = nanos;
    }

    @Override
    public void changed(BufferChange change) {
        for (TextChange one : change.changes()) {
            for (String word : one.text().split(" ")) {
                if (!word.isEmpty()) {
                    read(word, change.nanoTime());
                }
            }
        }
    }

    private void read(String word, long nowNanos) {
        long writtenNanos = Long.parseLong(word, RADIX);
        words.incrementAndGet();
        if (writtenNanos >= countsFromNanos) {
            latencies.add(nowNanos - writtenNanos);
        }
    }

    /** All that came, measured or not. */
    long words() {
        return words.get();
    }

    Latencies latencies() {
        return latencies;
    }
}

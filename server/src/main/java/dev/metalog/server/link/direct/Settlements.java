package dev.metalog.server.link.direct;

import java.util.IdentityHashMap;
import java.util.function.LongConsumer;

/**
 * Counts down the links that a message goes to, and tells its token once each of them has written it or is gone: whoever sends
 * much sends the next when the last is settled. Bounded by what may wait on the links. Thread-safe.
 */
final class Settlements {
    private static final class Count {
        final long token;
        int links;

        Count(long token, int links) {
            this.token = token;
            this.links = links;
        }
    }

    /** By the frame itself, which all its links share. */
    private final IdentityHashMap<byte[], Count> byFrame = new IdentityHashMap<>();

    private final LongConsumer settled;

    Settlements(LongConsumer settled) {
        this.settled = settled;
    }

    /** @param links that the frame is about to be offered to; at least one */
    synchronized void begin(byte[] frame, long token, int links) {
        byFrame.put(frame, new Count(token, links));
    }

    /** One link has written a frame, or never will; of frames that nobody waits for nothing comes. */
    void done(byte[] frame) {
        long token;
        synchronized (this) {
            Count count = byFrame.get(frame);
            if (count == null || --count.links > 0) {
                return;
            }
            byFrame.remove(frame);
            token = count.token;
        }
        settled.accept(token);
    }

    /** Messages that are not settled yet. */
    synchronized int open() {
        return byFrame.size();
    }
}

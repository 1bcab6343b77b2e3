package dev.metalog.server.store.log;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records that the disk would not take yet, in their order. They are written first as soon as it takes something again, so
 * that a log never has a hole. All logs of a workspace share {@value #MOST_BYTES} bytes for them; a record beyond that is
 * refused, and then its log takes no more in this run.
 */
final class Unwritten {
    static final long MOST_BYTES = 32L << 20;

    /** What a record takes besides its body, roughly. */
    private static final int OVERHEAD_BYTES = 64;

    @SuppressWarnings("ArrayRecordComponent") // a carrier: never compared
    record Waiting(byte type, byte[] body) {
        long bytes() {
            return OVERHEAD_BYTES + (long) body.length;
        }
    }

    /** How much may wait in all logs together, still. */
    static final class Room {
        private final AtomicLong left;

        Room(long bytes) {
            left = new AtomicLong(bytes);
        }

        private boolean take(long bytes) {
            if (left.addAndGet(-bytes) >= 0) {
                return true;
            }
            left.addAndGet(bytes);
            return false;
        }
    }

    private final Room room;
    private final Deque<Waiting> records = new ArrayDeque<>();

    Unwritten(Room room) {
        this.room = room;
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    int size() {
        return records.size();
    }

    /** Returns false when there is no room. */
    boolean add(byte type, byte[] body) {
        Waiting waiting = new Waiting(type, body.clone());
        boolean fits = room.take(waiting.bytes());
        if (fits) {
            records.add(waiting);
        }
        return fits;
    }

    Waiting first() {
        return records.peek();
    }

    /** The first one has been written. */
    void removeFirst() {
        room.left.addAndGet(records.remove().bytes());
    }

    void clear() {
        while (!records.isEmpty()) {
            removeFirst();
        }
    }
}

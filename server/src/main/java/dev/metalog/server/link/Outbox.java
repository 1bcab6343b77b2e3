package dev.metalog.server.link;

import java.util.List;
import java.util.TreeMap;

/**
 * The messages a link has still to hand over, oldest first. At most {@link LinkLimits#WINDOW} of them are in flight:
 * given to the connection and not acknowledged. When the connection ends they wait again, at their old places, so the
 * broker sees every message at least once and the first copies in order.
 *
 * <p>Overflow rule: a full outbox takes nothing, and keeps all it has. Not thread-safe.
 */
final class Outbox {
    /** One message; {@code number} is its place in the order of publishing. */
    static final class Entry {
        final long number;
        final String topic;
        final byte[] payload;
        final int qos;
        final boolean retain;
        final long token;

        private Entry(long number, String topic, byte[] payload, int qos, boolean retain, long token) {
            this.number = number;
            this.topic = topic;
            this.payload = payload;
            this.qos = qos;
            this.retain = retain;
            this.token = token;
        }
    }

    private final int maxMessages;
    private final int maxBytes;
    private final int window;
    private final TreeMap<Long, Entry> waiting = new TreeMap<>();
    private final TreeMap<Long, Entry> inFlight = new TreeMap<>();
    private int most;
    private long refused;
    private long nextNumber;
    private long bytes;

    /** Connections that have ended in a row with this message first in line, sent, and nothing acknowledged. */
    private int stuckConnections;

    private long stuckNumber = -1;
    private boolean anyAcknowledged;

    Outbox(int maxMessages, int maxBytes, int window) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
        this.window = window;
    }

    /** Takes a message, or returns false when that would exceed a bound. */
    boolean offer(String topic, byte[] payload, int qos, boolean retain, long token) {
        if (size() >= maxMessages || bytes + payload.length > maxBytes) {
            refused++;
            return false;
        }
        Entry entry = new Entry(nextNumber++, topic, payload, qos, retain, token);
        waiting.put(entry.number, entry);
        bytes += payload.length;
        most = Math.max(most, size());
        return true;
    }

    /** Moves the oldest waiting message into flight and returns it; null when none waits or the window is full. */
    Entry takeNext() {
        if (!hasNext()) {
            return null;
        }
        Entry entry = waiting.pollFirstEntry().getValue();
        inFlight.put(entry.number, entry);
        return entry;
    }

    boolean hasNext() {
        return !waiting.isEmpty() && inFlight.size() < window;
    }

    /** Forgets a message that is acknowledged; false when it was forgotten before. */
    boolean remove(Entry entry) {
        anyAcknowledged = true;
        // A late acknowledgement of the connection before may meet a message that waits again.
        return forget(entry);
    }

    /**
     * After the end of a connection: what was in flight waits again, except QoS 0, which is sent at most once. Returns the
     * first message in line, and forgets it, when it seems to be what ends connections: so many in a row ended after it
     * was sent, and nothing was acknowledged. Otherwise null.
     */
    Entry connectionEnded(int patience) {
        for (Entry entry : List.copyOf(inFlight.values())) {
            if (entry.qos == 0) {
                forget(entry);
            }
        }
        Entry first = inFlight.isEmpty() ? null : inFlight.firstEntry().getValue();
        waiting.putAll(inFlight);
        inFlight.clear();
        if (first == null || anyAcknowledged || first.number != stuckNumber) {
            stuckConnections = 0;
        }
        stuckConnections++;
        stuckNumber = first == null ? -1 : first.number;
        anyAcknowledged = false;
        if (first == null || stuckConnections < patience) {
            return null;
        }
        forget(first);
        return first;
    }

    private boolean forget(Entry entry) {
        boolean removed = inFlight.remove(entry.number) != null || waiting.remove(entry.number) != null;
        if (removed) {
            bytes -= entry.payload.length;
        }
        return removed;
    }

    int most() {
        return most;
    }

    /** How many were not taken. */
    long refused() {
        return refused;
    }

    long bytes() {
        return bytes;
    }

    int size() {
        return waiting.size() + inFlight.size();
    }

    boolean isEmpty() {
        return size() == 0;
    }
}

package dev.metalog.protocol;

/**
 * The name of one event: its writer, and how many events that writer had written before it in this document.
 *
 * @param seq counted from 0; every inserted or deleted UTF-16 code unit is one event
 */
public record EventId(ReplicaId replica, int seq) implements Comparable<EventId> {
    public EventId {
        if (seq < 0) {
            throw new IllegalArgumentException("A sequence number is not negative: " + seq);
        }
    }

    @Override
    public int compareTo(EventId other) {
        int byReplica = replica.compareTo(other.replica);
        return byReplica != 0 ? byReplica : Integer.compare(seq, other.seq);
    }

    @Override
    public String toString() {
        return replica + ":" + seq;
    }
}

package dev.metalog.protocol;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much of every writer one replica has: for each, the seq of the first event it has not. Peers compare these to
 * find what to send; a version is what names a state.
 *
 * @param nextSeqs unmodifiable; only writers with at least one event, so equal knowledge is an equal map
 */
public record VersionVector(SortedMap<ReplicaId, Integer> nextSeqs) {
    /** Knows nothing. */
    public static final VersionVector EMPTY = new VersionVector(new TreeMap<>());

    public VersionVector {
        nextSeqs = Collections.unmodifiableSortedMap(new TreeMap<>(nextSeqs));
        for (Map.Entry<ReplicaId, Integer> entry : nextSeqs.entrySet()) {
            if (entry.getValue() < 1) {
                throw new IllegalArgumentException(
                        "The next seq of " + entry.getKey() + " must be 1 or more, not " + entry.getValue() + ".");
            }
        }
    }

    /** The seq of the writer's first event that is not known here; 0 if none is known. */
    public int nextSeq(ReplicaId writer) {
        return nextSeqs.getOrDefault(writer, 0);
    }

    /** Whether the event is known here. */
    public boolean contains(EventId event) {
        return event.seq() < nextSeq(event.replica());
    }

    /** Whether everything the other knows is known here. */
    public boolean includes(VersionVector other) {
        return other.nextSeqs.entrySet().stream().allMatch(entry -> entry.getValue() <= nextSeq(entry.getKey()));
    }

    /** Everything that is known here or there. */
    public VersionVector with(VersionVector other) {
        SortedMap<ReplicaId, Integer> both = new TreeMap<>(nextSeqs);
        other.nextSeqs.forEach((replica, next) -> both.merge(replica, next, Math::max));
        return new VersionVector(both);
    }
}

package dev.metalog.server.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.VersionVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which writes were seen: of each writer all up to some seq, and a few beyond a gap. */
final class Known {
    private final Map<ReplicaId, Integer> nextSeqs = new HashMap<>();
    private final TreeSet<EventId> apart = new TreeSet<>();

    boolean contains(EventId id) {
        return id.seq() < nextSeq(id.replica()) || apart.contains(id);
    }

    int nextSeq(ReplicaId writer) {
        return nextSeqs.getOrDefault(writer, 0);
    }

    /** @return whether it was not known before */
    boolean add(EventId id) {
        int next = nextSeq(id.replica());
        if (id.seq() != next) {
            return id.seq() > next && apart.add(id);
        }
        advance(id.replica(), next + 1);
        return true;
    }

    /** @return whether anything of it was not known before */
    boolean add(VersionVector vector) {
        boolean news = false;
        for (Map.Entry<ReplicaId, Integer> theirs : vector.nextSeqs().entrySet()) {
            if (theirs.getValue() > nextSeq(theirs.getKey())) {
                advance(theirs.getKey(), theirs.getValue());
                news = true;
            }
        }
        return news;
    }

    /** Moves a writer forward, and over whatever lay beyond the gap that this closes. */
    private void advance(ReplicaId writer, int to) {
        int next = to;
        if (!apart.isEmpty()) {
            apart.subSet(new EventId(writer, 0), new EventId(writer, next)).clear();
            while (apart.remove(new EventId(writer, next))) {
                next++;
            }
        }
        nextSeqs.put(writer, next);
    }

    int writers() {
        return nextSeqs.size();
    }

    boolean isWriter(ReplicaId writer) {
        return nextSeqs.containsKey(writer);
    }

    int apartCount() {
        return apart.size();
    }

    List<EventId> apart() {
        return new ArrayList<>(apart);
    }

    VersionVector vector() {
        return new VersionVector(new TreeMap<>(nextSeqs));
    }

    /** How many writes are known here that the other does not know of. */
    long countBeyond(VersionVector other) {
        long count = 0;
        for (Map.Entry<ReplicaId, Integer> mine : nextSeqs.entrySet()) {
            count += Math.max(0, mine.getValue() - other.nextSeq(mine.getKey()));
        }
        for (EventId id : apart) {
            count += other.contains(id) ? 0 : 1;
        }
        return count;
    }
}

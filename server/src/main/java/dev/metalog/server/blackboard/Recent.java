package dev.metalog.server.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.VersionVector;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the last writes erased, so that a peer who lacks only these can be sent them instead of the whole state. Bounded:
 * the oldest goes. Nothing depends on one being here, so this is all that deletions cost.
 */
final class Recent {
    private final int most;
    /** Erasures of one write may be many, so they are counted and not the writes. */
    private final Map<EventId, List<EventId>> erasedBy = new LinkedHashMap<>();

    private int weight;

    Recent(int most) {
        this.most = most;
    }

    void add(EventId id, List<EventId> erased) {
        if (erasedBy.putIfAbsent(id, erased) != null) {
            return;
        }
        weight += 1 + erased.size();
        for (Iterator<List<EventId>> oldest = erasedBy.values().iterator(); weight > most; ) {
            weight -= 1 + oldest.next().size();
            oldest.remove();
        }
    }

    /** Those the other does not know of, in the order in which they came here. */
    List<EventId> beyond(VersionVector other) {
        List<EventId> ids = new ArrayList<>();
        for (EventId id : erasedBy.keySet()) {
            if (!other.contains(id)) {
                ids.add(id);
            }
        }
        return ids;
    }

    List<EventId> erasedBy(EventId id) {
        return erasedBy.get(id);
    }

    int weight() {
        return weight;
    }
}

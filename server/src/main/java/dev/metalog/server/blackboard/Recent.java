package dev.metalog.server.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.VersionVector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the last writes erased, so that a peer who lacks only these can be sent them instead of the whole state. Bounded:
 * the oldest goes. Nothing depends on one being here, so this is all that deletions cost. What erased one of these is one of
 * these: a write whose eraser is not known here {@linkplain #forget is not kept}.
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

    /**
     * These, and for each that does not stand any more one that erased it: who knows of a write whose posting is gone has to
     * know why.
     */
    List<EventId> withErasers(List<EventId> steps, Predicate<EventId> stands) {
        Map<EventId, EventId> eraserOf = new HashMap<>();
        erasedBy.forEach((id, erased) -> erased.forEach(gone -> eraserOf.putIfAbsent(gone, id)));
        Set<EventId> all = new LinkedHashSet<>(steps);
        Deque<EventId> open = new ArrayDeque<>(steps);
        while (!open.isEmpty()) {
            EventId id = open.poll();
            EventId eraser = stands.test(id) ? null : eraserOf.get(id);
            if (eraser != null && all.add(eraser)) {
                open.add(eraser);
            }
        }
        return List.copyOf(all);
    }

    /** It does not stand, and what erased it was not told. */
    void forget(EventId id) {
        List<EventId> erased = erasedBy.remove(id);
        weight -= erased == null ? 0 : 1 + erased.size();
    }

    List<EventId> erasedBy(EventId id) {
        return erasedBy.get(id);
    }

    int weight() {
        return weight;
    }
}

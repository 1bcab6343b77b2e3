package dev.metalog.server.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.Posting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Postings that stand somewhere, held back until a state comes that names them: alone they do not tell what their writes
 * erased. Bounded by their number and their bytes: the oldest goes, and is asked for again, as its write is not known.
 */
final class Held {
    private final int mostPostings;
    private final long mostBytes;
    private final Map<EventId, Posting> postings = new LinkedHashMap<>();
    private long bytes;

    Held(int mostPostings, long mostBytes) {
        this.mostPostings = mostPostings;
        this.mostBytes = mostBytes;
    }

    /** @return whether it was not held before */
    boolean add(EventId id, Posting posting) {
        if (postings.putIfAbsent(id, posting) != null) {
            return false;
        }
        bytes += Standing.bytes(posting);
        while (postings.size() > mostPostings || bytes > mostBytes) {
            remove(postings.keySet().iterator().next());
        }
        return true;
    }

    boolean has(EventId id) {
        return postings.containsKey(id);
    }

    /** Returns {@code null} when it is not held. */
    Posting get(EventId id) {
        return postings.get(id);
    }

    void removeIf(Predicate<EventId> isSettled) {
        postings.keySet().stream().filter(isSettled).toList().forEach(this::remove);
    }

    private void remove(EventId id) {
        bytes -= Standing.bytes(postings.remove(id));
    }

    /** The oldest first. */
    List<BlackboardWrite> all() {
        List<BlackboardWrite> writes = new ArrayList<>();
        postings.forEach((id, posting) -> writes.add(new BlackboardWrite(id, List.of(), posting)));
        return writes;
    }

    int count() {
        return postings.size();
    }

    long bytes() {
        return bytes;
    }
}

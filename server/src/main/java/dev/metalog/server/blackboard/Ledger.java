package dev.metalog.server.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.codec.BlackboardCodec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The two sets of which a {@link Blackboard} consists, how writes and states change them, and what is sent of them. What
 * comes here was checked.
 */
final class Ledger {
    private final Known known = new Known();
    private final Standing standing = new Standing();
    private final Recent recent;
    /** Erased before their writes came. */
    private final TreeSet<EventId> erasedUnseen = new TreeSet<>();

    Ledger(int mostRecent) {
        recent = new Recent(mostRecent);
    }

    Known known() {
        return known;
    }

    Standing standing() {
        return standing;
    }

    Recent recent() {
        return recent;
    }

    /** Whether it was erased by a write that came before it. */
    boolean isErasedUnseen(EventId id) {
        return erasedUnseen.contains(id);
    }

    /** Writes that are known of beyond a gap, in whatever way. */
    int beyondGaps() {
        return known.apartCount() + erasedUnseen.size();
    }

    Merged take(List<BlackboardWrite> writes) {
        int gapsBefore = beyondGaps();
        TreeSet<EntryName> touched = new TreeSet<>();
        boolean news = false;
        for (BlackboardWrite write : writes) {
            news |= take(write, touched);
        }
        return new Merged(List.copyOf(touched), news, beyondGaps() <= gapsBefore);
    }

    private boolean take(BlackboardWrite write, Set<EntryName> touched) {
        boolean fresh = known.add(write.id());
        boolean news = fresh;
        for (EventId erased : write.erased()) {
            if (known.contains(erased)) {
                news |= drop(erased, touched);
            } else {
                news |= erasedUnseen.add(erased);
            }
        }
        if (fresh) {
            recent.add(write.id(), write.erased());
            boolean stands = !erasedUnseen.remove(write.id()) && write.posting() != null;
            if (stands) {
                standing.put(new Posted(write.id(), write.posting()));
                touched.add(write.posting().name());
            }
        }
        return news;
    }

    private boolean drop(EventId id, Set<EntryName> touched) {
        EntryName name = standing.remove(id);
        if (name != null) {
            touched.add(name);
        }
        return name != null;
    }

    Merged take(BlackboardMessage.State state) {
        TreeSet<EntryName> touched = new TreeSet<>();
        Set<EventId> theirs = new HashSet<>(state.standing());
        Set<EventId> beyond = new HashSet<>(state.apart());
        beyond.addAll(state.erasedUnseen());
        List<EventId> gone = new ArrayList<>();
        for (Posted mine : standing.all()) {
            EventId id = mine.id();
            if (!theirs.contains(id) && (state.vector().contains(id) || beyond.contains(id))) {
                gone.add(id);
            }
        }
        boolean news = !gone.isEmpty();
        gone.forEach(id -> drop(id, touched));
        for (EventId id : state.standing()) {
            if (!known.contains(id) && !erasedUnseen.contains(id)) {
                // A posting was lost on its way. To call its write known would lose it for good.
                return new Merged(List.copyOf(touched), news, false);
            }
        }
        news |= known.add(state.vector());
        for (EventId id : state.apart()) {
            news |= known.add(id);
        }
        erasedUnseen.removeIf(known::contains);
        for (EventId id : state.erasedUnseen()) {
            news |= !known.contains(id) && erasedUnseen.add(id);
        }
        return new Merged(List.copyOf(touched), news, true);
    }

    /** What a replica lacks that knows this much: single steps when we still have all of them, else the state. */
    List<BlackboardMessage> since(VersionVector theirs) {
        List<EventId> steps = recent.beyond(theirs);
        if (!erasedUnseen.isEmpty() || steps.size() != known.countBeyond(theirs)) {
            return state(theirs);
        }
        List<BlackboardWrite> writes = new ArrayList<>(steps.size());
        for (EventId id : steps) {
            Posted posted = standing.get(id);
            writes.add(new BlackboardWrite(id, recent.erasedBy(id), posted == null ? null : posted.posting()));
        }
        return inMessages(writes);
    }

    /** What stands and they do not know, and then what is known and stands here. */
    List<BlackboardMessage> state(VersionVector theirs) {
        List<BlackboardWrite> writes = new ArrayList<>();
        List<EventId> ids = new ArrayList<>(standing.count());
        for (Posted posted : standing.all()) {
            ids.add(posted.id());
            if (!theirs.contains(posted.id())) {
                writes.add(new BlackboardWrite(posted.id(), List.of(), posted.posting()));
            }
        }
        ids.sort(Comparator.naturalOrder());
        writes.sort(Comparator.comparing(BlackboardWrite::id));
        List<BlackboardMessage> messages = inMessages(writes);
        messages.add(new BlackboardMessage.State(known.vector(), known.apart(), List.copyOf(erasedUnseen), ids));
        return messages;
    }

    private static List<BlackboardMessage> inMessages(List<BlackboardWrite> writes) {
        List<BlackboardMessage> messages = new ArrayList<>();
        List<BlackboardWrite> next = new ArrayList<>();
        int bytes = 0;
        for (BlackboardWrite write : writes) {
            int more = BlackboardCodec.mostBytes(write);
            if (!next.isEmpty() && bytes + more > Limits.BATCH_BYTES) {
                messages.add(new BlackboardMessage.Writes(next));
                next.clear();
                bytes = 0;
            }
            next.add(write);
            bytes += more;
        }
        if (!next.isEmpty()) {
            messages.add(new BlackboardMessage.Writes(next));
        }
        return messages;
    }
}

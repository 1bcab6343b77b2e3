package dev.metalog.server.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.codec.BlackboardCodec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The two sets of which a {@link Blackboard} consists, how writes and states change them, and what is sent of them. What
 * comes here was checked.
 */
final class Ledger {
    /** The postings of one answer, when somebody lacks more than steps. */
    static final int ANSWER_BYTES = 8 << 20;

    private static final int HEAD_BYTES = 32;

    private final Known known = new Known();
    private final Standing standing = new Standing();
    private final Recent recent;
    /** Erased before their writes came. */
    private final TreeSet<EventId> erasedUnseen = new TreeSet<>();

    private EventId saidUpTo;
    private long revision;

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
        return take(writes, true);
    }

    /** What stands somewhere. What these writes erased is not told, so nobody can be sent them as steps from here. */
    Merged takeStanding(List<BlackboardWrite> writes) {
        return take(writes, false);
    }

    private Merged take(List<BlackboardWrite> writes, boolean areSteps) {
        revision++;
        int gapsBefore = beyondGaps();
        TreeSet<EntryName> touched = new TreeSet<>();
        boolean news = false;
        for (BlackboardWrite write : writes) {
            news |= take(write, areSteps, touched);
        }
        return new Merged(List.copyOf(touched), news, beyondGaps() <= gapsBefore);
    }

    long revision() {
        return revision;
    }

    private boolean take(BlackboardWrite write, boolean isStep, Set<EntryName> touched) {
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
            if (isStep) {
                recent.add(write.id(), write.erased());
            }
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
        revision++;
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

    /**
     * What has to be known before these are, or {@code null} when each only follows on what is known or on one of them. Their
     * order does not matter: who sends them may have heard of what erases before it heard of what that erased.
     */
    EventId missing(List<BlackboardWrite> writes) {
        Set<EventId> here = new HashSet<>();
        writes.forEach(write -> here.add(write.id()));
        for (BlackboardWrite write : writes) {
            EventId before = lastUnknown(write.id(), here);
            if (before != null) {
                return before;
            }
            for (EventId erased : write.erased()) {
                if (!known.contains(erased) && !here.contains(erased)) {
                    return erased;
                }
            }
        }
        return null;
    }

    /**
     * The last write before this one that is neither known nor here; {@code null} when there is none. The very last may be
     * known beyond a gap: whoever waited for that would wait for what is here.
     */
    private EventId lastUnknown(EventId id, Set<EventId> here) {
        int next = known.nextSeq(id.replica());
        for (int seq = id.seq() - 1; seq >= next; seq--) {
            EventId before = new EventId(id.replica(), seq);
            if (!known.contains(before) && !here.contains(before)) {
                return before;
            }
        }
        return null;
    }

    /** What a replica lacks that knows this much: single steps when we still have all of them, else the state. */
    Answer since(VersionVector theirs, int aboutBytes) {
        List<EventId> steps = recent.beyond(theirs);
        // Steps behind a gap that nobody may ever close would be waited for without end, and all that comes with them.
        boolean isBehindGap = known.apart().stream().anyMatch(id -> !theirs.contains(id));
        if (isBehindGap || !erasedUnseen.isEmpty() || steps.size() != known.countBeyond(theirs)) {
            return all(theirs);
        }
        List<BlackboardWrite> writes = new ArrayList<>();
        int bytes = 0;
        for (EventId id : steps) {
            Posted posted = standing.get(id);
            BlackboardWrite write =
                    new BlackboardWrite(id, recent.erasedBy(id), posted == null ? null : posted.posting());
            bytes += BlackboardCodec.mostBytes(write);
            if (!writes.isEmpty() && bytes > aboutBytes) {
                return new Answer(inMessages(writes, BlackboardMessage.Writes::new), true);
            }
            writes.add(write);
        }
        return new Answer(inMessages(writes, BlackboardMessage.Writes::new), false);
    }

    /**
     * What stands and they do not know, and then what is known and stands here. If that is too much for one answer, it goes
     * on in the next where this one ends, whoever asks: who asks again comes round to all of it.
     */
    private Answer all(VersionVector theirs) {
        NavigableMap<EventId, Posted> lacking = new TreeMap<>();
        for (Posted posted : standing.all()) {
            if (!theirs.contains(posted.id())) {
                lacking.put(posted.id(), posted);
            }
        }
        List<Posted> inTurn = new ArrayList<>();
        if (saidUpTo != null) {
            inTurn.addAll(lacking.tailMap(saidUpTo, false).values());
            inTurn.addAll(lacking.headMap(saidUpTo, true).values());
        } else {
            inTurn.addAll(lacking.values());
        }
        List<BlackboardWrite> writes = new ArrayList<>();
        long bytes = 0;
        for (Posted posted : inTurn) {
            bytes += Standing.bytes(posted.posting());
            if (bytes > ANSWER_BYTES) {
                break;
            }
            writes.add(new BlackboardWrite(posted.id(), List.of(), posted.posting()));
            saidUpTo = posted.id();
        }
        boolean more = writes.size() < inTurn.size();
        if (!more) {
            saidUpTo = null;
        }
        List<BlackboardMessage> messages = inMessages(writes, BlackboardMessage.Postings::new);
        messages.add(state());
        return new Answer(messages, more);
    }

    BlackboardMessage.State state() {
        List<EventId> ids = new ArrayList<>(standing.count());
        standing.all().forEach(posted -> ids.add(posted.id()));
        ids.sort(Comparator.naturalOrder());
        return new BlackboardMessage.State(known.vector(), known.apart(), List.copyOf(erasedUnseen), ids);
    }

    /** Everything, for a log that begins anew. */
    List<BlackboardMessage> everything() {
        List<BlackboardWrite> writes = new ArrayList<>();
        for (Posted posted : standing.all()) {
            writes.add(new BlackboardWrite(posted.id(), List.of(), posted.posting()));
        }
        writes.sort(Comparator.comparing(BlackboardWrite::id));
        List<BlackboardMessage> messages = inMessages(writes, BlackboardMessage.Postings::new);
        messages.add(state());
        return messages;
    }

    private static List<BlackboardMessage> inMessages(
            List<BlackboardWrite> writes, Function<List<BlackboardWrite>, BlackboardMessage> message) {
        List<BlackboardMessage> messages = new ArrayList<>();
        List<BlackboardWrite> next = new ArrayList<>();
        int bytes = HEAD_BYTES;
        for (BlackboardWrite write : writes) {
            int more = BlackboardCodec.mostBytes(write);
            if (!next.isEmpty() && bytes + more > BlackboardCodec.MAX_BYTES) {
                messages.add(message.apply(next));
                next.clear();
                bytes = HEAD_BYTES;
            }
            next.add(write);
            bytes += more;
        }
        if (!next.isEmpty()) {
            messages.add(message.apply(next));
        }
        return messages;
    }
}

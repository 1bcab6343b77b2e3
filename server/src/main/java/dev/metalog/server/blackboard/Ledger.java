package dev.metalog.server.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.codec.BlackboardCodec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** As much as {@link Check} lets stand, so that whatever may be taken in can be held. */
    private final Held held =
            new Held(Check.TOGETHER * Limits.BLACKBOARD_POSTINGS, (long) Check.TOGETHER * Limits.BLACKBOARD_BYTES);

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

    Held held() {
        return held;
    }

    Merged take(List<BlackboardWrite> writes) {
        revision++;
        int gapsBefore = beyondGaps();
        TreeSet<EntryName> touched = new TreeSet<>();
        boolean news = false;
        for (BlackboardWrite write : writes) {
            news |= take(write, touched);
        }
        held.removeIf(known::contains);
        return new Merged(List.copyOf(touched), news, beyondGaps() <= gapsBefore);
    }

    /**
     * What stands somewhere, to be held until the state that names it is here. What these writes erased is not told: taken in
     * at once they would stand beside it, and who heard the same writes in another way would show something else.
     */
    Merged hold(List<BlackboardWrite> writes) {
        boolean news = false;
        for (BlackboardWrite write : writes) {
            EventId id = write.id();
            news |= !known.contains(id) && !erasedUnseen.contains(id) && held.add(id, write.posting());
        }
        return new Merged(List.of(), news, held.count() == 0);
    }

    long revision() {
        return revision;
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
            boolean isErased = erasedUnseen.remove(write.id());
            if (!isErased) {
                recent.add(write.id(), write.erased());
            }
            if (!isErased && write.posting() != null) {
                put(write.id(), write.posting(), touched);
            }
        }
        return news;
    }

    private void put(EventId id, Posting posting, Set<EntryName> touched) {
        standing.put(new Posted(id, posting));
        touched.add(posting.name());
    }

    private boolean drop(EventId id, Set<EntryName> touched) {
        EntryName name = standing.remove(id);
        if (name != null) {
            touched.add(name);
        }
        return name != null;
    }

    /** All of it, or nothing when a posting that it names was lost on its way. */
    Merged take(BlackboardMessage.State state) {
        if (!isWhole(state)) {
            // To call its write known would lose the posting for good.
            return new Merged(List.of(), false, false);
        }
        revision++;
        TreeSet<EntryName> touched = new TreeSet<>();
        List<EventId> gone = goneBy(state);
        List<EventId> come = comeBy(state);
        gone.forEach(id -> {
            drop(id, touched);
            recent.forget(id);
        });
        come.forEach(id -> put(id, held.get(id), touched));
        boolean news = !gone.isEmpty() || !come.isEmpty();
        news |= known.add(state.vector());
        for (EventId id : state.apart()) {
            news |= known.add(id);
        }
        erasedUnseen.removeIf(known::contains);
        for (EventId id : state.erasedUnseen()) {
            news |= !known.contains(id) && erasedUnseen.add(id);
        }
        held.removeIf(known::contains);
        return new Merged(List.copyOf(touched), news, true);
    }

    /** Whether of all that stands there it is known here what becomes of it. */
    private boolean isWhole(BlackboardMessage.State state) {
        return state.standing().stream()
                .allMatch(id -> known.contains(id) || erasedUnseen.contains(id) || held.has(id));
    }

    /** What stands here and was erased there. */
    List<EventId> goneBy(BlackboardMessage.State state) {
        Set<EventId> theirs = new HashSet<>(state.standing());
        Set<EventId> beyond = new HashSet<>(state.apart());
        beyond.addAll(state.erasedUnseen());
        return standing.all().stream()
                .map(Posted::id)
                .filter(id -> !theirs.contains(id) && (state.vector().contains(id) || beyond.contains(id)))
                .toList();
    }

    /** What is held and stands from now on: whatever it names, a posting stands only where its write is known. */
    List<EventId> comeBy(BlackboardMessage.State state) {
        Set<EventId> apart = new HashSet<>(state.apart());
        return state.standing().stream()
                .filter(id -> state.vector().contains(id) || apart.contains(id))
                .filter(id -> !known.contains(id) && !erasedUnseen.contains(id) && held.has(id))
                .toList();
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

    /**
     * What a replica lacks that knows this much: single steps when we still have all of them and one message holds them,
     * else the state. Nobody may know of a step whose posting is gone and not of what erased it, so they are not parted, and
     * what erased them goes along even if they know of it: that may be what they expect from somebody else.
     *
     * @param after where the last answer to the same asker ended, 0 if there was none
     */
    Answer since(VersionVector theirs, int aboutBytes, long after) {
        List<EventId> steps = recent.beyond(theirs);
        // Steps behind a gap that nobody may ever close would be waited for without end, and all that comes with them.
        boolean isBehindGap = known.apart().stream().anyMatch(id -> !theirs.contains(id));
        if (isBehindGap || !erasedUnseen.isEmpty() || steps.size() != known.countBeyond(theirs)) {
            return all(theirs, after);
        }
        List<BlackboardWrite> writes = new ArrayList<>();
        int bytes = HEAD_BYTES;
        for (EventId id : recent.withErasers(steps, standing::has)) {
            Posted posted = standing.get(id);
            BlackboardWrite write =
                    new BlackboardWrite(id, recent.erasedBy(id), posted == null ? null : posted.posting());
            bytes += BlackboardCodec.mostBytes(write);
            if (!writes.isEmpty() && bytes > Math.min(aboutBytes, BlackboardCodec.MAX_BYTES)) {
                return all(theirs, after);
            }
            writes.add(write);
        }
        return new Answer(inMessages(writes, BlackboardMessage.Writes::new), Answer.END);
    }

    /**
     * What stands and they do not know, in the order in which it came here, and then what is known and stands here. If that
     * is too much for one answer, the next goes on where this one ends; what comes here meanwhile stands at the end. Whoever
     * lost some of it on the way asks again, and from the first.
     */
    private Answer all(VersionVector theirs, long after) {
        List<BlackboardWrite> writes = new ArrayList<>();
        long bytes = 0;
        long upTo = Answer.END;
        long last = after;
        for (Map.Entry<Long, Posted> next : standing.after(after).entrySet()) {
            Posted posted = next.getValue();
            if (theirs.contains(posted.id())) {
                continue;
            }
            bytes += Standing.bytes(posted.posting());
            if (bytes > ANSWER_BYTES) {
                upTo = last;
                break;
            }
            writes.add(new BlackboardWrite(posted.id(), List.of(), posted.posting()));
            last = next.getKey();
        }
        List<BlackboardMessage> messages = inMessages(writes, BlackboardMessage.Postings::new);
        if (upTo == Answer.END) {
            messages.add(state());
        }
        return new Answer(messages, upTo);
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
        messages.addAll(inMessages(held.all(), BlackboardMessage.Postings::new));
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

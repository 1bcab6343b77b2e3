package dev.metalog.server.trace;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.server.trace.RawTrace.Format;
import dev.metalog.server.trace.Trace.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Turns what stands in a file into events: gives every writer a name and every event a sequence number, finds the
 * parents, and counts in UTF-16 units instead of code points.
 */
final class TraceBuilder {
    private final RawTrace raw;
    private final Writers writers;
    private final TextTrail trail;
    private final List<Transaction> transactions = new ArrayList<>();
    /** The version after each transaction. */
    private final List<Version> ends = new ArrayList<>();

    private final Map<ReplicaId, Integer> nextSeqs = new HashMap<>();
    /** The same in code points, where the file says them. */
    private final Map<ReplicaId, Integer> nextPointSeqs = new HashMap<>();
    /** Where events are numbered: the numbers after which some transaction goes on. */
    private final TreeSet<Integer> parentNumbers = new TreeSet<>();
    /** The unit that each of these numbers has become. */
    private final Map<Integer, EventId> idsOfNumbers = new HashMap<>();

    private int nextNumber;

    private TraceBuilder(RawTrace raw) throws BadTraceException {
        this.raw = raw;
        this.writers = Writers.of(raw);
        this.trail = new TextTrail(raw.isAstral());
    }

    static Trace build(String name, RawTrace raw) throws BadTraceException {
        return new TraceBuilder(raw).build(name);
    }

    private Trace build(String name) throws BadTraceException {
        if (raw.format() == Format.NUMBERED) {
            for (RawTransaction transaction : raw.transactions()) {
                for (int parent : transaction.parents()) {
                    parentNumbers.add(parent);
                }
            }
        }
        if (!raw.startContent().isEmpty()) {
            if (raw.format() != Format.SEQUENTIAL) {
                throw new BadTraceException("startContent", "only a sequential trace can start with a text.");
            }
            add(new RawTransaction(
                    null,
                    RawTransaction.ABSENT,
                    null,
                    RawTransaction.ABSENT,
                    RawTransaction.ABSENT,
                    RawTransaction.ABSENT,
                    List.of(new Patch(0, 0, raw.startContent()))));
        }
        for (int index = 0; index < raw.transactions().size(); index++) {
            try {
                add(raw.transactions().get(index));
            } catch (BadTraceException | IllegalArgumentException e) {
                throw new BadTraceException("transaction " + index, e.getMessage(), e);
            }
        }
        return new Trace(name, transactions, raw.endContent());
    }

    private void add(RawTransaction transaction) throws BadTraceException {
        ReplicaId writer = writers.writerOf(transactions.size(), transaction);
        Version parents = parentsOf(transaction);
        checkNumbers(transaction, writer);
        Growing growing = new Growing(writer, parents);
        trail.goTo(parents);
        for (int i = 0; i < transaction.patches().size(); i++) {
            try {
                growing.add(transaction.patches().get(i));
            } catch (BadTraceException e) {
                throw new BadTraceException("patch " + i, e.getMessage(), e);
            }
        }
        if (transaction.hasSpan() && nextNumber != transaction.spanEnd()) {
            throw new BadTraceException(
                    "", "its patches end at event " + nextNumber + ", its span at " + transaction.spanEnd() + ".");
        }
        nextSeqs.put(writer, growing.seq);
        Version end = growing.events.isEmpty() ? parents : new Version(growing.follow);
        trail.record(growing.events, end);
        ends.add(end);
        transactions.add(new Transaction(writer, parents, growing.edits, growing.events));
    }

    private Version parentsOf(RawTransaction transaction) throws BadTraceException {
        if (transaction.parents() == null) {
            return ends.isEmpty() ? Version.ROOT : ends.get(ends.size() - 1);
        }
        List<EventId> parents = new ArrayList<>();
        for (int parent : transaction.parents()) {
            if (transaction.hasSpan()) {
                EventId id = parent < nextNumber ? idsOfNumbers.get(parent) : null;
                if (id == null) {
                    throw new BadTraceException("", "its parent, event " + parent + ", does not stand before it.");
                }
                parents.add(id);
            } else if (parent < ends.size()) {
                parents.addAll(ends.get(parent).events());
            } else {
                throw new BadTraceException("", "its parent, transaction " + parent + ", does not stand before it.");
            }
            if (parents.size() > 2 * Limits.EVENT_PARENTS) {
                throw new BadTraceException("", "it has more than " + Limits.EVENT_PARENTS + " parents.");
            }
        }
        Version version = new Version(parents.stream().distinct().toList());
        if (version.events().size() > Limits.EVENT_PARENTS) {
            throw new BadTraceException("", "it has more than " + Limits.EVENT_PARENTS + " parents.");
        }
        return version;
    }

    /** That spans follow one another, and each writer's sequence numbers too, as our own have to. */
    private void checkNumbers(RawTransaction transaction, ReplicaId writer) throws BadTraceException {
        if (!transaction.hasSpan()) {
            return;
        }
        if (transaction.spanStart() != nextNumber) {
            throw new BadTraceException(
                    "", "its span starts at event " + transaction.spanStart() + ", not at " + nextNumber + ".");
        }
        int next = nextPointSeqs.getOrDefault(writer, 0);
        if (transaction.seqStart() != next) {
            throw new BadTraceException(
                    "",
                    "it starts at sequence number " + transaction.seqStart() + " of its writer, who is at " + next
                            + "; only recordings in which each writer's numbers follow one another are read.");
        }
        nextPointSeqs.put(writer, next + transaction.spanEnd() - transaction.spanStart());
    }

    /** The events of one transaction, as they come. */
    private final class Growing {
        private final ReplicaId writer;
        private final List<TextEdit> edits = new ArrayList<>();
        private final List<Event> events = new ArrayList<>();
        private List<EventId> follow;
        private int seq;

        Growing(ReplicaId writer, Version parents) {
            this.writer = writer;
            this.follow = parents.events();
            this.seq = nextSeqs.getOrDefault(writer, 0);
        }

        void add(Patch patch) throws BadTraceException {
            int position = trail.unitsOf(0, patch.position());
            int deleted = delete(position, patch.deleted());
            insert(position, patch.inserted());
            if (deleted > 0 || !patch.inserted().isEmpty()) {
                edits.add(new TextEdit(position, deleted, patch.inserted()));
            }
            trail.replace(position, deleted, patch.inserted());
        }

        /** Nothing can follow the inside of a deletion here, so one is cut where something does. */
        private int delete(int position, int points) throws BadTraceException {
            int units = 0;
            for (int done = 0; done < points; ) {
                int piece = pieceOf(points - done);
                int length = trail.unitsOf(position + units, piece);
                grow(Event.deletion(new EventId(writer, seq), follow, position, length), piece);
                units += length;
                done += piece;
            }
            return units;
        }

        private void insert(int position, String text) {
            for (int from = 0; from < text.length(); ) {
                int points = pieceOf(text.codePointCount(from, text.length()));
                int to = Math.min(text.offsetByCodePoints(from, points), from + Limits.EVENT_INSERTED_UNITS);
                if (to < text.length() && Character.isLowSurrogate(text.charAt(to))) {
                    to--;
                }
                grow(
                        Event.insertion(new EventId(writer, seq), follow, position + from, text.substring(from, to)),
                        text.codePointCount(from, to));
                from = to;
            }
        }

        /** How many of the next points are one event. */
        private int pieceOf(int points) {
            Integer cut = parentNumbers.ceiling(nextNumber);
            return cut == null ? points : Math.min(points, cut - nextNumber + 1);
        }

        private void grow(Event event, int points) {
            events.add(event);
            seq += event.length();
            follow = List.of(event.lastId());
            nextNumber += points;
            if (parentNumbers.contains(nextNumber - 1)) {
                idsOfNumbers.put(nextNumber - 1, event.lastId());
            }
        }
    }
}

package dev.metalog.protocol.codec;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Collects runs, parents before children, joins them as far as it goes, and makes columns of them. One builder makes one
 * {@link EventRuns}.
 *
 * <p>Parents are handed in as an array: numbers of units added before (the first unit added is 0), or codes that {@link
 * #outside} gave, in any order; {@code null} says that the run follows the unit added last or, if it is the first run, the
 * unit its writer wrote before it.
 */
public final class EventRunsBuilder {
    /** The most that each part takes: see {@link ColumnWriter}. */
    static final int HEAD_BYTES = 1 + 4 * 5;

    static final int RUN_BYTES = 2 * 5 + 5 + 5;
    static final int EXPLICIT_BYTES = 5 + 2;
    static final int PARENT_BYTES = 5 + 5;
    static final int STAMP_BYTES = 5 + 5;

    private static final int UNKNOWN = -1;

    private final List<ReplicaId> replicas = new ArrayList<>();
    private final Map<ReplicaId, Integer> indices = new HashMap<>();
    /** By replica: the sequence number of its next unit; {@link #UNKNOWN} as long as it has not written here. */
    private final IntColumn nextSeqs = new IntColumn();
    /** By replica: its runs, whose sequence numbers ascend. */
    private final List<IntColumn> runsOfReplica = new ArrayList<>();
    /** Replicas in the order in which they first wrote. */
    private final IntColumn writersInOrder = new IntColumn();

    private final IntColumn kinds = new IntColumn();
    private final IntColumn writers = new IntColumn();
    private final IntColumn seqs = new IntColumn();
    private final IntColumn positions = new IntColumn();
    private final IntColumn lengths = new IntColumn();
    private final IntColumn firstUnits = new IntColumn();
    private final IntColumn explicitRuns = new IntColumn();
    private final IntColumn parentEnds = new IntColumn();
    private final IntColumn parents = new IntColumn();
    private final IntColumn outsideReplicas = new IntColumn();
    private final IntColumn outsideSeqs = new IntColumn();
    /** By replica: the minute of its last stamp here; {@link #UNKNOWN} if there is none. */
    private final IntColumn lastMinutes = new IntColumn();

    private final IntColumn stampUnits = new IntColumn();
    private final IntColumn stampMinutes = new IntColumn();
    private char[] content = new char[16];
    private int contentLength;
    private int units;
    private long events;
    private long nameBytes;
    private long utf8Bytes;

    /** The number by which this builder knows the replica; the same each time. */
    public int replica(ReplicaId id) {
        Integer known = indices.get(id);
        if (known != null) {
            return known;
        }
        int index = replicas.size();
        replicas.add(id);
        indices.put(id, index);
        nextSeqs.add(UNKNOWN);
        runsOfReplica.add(new IntColumn());
        lastMinutes.add(UNKNOWN);
        nameBytes += nameBytesAtMost(id);
        return index;
    }

    /** What a replica adds to the length at most: its name behind a length, and its first sequence number. */
    static int nameBytesAtMost(ReplicaId id) {
        return 1 + id.value().length() + 5;
    }

    /** Whether the replica has been mentioned. */
    boolean mentions(ReplicaId id) {
        return indices.containsKey(id);
    }

    /** The number that the next unit gets. */
    public int units() {
        return units;
    }

    /** How many events have been added, as {@link EventRuns#events} counts them. */
    public long events() {
        return events + stampUnits.size();
    }

    /** The length of the bundle that everything added so far makes, or a little more. */
    public long bytesAtMost() {
        return HEAD_BYTES
                + nameBytes
                + (long) RUN_BYTES * kinds.size()
                + (long) EXPLICIT_BYTES * explicitRuns.size()
                + (long) PARENT_BYTES * parents.size()
                + (long) STAMP_BYTES * stampUnits.size()
                + utf8Bytes;
    }

    /** The unit with that name, or -1 if it has not been added. */
    public int unitOf(int replica, int seq) {
        int next = nextSeqs.get(replica);
        if (seq >= next) {
            return UNKNOWN;
        }
        IntColumn runs = runsOfReplica.get(replica);
        int low = 0;
        int high = runs.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (seqs.get(runs.get(middle)) <= seq) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        int offset = seq - seqs.get(runs.get(low));
        return offset < 0 ? UNKNOWN : firstUnits.get(runs.get(low)) + offset;
    }

    /** The code for a parent that is not among these events. */
    public int outside(int replica, int seq) {
        outsideReplicas.add(replica);
        outsideSeqs.add(seq);
        return EventRuns.outsideCode(outsideSeqs.size() - 1);
    }

    /**
     * Says from when the run is that is added next, and what its writer wrote after it. What goes without saying is left
     * out, so the caller need not know of the stamp before.
     *
     * @param seq of the first unit of that run
     */
    public void stamp(int replica, int seq, int minutes) {
        if (minutes != minutesBefore(replica, seq)) {
            stampUnits.add(units);
            stampMinutes.add(minutes);
            lastMinutes.set(replica, minutes);
        }
    }

    private int minutesBefore(int replica, int seq) {
        int last = lastMinutes.get(replica);
        if (last != UNKNOWN) {
            return last;
        }
        IntColumn runs = runsOfReplica.get(replica);
        int first = runs.size() == 0 ? seq : seqs.get(runs.get(0));
        return first == 0 ? Stamp.UNKNOWN_MINUTES : UNKNOWN;
    }

    /** Adds an insertion of {@code length} code units; none of its edges may part a surrogate pair. */
    public void insertion(
            int replica, int seq, int[] parentsOrNull, int position, char[] source, int from, int length) {
        int utf8 = Utf16Text.utf8Length(source, from, length);
        if (utf8 < 0) {
            throw refused(replica, seq, "inserts half a surrogate pair");
        }
        boolean follows = begin(RunKind.INSERTION, replica, seq, parentsOrNull, position, length);
        if (content.length - contentLength < length) {
            content = Arrays.copyOf(content, Math.max(content.length + content.length / 2, contentLength + length));
        }
        System.arraycopy(source, from, content, contentLength, length);
        contentLength += length;
        utf8Bytes += utf8;
        if (follows && joinsLast(replica, RunKind.INSERTION, position, length)) {
            extendLast(RunKind.INSERTION, length);
        } else {
            push(RunKind.INSERTION, replica, seq, position, length);
        }
    }

    /** Adds a run of one of the three kinds that delete; a joined one may be of length 1 here. */
    public void deletion(RunKind kind, int replica, int seq, int[] parentsOrNull, int position, int length) {
        if (kind == RunKind.INSERTION) {
            throw new IllegalArgumentException("An insertion deletes nothing.");
        }
        boolean follows = begin(kind, replica, seq, parentsOrNull, position, length);
        if (kind == RunKind.DELETION && length > 1) {
            push(kind, replica, seq, position, length);
            return;
        }
        int step = kind == RunKind.BACKSPACES ? 1 : 0;
        for (int k = 0; k < length; ) {
            int at = position - k * step;
            if ((!follows && k == 0) || !joinsLast(replica, RunKind.DELETION, at, 1)) {
                push(RunKind.DELETION, replica, seq + k, at, 1);
                k++;
                continue;
            }
            RunKind joined = RunKind.of(kinds.last());
            if (joined == RunKind.DELETION) {
                joined = at == positions.last() ? RunKind.DELETE_KEYS : RunKind.BACKSPACES;
            }
            // All that is left goes on as its first unit does, unless only that one happens to fit.
            int more = joined == kind ? length - k : 1;
            extendLast(joined, more);
            k += more;
        }
    }

    /** Checks what is common to all runs and notes the parents; says whether the run follows the unit added last. */
    private boolean begin(RunKind kind, int replica, int seq, int[] parentsOrNull, int position, int length) {
        int next = nextSeqs.get(replica);
        if (next != UNKNOWN && seq != next) {
            throw refused(replica, seq, "leaves a gap behind or repeats seq " + (next - 1) + " of its writer");
        }
        if (!EventRuns.fits(kind.number(), seq, position, length)) {
            throw refused(replica, seq, "cannot be " + length + " units long at position " + position);
        }
        if ((long) units + length > Integer.MAX_VALUE) {
            throw refused(replica, seq, "is one too many: all units together are more than can be numbered");
        }
        if (next == UNKNOWN) {
            writersInOrder.add(replica);
        }
        if (parentsOrNull == null || followsAnyway(replica, seq, parentsOrNull)) {
            return units > 0;
        }
        explicitRuns.add(kinds.size());
        for (int parent : parentsOrNull) {
            if (parent >= units
                    || parent == EventRuns.BEFORE_FIRST
                    || EventRuns.outsideIndex(parent) >= outsideSeqs.size()) {
                throw refused(replica, seq, "has a parent that was not added before it");
            }
            parents.add(parent);
        }
        parentEnds.add(parents.size());
        return false;
    }

    private boolean followsAnyway(int replica, int seq, int[] given) {
        if (given.length != 1) {
            return false;
        }
        if (units > 0) {
            return given[0] == units - 1;
        }
        int index = EventRuns.outsideIndex(given[0]);
        return index >= 0
                && index < outsideSeqs.size()
                && outsideReplicas.get(index) == replica
                && outsideSeqs.get(index) == seq - 1;
    }

    private boolean joinsLast(int replica, RunKind kind, int position, int length) {
        return writers.last() == replica
                && EventRunsCheck.joins(
                        kinds.last(), positions.last(), lengths.last(), kind.number(), position, length);
    }

    private void push(RunKind kind, int replica, int seq, int position, int length) {
        runsOfReplica.get(replica).add(kinds.size());
        kinds.add(kind.number());
        writers.add(replica);
        seqs.add(seq);
        positions.add(position);
        lengths.add(length);
        firstUnits.add(units);
        units += length;
        events += EventRuns.events(kind.number(), length);
        nextSeqs.set(replica, seq + length);
    }

    private void extendLast(RunKind kind, int length) {
        int last = kinds.size() - 1;
        events -= EventRuns.events(kinds.last(), lengths.last());
        kinds.set(last, kind.number());
        lengths.set(last, lengths.last() + length);
        units += length;
        events += EventRuns.events(kinds.last(), lengths.last());
        nextSeqs.set(writers.last(), nextSeqs.get(writers.last()) + length);
    }

    /** The columns of everything added; what only shows in the whole is checked here. */
    public EventRuns build() {
        if (kinds.size() == 0) {
            throw new IllegalArgumentException("There are no events to make columns of.");
        }
        int[] newIndices = new int[replicas.size()];
        ReplicaId[] table = table(newIndices);
        sortParents(newIndices);
        EventRuns.Parts parts = new EventRuns.Parts();
        parts.replicas = table;
        parts.writerCount = writersInOrder.size();
        parts.firstSeqs = firstSeqs();
        parts.kinds = bytes(kinds);
        parts.writers = renumbered(writers, newIndices);
        parts.seqs = seqs.toArray();
        parts.positions = positions.toArray();
        parts.firstUnits = withEnd(firstUnits, units);
        parts.firstChars = firstChars();
        parts.explicitRuns = explicitRuns.toArray();
        parts.parentEnds = parentEnds.toArray();
        parts.parents = parents.toArray();
        parts.outsideReplicas = renumbered(outsideReplicas, newIndices);
        parts.outsideSeqs = outsideSeqs.toArray();
        parts.content = Arrays.copyOf(content, contentLength);
        parts.stampUnits = stampUnits.toArray();
        parts.stampMinutes = stampMinutes.toArray();
        EventRuns runs = new EventRuns(parts);
        try {
            EventRunsCheck.check(runs);
        } catch (MalformedColumnsException e) {
            throw new IllegalArgumentException("These events cannot be: " + e.getMessage(), e);
        }
        return runs;
    }

    /** The replicas that are used, writers first; sets the new index of each. */
    private ReplicaId[] table(int[] newIndices) {
        List<ReplicaId> table = new ArrayList<>();
        for (int i = 0; i < writersInOrder.size(); i++) {
            newIndices[writersInOrder.get(i)] = i;
            table.add(replicas.get(writersInOrder.get(i)));
        }
        SortedMap<ReplicaId, Integer> others = new TreeMap<>();
        for (int i = 0; i < parents.size(); i++) {
            if (parents.get(i) < 0) {
                int replica = outsideReplicas.get(EventRuns.outsideIndex(parents.get(i)));
                if (nextSeqs.get(replica) == UNKNOWN) {
                    others.put(replicas.get(replica), replica);
                }
            }
        }
        others.forEach((id, replica) -> {
            newIndices[replica] = table.size();
            table.add(id);
        });
        return table.toArray(ReplicaId[]::new);
    }

    /** Units first, the newest first; then what is outside, by the new order of the replicas, then by seq. */
    private void sortParents(int[] newIndices) {
        int from = 0;
        for (int i = 0; i < parentEnds.size(); i++) {
            int to = parentEnds.get(i);
            for (int k = from + 1; k < to; k++) {
                int parent = parents.get(k);
                int at = k;
                for (; at > from && standsBefore(parent, parents.get(at - 1), newIndices); at--) {
                    parents.set(at, parents.get(at - 1));
                }
                parents.set(at, parent);
            }
            from = to;
        }
    }

    private boolean standsBefore(int parent, int other, int[] newIndices) {
        if (parent >= 0 || other >= 0) {
            return parent > other;
        }
        int index = EventRuns.outsideIndex(parent);
        int otherIndex = EventRuns.outsideIndex(other);
        int byReplica =
                Integer.compare(newIndices[outsideReplicas.get(index)], newIndices[outsideReplicas.get(otherIndex)]);
        return byReplica < 0 || (byReplica == 0 && outsideSeqs.get(index) < outsideSeqs.get(otherIndex));
    }

    private int[] firstSeqs() {
        int[] firstSeqs = new int[writersInOrder.size()];
        for (int i = 0; i < firstSeqs.length; i++) {
            firstSeqs[i] = seqs.get(runsOfReplica.get(writersInOrder.get(i)).get(0));
        }
        return firstSeqs;
    }

    private int[] firstChars() {
        int[] firstChars = new int[kinds.size() + 1];
        for (int run = 0; run < kinds.size(); run++) {
            boolean inserts = kinds.get(run) == RunKind.INSERTION.number();
            firstChars[run + 1] = firstChars[run] + (inserts ? lengths.get(run) : 0);
        }
        return firstChars;
    }

    private static int[] withEnd(IntColumn column, int end) {
        int[] values = Arrays.copyOf(column.toArray(), column.size() + 1);
        values[column.size()] = end;
        return values;
    }

    private static byte[] bytes(IntColumn column) {
        byte[] bytes = new byte[column.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) column.get(i);
        }
        return bytes;
    }

    private static int[] renumbered(IntColumn column, int[] newIndices) {
        int[] values = column.toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = newIndices[values[i]];
        }
        return values;
    }

    private IllegalArgumentException refused(int replica, int seq, String why) {
        return new IllegalArgumentException("The run at seq " + seq + " of " + replicas.get(replica) + " " + why + ".");
    }
}

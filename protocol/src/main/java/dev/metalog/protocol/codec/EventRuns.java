package dev.metalog.protocol.codec;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import java.util.Arrays;
import java.util.List;

/**
 * Events as columns of numbers, one entry for each run, parents before children. Immutable, checked when it was made, and
 * joined as far as it goes: equal events are equal columns, however they were cut before.
 *
 * <p>Units are numbered through all runs, from 0 on: unit {@code firstUnit(run) + k} is the k-th of the run. A parent is
 * given as the number of a unit here or, when it is not among these events, as a negative code for {@link #outside}.
 *
 * <p>The runs of one writer name its units one after another without a gap, so each writer's sequence numbers here are one
 * stretch. Lengths and positions are UTF-16 code units.
 */
public final class EventRuns {
    /** No events at all: the history of a new document. Every other value has one run or more. */
    public static final EventRuns EMPTY = new EventRuns(new Parts());

    /** The code of the event that the first run follows when it names no parents: its writer's one before. */
    static final int BEFORE_FIRST = -1;

    /** Writers first, in the order in which they first write; then those that are only named as parents, sorted. */
    private final ReplicaId[] replicas;

    private final int writerCount;
    /** By writer: the sequence number of its first unit here. */
    private final int[] firstSeqs;
    /** By run; see {@link RunKind#number}. */
    private final byte[] kinds;

    private final int[] writers;
    private final int[] seqs;
    private final int[] positions;
    /** One more than there are runs, as in the two that follow. */
    private final int[] firstUnits;

    private final int[] firstChars;
    private final int[] parentEnds;
    private final int[] parents;
    /** Runs that name their parents instead of following the unit before them, ascending. */
    private final int[] explicitRuns;

    private final int[] outsideReplicas;
    private final int[] outsideSeqs;
    private final char[] content;
    /** Units at which the minute changes for their writer, ascending. */
    private final int[] stampUnits;

    private final int[] stampMinutes;

    /** What the columns are made of, filled in by whoever makes them and not touched afterwards. */
    static final class Parts {
        ReplicaId[] replicas = {};
        int writerCount;
        int[] firstSeqs = {};
        byte[] kinds = {};
        int[] writers = {};
        int[] seqs = {};
        int[] positions = {};
        int[] firstUnits = {0};
        int[] firstChars = {0};
        int[] explicitRuns = {};
        int[] parentEnds = {};
        int[] parents = {};
        int[] outsideReplicas = {};
        int[] outsideSeqs = {};
        char[] content = {};
        int[] stampUnits = {};
        int[] stampMinutes = {};
    }

    EventRuns(Parts parts) {
        replicas = parts.replicas;
        writerCount = parts.writerCount;
        firstSeqs = parts.firstSeqs;
        kinds = parts.kinds;
        writers = parts.writers;
        seqs = parts.seqs;
        positions = parts.positions;
        firstUnits = parts.firstUnits;
        firstChars = parts.firstChars;
        explicitRuns = parts.explicitRuns;
        parentEnds = parts.parentEnds;
        parents = parts.parents;
        outsideReplicas = parts.outsideReplicas;
        outsideSeqs = parts.outsideSeqs;
        content = parts.content;
        stampUnits = parts.stampUnits;
        stampMinutes = parts.stampMinutes;
    }

    /** How many runs there are; none only in {@link #EMPTY}. */
    public int count() {
        return kinds.length;
    }

    /** How many units all runs have together. */
    public int units() {
        return firstUnits[kinds.length];
    }

    public RunKind kind(int run) {
        return RunKind.of(kinds[run]);
    }

    int kindNumber(int run) {
        return kinds[run];
    }

    /** The index of the run's writer among {@link #replicas}. */
    public int writer(int run) {
        return writers[run];
    }

    /** The sequence number of the run's first unit. */
    public int seq(int run) {
        return seqs[run];
    }

    /** Where the run's first unit inserts or deletes, in the text of its parents. */
    public int position(int run) {
        return positions[run];
    }

    public int length(int run) {
        return firstUnits[run + 1] - firstUnits[run];
    }

    /** The number of the run's first unit. */
    public int firstUnit(int run) {
        return firstUnits[run];
    }

    /** The run that a unit belongs to. */
    public int runOfUnit(int unit) {
        int found = Arrays.binarySearch(firstUnits, 0, kinds.length, unit);
        return found >= 0 ? found : -found - 2;
    }

    /** Where in the content an insertion's text starts; it is {@code length(run)} code units long. */
    public int contentStart(int run) {
        return firstChars[run];
    }

    /** How many code units all insertions insert together. */
    public int contentLength() {
        return content.length;
    }

    public char contentAt(int index) {
        return content[index];
    }

    public void copyContent(int from, int length, char[] target, int at) {
        System.arraycopy(content, from, target, at, length);
    }

    public String contentString(int from, int length) {
        return new String(content, from, length);
    }

    char[] content() {
        return content;
    }

    /**
     * Whether the run has the unit before it as its only parent: the one numbered {@code firstUnit(run) - 1}, or, for the
     * first run, the one its own writer wrote before, which is not among these.
     */
    public boolean follows(int run) {
        return explicitIndex(run) < 0;
    }

    /** The runs that do not follow, ascending: all others need no look at their parents. A copy. */
    public int[] explicitRuns() {
        return explicitRuns.clone();
    }

    int explicitCount() {
        return explicitRuns.length;
    }

    int explicitRun(int index) {
        return explicitRuns[index];
    }

    int explicitIndex(int run) {
        return Arrays.binarySearch(explicitRuns, run);
    }

    int parentsStart(int explicitIndex) {
        return explicitIndex == 0 ? 0 : parentEnds[explicitIndex - 1];
    }

    int parentsEnd(int explicitIndex) {
        return parentEnds[explicitIndex];
    }

    int parentAt(int index) {
        return parents[index];
    }

    /** How many parents are written out in all. */
    int parentTotal() {
        return parents.length;
    }

    /**
     * The parents of the run's first unit, each the number of a unit here (the newest first) or a negative code for
     * {@link #outside}. Empty at the start of a document. A new array.
     */
    public int[] parents(int run) {
        int index = explicitIndex(run);
        if (index >= 0) {
            return Arrays.copyOfRange(parents, parentsStart(index), parentsEnd(index));
        }
        return new int[] {firstUnits[run] - 1};
    }

    /** The event outside of these runs that the negative code stands for. */
    public EventId outside(int code) {
        return code == BEFORE_FIRST
                ? new EventId(replicas[writers[0]], seqs[0] - 1)
                : new EventId(replicas[outsideReplica(code)], outsideSeq(code));
    }

    /** How many parents outside of these runs are named, each as often as it is named. */
    public int outsideCount() {
        return outsideSeqs.length;
    }

    /** One of them. */
    public EventId outsideParent(int index) {
        return outside(outsideCode(index));
    }

    int outsideReplica(int code) {
        return outsideReplicas[outsideIndex(code)];
    }

    int outsideSeq(int code) {
        return outsideSeqs[outsideIndex(code)];
    }

    static int outsideCode(int index) {
        return BEFORE_FIRST - 1 - index;
    }

    static int outsideIndex(int code) {
        return BEFORE_FIRST - 1 - code;
    }

    /** Whether some parent is not among these events, the one apart that the first run may follow. */
    boolean hasOutside() {
        for (int parent : parents) {
            if (parent < 0) {
                return true;
            }
        }
        return false;
    }

    /** The name of a unit. */
    public EventId idOfUnit(int unit) {
        int run = runOfUnit(unit);
        return new EventId(replicas[writers[run]], seqs[run] + unit - firstUnits[run]);
    }

    /** All replicas that are named: the writers first. A new list. */
    public List<ReplicaId> replicas() {
        return List.of(replicas);
    }

    public ReplicaId replica(int index) {
        return replicas[index];
    }

    int replicaCount() {
        return replicas.length;
    }

    /** How many of the replicas write here. */
    public int writerCount() {
        return writerCount;
    }

    /** The sequence number of the writer's first unit here. */
    public int firstSeq(int writer) {
        return firstSeqs[writer];
    }

    /** How many units are stamped; see {@link dev.metalog.protocol.Stamp}. */
    public int stampCount() {
        return stampUnits.length;
    }

    /** The number of a stamped unit; they ascend. */
    public int stampUnit(int stamp) {
        return stampUnits[stamp];
    }

    /** From when the stamped unit is, and what its writer wrote after it. */
    public int stampMinutes(int stamp) {
        return stampMinutes[stamp];
    }

    /**
     * How many {@link dev.metalog.protocol.Event}s they are at most: a joined deletion is one for each of its units, and a
     * stamp may cut an insertion in two.
     */
    public long events() {
        long events = stampUnits.length;
        for (int run = 0; run < kinds.length; run++) {
            events += events(kinds[run], length(run));
        }
        return events;
    }

    /** Whether the run keeps to the ranges that numbers have: all its places and sequence numbers from 0 to 2^31 - 2. */
    static boolean fits(int kindNumber, int seq, int position, int length) {
        boolean backwards = kindNumber == RunKind.BACKSPACES.number();
        return seq >= 0
                && length >= 1
                && length <= Integer.MAX_VALUE - seq
                && position >= (backwards ? length - 1 : 0)
                && position <= Integer.MAX_VALUE - (backwards ? 1 : length);
    }

    static int events(int kindNumber, int length) {
        if (kindNumber >= RunKind.DELETE_KEYS.number()) {
            return length;
        }
        // A long insertion is cut for an event, one unit shorter where the cut would part a surrogate pair.
        return kindNumber == RunKind.INSERTION.number() ? 1 + (length - 1) / (Limits.EVENT_INSERTED_UNITS - 1) : 1;
    }
}

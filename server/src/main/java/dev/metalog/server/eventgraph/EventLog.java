package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.EventRuns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Every unit of every event, in the order of arrival, which is a topological one: parents stand before children.
 *
 * <p>A unit's index in that order is its <em>lv</em> (local version), the only name of it that the algorithms use. The
 * units are kept as runs in parallel arrays: a run has one author, one kind, one position, and each of its units has
 * the unit before it as its only parent. An insertion that goes on where the author's last run ended joins that run, so
 * a sentence typed key by key is one run; and so do characters deleted one by one with one key. The deletion of several
 * units at once joins nothing, because it is atomic: nothing may follow its inner units, which might be half a surrogate
 * pair.
 */
final class EventLog {
    /** Far from overflow, and it leaves the negative ints to the {@link Tracker}. */
    static final int MAX_UNITS = 1 << 30;

    private final IntList starts = new IntList();
    private final IntList positions = new IntList();
    /** Where a run's text starts in {@link #content}, or one of the three kinds of deletion, all less than zero. */
    private final IntList contentStarts = new IntList();

    private final IntList writers = new IntList();
    private final IntList seqs = new IntList();
    /** The first run of the straight line that ends in the run: each unit behind its first has its predecessor as parent. */
    private final IntList lines = new IntList();

    /** Where in {@link #parentLvs} the parents of a run's first unit stand, or {@link #FOLLOWS}. */
    private final IntList parentsAt = new IntList();

    /** How many parents, then the parents, ascending. */
    private final IntList parentLvs = new IntList();

    private final List<ReplicaId> replicas = new ArrayList<>();
    private final Map<ReplicaId, Integer> replicaIndices = new HashMap<>();
    /** Each replica's runs, whose seqs ascend without a gap. */
    private final List<IntList> runsOfReplica = new ArrayList<>();

    private char[] content = new char[256];
    private int contentLength;
    private int units;
    private boolean surrogates;
    /** The run last found, near which the next is often looked for. */
    private int lastRun;
    /** The replica last asked for, which is mostly asked for next. */
    private int lastWriter;

    /** One event that deletes several units, which nothing can come between. */
    private static final int DELETION = -1;
    /** Events of one unit each, all at the same position, as the Del key makes them. */
    private static final int DELETE_KEYS = -2;
    /** Events of one unit each, every one at the position before that of its predecessor. */
    private static final int BACKSPACES = -3;

    private static final int FOLLOWS = -1;

    /** A length of the log to which it can be cut back. */
    /** How many of the units insert something. */
    int insertedUnits() {
        return contentLength;
    }

    record Mark(int units, int runs, int replicas, int contentLength, int parentLvs) {}

    Mark mark() {
        return new Mark(units, starts.size(), replicas.size(), contentLength, parentLvs.size());
    }

    /** Forgets everything that was appended since the mark. */
    void truncate(Mark mark) {
        for (int run = starts.size() - 1; run >= mark.runs; run--) {
            IntList runs = runsOfReplica.get(writers.get(run));
            runs.truncate(runs.size() - 1);
        }
        for (IntList column : List.of(starts, positions, contentStarts, writers, seqs, lines, parentsAt)) {
            column.truncate(mark.runs);
        }
        parentLvs.truncate(mark.parentLvs);
        for (int replica = replicas.size() - 1; replica >= mark.replicas; replica--) {
            replicaIndices.remove(replicas.remove(replica));
            runsOfReplica.remove(replica);
        }
        units = mark.units;
        contentLength = mark.contentLength;
    }

    /** Adds the event's units from {@code skip} on, which have these parents. */
    void append(Event event, int skip, int[] parents) {
        int writer = indexOf(event.id().replica());
        switch (event.kind()) {
            case INSERTION ->
                appendInsertion(writer, event.position() + skip, event.inserted(), skip, event.length(), parents);
            case DELETION -> appendDeletion(writer, event.position(), event.length() - skip, parents);
        }
    }

    /** Adds the insertion of a part of the text, at most as long as an event may be; returns where in the content it is. */
    int appendInsertion(int writer, int position, String text, int from, int to, int[] parents) {
        int run = starts.size() - 1;
        int length = to - from;
        if (!(follows(parents) && writers.get(run) == writer && continuesInsertion(run, position, length))) {
            addRun(writer, position, contentLength, parents);
        }
        int at = contentLength;
        appendContent(text, from, length);
        units += length;
        return at;
    }

    void appendDeletion(int writer, int position, int length, int[] parents) {
        int run = starts.size() - 1;
        if (!(length == 1 && follows(parents) && writers.get(run) == writer && continuesKeys(run, position))) {
            addRun(writer, position, DELETION, parents);
        }
        units += length;
    }

    /** Adds a run of the columns. */
    void append(EventRuns runs, int run, int writer, int[] parents) {
        int length = runs.length(run);
        int position = runs.position(run);
        switch (runs.kind(run)) {
            case INSERTION -> appendInsertion(runs, run, writer, parents);
            case DELETION -> appendDeletion(writer, position, length, parents);
            case DELETE_KEYS -> appendKeys(DELETE_KEYS, writer, position, length, parents);
            case BACKSPACES -> appendKeys(BACKSPACES, writer, position, length, parents);
        }
    }

    /** Adds a whole history to an empty log: its runs are joined already, and its units are numbered as they are here. */
    void appendHistory(EventRuns history) {
        int runs = history.count();
        for (int writer = 0; writer < history.writerCount(); writer++) {
            indexOf(history.replica(writer));
        }
        makeRoom(history.contentLength());
        history.copyContent(0, history.contentLength(), content, 0);
        contentAppended(history.contentLength());
        int[] explicitRuns = history.explicitRuns();
        int explicit = 0;
        for (int run = 0; run < runs; run++) {
            boolean follows = explicit == explicitRuns.length || explicitRuns[explicit] != run;
            int writer = history.writer(run);
            runsOfReplica.get(writer).add(run);
            seqs.add(history.seq(run));
            lines.add(follows ? lines.last() : run);
            starts.add(history.firstUnit(run));
            positions.add(history.position(run));
            contentStarts.add(contentStart(history, run));
            writers.add(writer);
            parentsAt.add(follows ? FOLLOWS : parentLvs.size());
            if (!follows) {
                addParents(sorted(history.parents(run)));
                explicit++;
            }
        }
        units = history.units();
    }

    private static int contentStart(EventRuns history, int run) {
        return switch (history.kind(run)) {
            case INSERTION -> history.contentStart(run);
            case DELETION -> DELETION;
            case DELETE_KEYS -> DELETE_KEYS;
            case BACKSPACES -> BACKSPACES;
        };
    }

    private static int[] sorted(int[] lvs) {
        Arrays.sort(lvs);
        return lvs;
    }

    private void addParents(int[] parents) {
        parentLvs.add(parents.length);
        for (int parent : parents) {
            parentLvs.add(parent);
        }
    }

    private void appendInsertion(EventRuns runs, int run, int writer, int[] parents) {
        int length = runs.length(run);
        int position = runs.position(run);
        int last = starts.size() - 1;
        if (!(follows(parents) && writers.get(last) == writer && continuesInsertion(last, position, length))) {
            addRun(writer, position, contentLength, parents);
        }
        makeRoom(length);
        runs.copyContent(runs.contentStart(run), length, content, contentLength);
        contentAppended(length);
        units += length;
    }

    private void appendKeys(int kind, int writer, int position, int length, int[] parents) {
        int run = starts.size() - 1;
        boolean joins = follows(parents) && writers.get(run) == writer && continuesKeys(run, position);
        if (!joins || contentStarts.get(run) != kind) {
            // The first key may have joined what came before it as a run of the other kind.
            int joined = joins ? 1 : 0;
            units += joined;
            if (joined < length) {
                int[] follow = joins ? new int[] {units - 1} : parents;
                addRun(writer, kind == BACKSPACES ? position - joined : position, kind, follow);
            }
            units += length - joined;
            return;
        }
        units += length;
    }

    private boolean follows(int[] parents) {
        return parents.length == 1 && parents[0] == units - 1;
    }

    private void addRun(int replica, int position, int contentStart, int[] parents) {
        boolean follows = follows(parents);
        seqs.add(nextSeq(replica));
        runsOfReplica.get(replica).add(starts.size());
        lines.add(follows ? lines.last() : starts.size());
        starts.add(units);
        positions.add(position);
        contentStarts.add(contentStart);
        writers.add(replica);
        parentsAt.add(follows ? FOLLOWS : parentLvs.size());
        if (!follows) {
            addParents(parents);
        }
    }

    /** The number by which the log knows the replica, which may be new to it. */
    int indexOf(ReplicaId writer) {
        if (lastWriter < replicas.size() && replicas.get(lastWriter).equals(writer)) {
            return lastWriter;
        }
        Integer known = replicaIndices.get(writer);
        if (known == null) {
            known = replicas.size();
            replicas.add(writer);
            replicaIndices.put(writer, known);
            runsOfReplica.add(new IntList());
        }
        lastWriter = known;
        return known;
    }

    private boolean continuesInsertion(int run, int position, int length) {
        int runLength = units - starts.get(run);
        return isInsertion(run)
                && positions.get(run) + runLength == position
                && runLength + length <= Limits.EVENT_INSERTED_UNITS;
    }

    /** Whether the deletion of one unit joins the run, whose kind this settles if it was the deletion of one unit too. */
    private boolean continuesKeys(int run, int position) {
        int runLength = units - starts.get(run);
        int kind = contentStarts.get(run);
        int first = positions.get(run);
        boolean single = kind < 0 && runLength == 1;
        if (position == first && (single || kind == DELETE_KEYS)) {
            contentStarts.set(run, DELETE_KEYS);
            return true;
        }
        if (position == first - runLength && (single || kind == BACKSPACES)) {
            contentStarts.set(run, BACKSPACES);
            return true;
        }
        return false;
    }

    private void appendContent(String text, int from, int length) {
        makeRoom(length);
        text.getChars(from, from + length, content, contentLength);
        contentAppended(length);
    }

    private void makeRoom(int length) {
        if (content.length - contentLength < length) {
            content = Arrays.copyOf(content, Math.max(content.length + content.length / 2, contentLength + length));
        }
    }

    private void contentAppended(int length) {
        for (int i = contentLength; i < contentLength + length; i++) {
            surrogates |= Character.isSurrogate(content[i]);
        }
        contentLength += length;
    }

    /** Whether any inserted text ever had a surrogate: if not, no edit can split a pair. */
    boolean hasSurrogates() {
        return surrogates;
    }

    int units() {
        return units;
    }

    int runs() {
        return starts.size();
    }

    /** The run that the unit belongs to. */
    int runOf(int lv) {
        if (lv >= starts.last()) {
            return starts.size() - 1;
        }
        int hint = lastRun;
        if (hint + 1 < starts.size() && lv >= starts.get(hint)) {
            if (lv < starts.get(hint + 1)) {
                return hint;
            }
            if (hint + 2 < starts.size() && lv < starts.get(hint + 2)) {
                lastRun = hint + 1;
                return hint + 1;
            }
        }
        lastRun = starts.indexOfFloor(lv);
        return lastRun;
    }

    int start(int run) {
        return starts.get(run);
    }

    /** The lv after the run's last one. */
    int end(int run) {
        return run + 1 < starts.size() ? starts.get(run + 1) : units;
    }

    boolean isInsertion(int run) {
        return contentStarts.get(run) >= 0;
    }

    boolean isBackspaces(int run) {
        return contentStarts.get(run) == BACKSPACES;
    }

    /** Whether each unit of the run is an event of its own. */
    boolean isKeys(int run) {
        return contentStarts.get(run) <= DELETE_KEYS;
    }

    /** Where the unit inserts or deletes, in the text of its parents. */
    int position(int run, int lv) {
        int first = positions.get(run);
        int offset = lv - starts.get(run);
        return isInsertion(run) ? first + offset : isBackspaces(run) ? first - offset : first;
    }

    /** Where in {@link #content()} the code unit stands that an insertion's unit inserts. */
    int contentIndex(int run, int lv) {
        return contentStarts.get(run) + lv - starts.get(run);
    }

    /** The inserted text of all insertions; to be read only. */
    char[] content() {
        return content;
    }

    /** Whether the run's only parent is the unit right before it in the log. */
    boolean follows(int run) {
        return parentsAt.get(run) == FOLLOWS;
    }

    /** How many parents the run's first unit has. */
    int parentCount(int run) {
        int at = parentsAt.get(run);
        return at == FOLLOWS ? 1 : parentLvs.get(at);
    }

    /** One of the parents of the run's first unit, which ascend. */
    int parent(int run, int index) {
        int at = parentsAt.get(run);
        return at == FOLLOWS ? starts.get(run) - 1 : parentLvs.get(at + 1 + index);
    }

    int[] parentsOfUnit(int run, int lv) {
        if (lv > starts.get(run)) {
            return new int[] {lv - 1};
        }
        int[] parents = new int[parentCount(run)];
        for (int i = 0; i < parents.length; i++) {
            parents[i] = parent(run, i);
        }
        return parents;
    }

    /** The first run of the straight line that the run ends. */
    int line(int run) {
        return lines.get(run);
    }

    ReplicaId writer(int run) {
        return replicas.get(writers.get(run));
    }

    /** The number by which the log knows the run's writer. */
    int writerIndex(int run) {
        return writers.get(run);
    }

    /** All who have written here, in the order in which they came. */
    List<ReplicaId> writers() {
        return Collections.unmodifiableList(replicas);
    }

    /** Orders two units, the first of them of this run, by their authors' names, then by their seqs. */
    int compareIds(int run, int lv, int otherLv) {
        int otherRun = runOf(otherLv);
        int writer = writers.get(run);
        int otherWriter = writers.get(otherRun);
        return writer == otherWriter
                ? Integer.compare(seq(run, lv), seq(otherRun, otherLv))
                : replicas.get(writer).compareTo(replicas.get(otherWriter));
    }

    /** The seq of the unit. */
    int seq(int run, int lv) {
        return seqs.get(run) + lv - starts.get(run);
    }

    EventId idOf(int lv) {
        int run = runOf(lv);
        return new EventId(replicas.get(writers.get(run)), seq(run, lv));
    }

    /** The unit with that name, or -1. */
    int lvOf(EventId id) {
        Integer replica = replicaIndices.get(id.replica());
        if (replica == null || id.seq() >= nextSeq(replica)) {
            return -1;
        }
        IntList runs = runsOfReplica.get(replica);
        int low = 0;
        int high = runs.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (seqs.get(runs.get(middle)) <= id.seq()) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        int run = runs.get(low);
        return starts.get(run) + id.seq() - seqs.get(run);
    }

    int nextSeq(ReplicaId writer) {
        Integer replica = replicaIndices.get(writer);
        return replica == null ? 0 : nextSeq(replica);
    }

    private int nextSeq(int replica) {
        IntList runs = runsOfReplica.get(replica);
        return runs.size() == 0 ? 0 : seq(runs.last(), end(runs.last()));
    }

    VersionVector vector() {
        SortedMap<ReplicaId, Integer> nextSeqs = new TreeMap<>();
        for (int replica = 0; replica < replicas.size(); replica++) {
            nextSeqs.put(replicas.get(replica), nextSeq(replica));
        }
        return new VersionVector(nextSeqs);
    }

    /** Whether another event may name the unit as a parent: it ends a deletion, or does not part a surrogate pair. */
    boolean mayHaveChildren(int lv) {
        int run = runOf(lv);
        if (lv == end(run) - 1 || isKeys(run)) {
            return true;
        }
        int index = contentIndex(run, lv);
        return isInsertion(run)
                && !(Character.isHighSurrogate(content[index]) && Character.isLowSurrogate(content[index + 1]));
    }

    /** The units with these names, ascending; an unknown one is -1. */
    int[] lvsOf(List<EventId> ids) {
        int[] lvs = new int[ids.size()];
        for (int i = 0; i < lvs.length; i++) {
            lvs[i] = lvOf(ids.get(i));
        }
        Arrays.sort(lvs);
        return lvs;
    }

    /** The names of the units, in the order of the units. */
    List<EventId> idsOf(int[] lvs) {
        List<EventId> ids = new ArrayList<>(lvs.length);
        for (int lv : lvs) {
            ids.add(idOf(lv));
        }
        return ids;
    }
}

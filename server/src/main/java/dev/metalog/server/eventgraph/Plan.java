package dev.metalog.server.eventgraph;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Which parts of the history a walk from one version to a later one has to visit, in which order, and where it can
 * forget what it has learned.
 *
 * <p>The history is cut into <em>chunks</em>: stretches of one run whose inner units nobody else in the plan has as a
 * parent. Three things are found out here.
 *
 * <p><b>The base.</b> A walk to events that all descend from everything known starts right there. For any other, going
 * down from both versions, newest chunk first, until everything that is still open is one and
 * the same version: all chunks of the plan descend from all of it, so its text can stand as one opaque stretch and
 * nothing older is looked at. Chunks that {@code from} includes are <em>silent</em>: they are already in the text and
 * are replayed only because later ones are concurrent with them.
 *
 * <p><b>The order.</b> Silent chunks first, else depth first: after a chunk comes the heaviest of its children all of
 * whose parents are done. Branches that arrived interleaved are thus visited one after the other; in order of arrival
 * each change of branch would be undone and redone again and again.
 *
 * <p><b>The critical boundaries.</b> Between two chunks a boundary is critical if every later chunk descends from every
 * earlier one. Across it there is no concurrency, so the walk drops its state there; and a chunk alone between two
 * critical boundaries means exactly what it says and needs no state at all. A chunk j with parents P, the latest of them
 * at place m in the order, spoils every boundary from the one right after m up to the one before j: what stands between
 * m and j is no ancestor of j. The one right after m is spared if P is the whole frontier there. (Boundaries between
 * P's elements are spoiled by these themselves, for they are concurrent with each other.)
 */
final class Plan {
    private static final int BASE = -1;

    private final EventLog log;
    private int size;
    /** Where the chunks of a plan of everything from some unit on begin; null for any other plan. */
    private UnitSet starts;

    /** First lv of each chunk and the one after its last; ascending at first, then in the order of the visit. */
    private int[] firsts;

    private int[] ends;
    /** The run of each chunk. */
    private int[] runs;

    private boolean[] silent;
    /**
     * Places of all chunks' parents in the same arrays, those of one chunk together and ascending, and where each chunk's
     * begin. A chunk whose parents are not in the plan has none here: its parents are the base.
     */
    private int[] parents;

    private int[] parentsFrom;

    private int[] lines;
    private boolean[] critical;
    /** The version that everything in the plan descends from. */
    private int[] base = {};

    private Plan(EventLog log) {
        this.log = log;
    }

    /** The plan from one version to another that includes it. */
    static Plan between(EventLog log, int[] from, int[] to) {
        Plan plan = new Plan(log);
        plan.collect(from, to);
        plan.findParents();
        plan.reorder(plan.visitOrder());
        plan.findLines();
        plan.critical = plan.findCriticalBoundaries();
        return plan;
    }

    /** The plan for all units from this one on, of which each descends from everything before it. */
    static Plan from(EventLog log, int firstLv) {
        Plan plan = inOrder(log, firstLv);
        plan.critical = plan.findCriticalBoundaries();
        return plan;
    }

    /** The order alone in which to visit all units from this one on, whatever they descend from. */
    static Plan inOrder(EventLog log, int firstLv) {
        Plan plan = new Plan(log);
        plan.cut(firstLv);
        plan.findParents();
        plan.reorder(plan.visitOrder());
        plan.findLines();
        return plan;
    }

    int size() {
        return size;
    }

    /** The version that everything in a plan {@link #between} two descends from. */
    int[] base() {
        return base;
    }

    int first(int chunk) {
        return firsts[chunk];
    }

    /** The lv after the chunk's last one. */
    int end(int chunk) {
        return ends[chunk];
    }

    /** The run that the chunk is a part of. */
    int run(int chunk) {
        return runs[chunk];
    }

    /** From where on {@link #parent} has the chunk's parents; to where the next one's begin. */
    int parentsFrom(int chunk) {
        return parentsFrom[chunk];
    }

    /** The first chunk of the straight line that the chunk ends: each behind it has the one visited before as parent. */
    int line(int chunk) {
        return lines[chunk];
    }

    /** The place of a chunk that is some chunk's parent. */
    int parent(int index) {
        return parents[index];
    }

    boolean isSilent(int chunk) {
        return silent[chunk];
    }

    /** The version that the walk ends in if everything before the plan is an ancestor of it: what has no child here. */
    int[] heads() {
        boolean[] followed = new boolean[size];
        for (int parent : parents) {
            followed[parent] = true;
        }
        IntList heads = new IntList();
        for (int chunk = 0; chunk < size; chunk++) {
            if (!followed[chunk]) {
                heads.add(ends[chunk] - 1);
            }
        }
        int[] version = heads.toArray();
        Arrays.sort(version);
        return version;
    }

    /** Whether every chunk from this one on descends from every chunk before it. */
    boolean isCriticalBefore(int chunk) {
        return critical[chunk];
    }

    /** Makes chunks of all units from this one on. */
    private void cut(int firstLv) {
        starts = new UnitSet(firstLv, log.units());
        starts.add(firstLv);
        int firstRun = log.runOf(firstLv);
        for (int run = firstRun; run < log.runs(); run++) {
            if (run > firstRun) {
                starts.add(log.start(run));
            }
            for (int i = log.follows(run) ? -1 : log.parentCount(run) - 1; i >= 0; i--) {
                int after = log.parent(run, i) + 1;
                if (after > firstLv && after < log.units()) {
                    starts.add(after);
                }
            }
        }
        size = starts.count();
        firsts = starts.toArray(size);
        firsts[size] = log.units();
        ends = Arrays.copyOfRange(firsts, 1, size + 1);
        silent = new boolean[size];
    }

    /** A version that is still to be walked down from; {@code known} if {@code from} includes it. */
    private static final class Open implements Comparable<Open> {
        final int[] version;
        final boolean known;

        Open(int[] version, boolean known) {
            this.version = version;
            this.known = known;
        }

        int newest() {
            return version.length == 0 ? BASE : version[version.length - 1];
        }

        /** Newest first; of those with equal ends the longer first, so that its parts can join the shorter. */
        @Override
        public int compareTo(Open other) {
            int mine = version.length;
            int its = other.version.length;
            while (mine > 0 && its > 0) {
                int byLv = Integer.compare(other.version[--its], version[--mine]);
                if (byLv != 0) {
                    return byLv;
                }
            }
            return Integer.compare(its, mine);
        }
    }

    private void collect(int[] from, int[] to) {
        IntList down = new IntList();
        PriorityQueue<Open> queue = new PriorityQueue<>();
        queue.add(new Open(from, true));
        queue.add(new Open(to, false));
        while (true) {
            Open open = queue.remove();
            boolean known = open.known;
            while (!queue.isEmpty() && Arrays.equals(queue.peek().version, open.version)) {
                known |= queue.remove().known;
            }
            if (queue.isEmpty()) {
                base = open.version;
                break;
            }
            if (open.version.length > 1) {
                for (int lv : open.version) {
                    queue.add(new Open(new int[] {lv}, known));
                }
                continue;
            }
            int last = open.version[0];
            int run = log.runOf(last);
            int first = Math.max(log.start(run), queue.peek().newest() + 1);
            down.add(first);
            down.add(last + 1);
            down.add(known ? 1 : 0);
            queue.add(new Open(log.parentsOfUnit(run, first), known));
        }
        size = down.size() / 3;
        firsts = new int[size];
        ends = new int[size];
        silent = new boolean[size];
        for (int i = 0; i < size; i++) {
            int chunk = size - 1 - i;
            firsts[chunk] = down.get(3 * i);
            ends[chunk] = down.get(3 * i + 1);
            silent[chunk] = down.get(3 * i + 2) == 1;
        }
    }

    private void findParents() {
        IntList found = new IntList();
        parentsFrom = new int[size + 1];
        runs = new int[size];
        for (int chunk = 0; chunk < size; chunk++) {
            int lv = firsts[chunk];
            int run = runOf(chunk);
            runs[chunk] = run;
            if (lv > log.start(run) || log.follows(run)) {
                // What precedes it directly is the chunk before, if it is in the plan.
                if (chunk > 0 && ends[chunk - 1] == lv) {
                    found.add(chunk - 1);
                }
            } else {
                for (int i = 0; i < log.parentCount(run); i++) {
                    int at = chunkThatEnds(log.parent(run, i) + 1);
                    if (at >= 0) {
                        found.add(at);
                    }
                }
            }
            parentsFrom[chunk + 1] = found.size();
        }
        parents = found.toArray();
    }

    private int runOf(int chunk) {
        int lv = firsts[chunk];
        if (chunk > 0) {
            int before = runs[chunk - 1];
            int end = log.end(before);
            if (lv <= end) {
                return lv < end ? before : before + 1;
            }
        }
        return log.runOf(lv);
    }

    /** The chunk that ends before the unit, which begins another one or stands behind them all; less than 0 if none does. */
    private int chunkThatEnds(int lv) {
        if (starts == null) {
            return Arrays.binarySearch(ends, 0, size, lv);
        }
        return lv <= firsts[0] ? -1 : lv == ends[size - 1] ? size - 1 : starts.rank(lv) - 1;
    }

    private int[] visitOrder() {
        int[] waitingFor = new int[size];
        int[] childrenFrom = new int[size + 2];
        for (int chunk = 0; chunk < size; chunk++) {
            waitingFor[chunk] = parentsFrom[chunk + 1] - parentsFrom[chunk];
        }
        for (int parent : parents) {
            childrenFrom[parent + 2]++;
        }
        for (int chunk = 2; chunk <= size; chunk++) {
            childrenFrom[chunk] += childrenFrom[chunk - 1];
        }
        int[] children = new int[parents.length];
        for (int chunk = 0; chunk < size; chunk++) {
            for (int i = parentsFrom[chunk]; i < parentsFrom[chunk + 1]; i++) {
                children[childrenFrom[parents[i] + 1]++] = chunk;
            }
        }
        sortByWeight(children, childrenFrom);
        int[] order = new int[size];
        int visited = 0;
        int[] ready = new int[size];
        for (boolean phase : new boolean[] {true, false}) {
            int top = 0;
            for (int chunk = size - 1; chunk >= 0; chunk--) {
                if (silent[chunk] == phase && waitingFor[chunk] == 0) {
                    ready[top++] = chunk;
                }
            }
            while (top > 0) {
                int chunk = ready[--top];
                order[visited++] = chunk;
                for (int i = childrenFrom[chunk + 1] - 1; i >= childrenFrom[chunk]; i--) {
                    int child = children[i];
                    if (--waitingFor[child] == 0 && silent[child] == phase) {
                        ready[top++] = child;
                    }
                }
            }
        }
        return order;
    }

    /**
     * Puts each chunk's heavier branches before its lighter ones. The lighter ones are then what is taken back and done
     * again where branches meet and part: in the history of git's Makefile that is 96,000 moves of spans; in the order of
     * arrival 343,000, the lightest first 558,000.
     */
    private void sortByWeight(int[] children, int[] childrenFrom) {
        int[] weights = new int[size];
        for (int chunk = size - 1; chunk >= 0; chunk--) {
            weights[chunk]++;
            if (parentsFrom[chunk + 1] - parentsFrom[chunk] == 1) {
                weights[parents[parentsFrom[chunk]]] += weights[chunk];
            }
        }
        for (int chunk = 0; chunk < size; chunk++) {
            int from = childrenFrom[chunk];
            for (int i = from + 1; i < childrenFrom[chunk + 1]; i++) {
                int child = children[i];
                int hole = i;
                while (hole > from && weights[children[hole - 1]] < weights[child]) {
                    children[hole] = children[hole - 1];
                    hole--;
                }
                children[hole] = child;
            }
        }
    }

    private void findLines() {
        lines = new int[size];
        for (int chunk = 0; chunk < size; chunk++) {
            int from = parentsFrom[chunk];
            boolean follows = parentsFrom[chunk + 1] - from == 1 && parents[from] == chunk - 1;
            lines[chunk] = follows ? lines[chunk - 1] : chunk;
        }
    }

    private void reorder(int[] order) {
        int[] placeOf = new int[size];
        boolean moved = false;
        for (int place = 0; place < size; place++) {
            placeOf[order[place]] = place;
            moved |= order[place] != place;
        }
        if (!moved) {
            return;
        }
        int[] newFirsts = new int[size];
        int[] newEnds = new int[size];
        int[] newRuns = new int[size];
        boolean[] newSilent = new boolean[size];
        int[] newParents = new int[parents.length];
        int[] newParentsFrom = new int[size + 1];
        int filled = 0;
        for (int place = 0; place < size; place++) {
            int chunk = order[place];
            newFirsts[place] = firsts[chunk];
            newEnds[place] = ends[chunk];
            newRuns[place] = runs[chunk];
            newSilent[place] = silent[chunk];
            int from = filled;
            for (int i = parentsFrom[chunk]; i < parentsFrom[chunk + 1]; i++) {
                newParents[filled++] = placeOf[parents[i]];
            }
            if (filled - from > 1) {
                Arrays.sort(newParents, from, filled);
            }
            newParentsFrom[place + 1] = filled;
        }
        firsts = newFirsts;
        ends = newEnds;
        runs = newRuns;
        silent = newSilent;
        parents = newParents;
        parentsFrom = newParentsFrom;
    }

    private boolean[] findCriticalBoundaries() {
        int[] firstChild = new int[size];
        Arrays.fill(firstChild, size);
        for (int chunk = size - 1; chunk >= 0; chunk--) {
            for (int i = parentsFrom[chunk]; i < parentsFrom[chunk + 1]; i++) {
                firstChild[parents[i]] = chunk;
            }
        }
        // Both arrays hold differences between neighbouring boundaries until they are summed below.
        int[] heads = new int[size + 2];
        int[] spoiled = new int[size + 2];
        for (int chunk = 0; chunk < size; chunk++) {
            heads[chunk + 1]++;
            heads[firstChild[chunk] + 1]--;
        }
        for (int boundary = 1; boundary <= size; boundary++) {
            heads[boundary] += heads[boundary - 1];
        }
        for (int chunk = 0; chunk < size; chunk++) {
            int from = parentsFrom[chunk];
            int to = parentsFrom[chunk + 1];
            int afterParents = from == to ? 0 : parents[to - 1] + 1;
            boolean exempt = afterParents == 0 || isFrontier(from, to, afterParents, firstChild, heads);
            spoiled[exempt ? afterParents + 1 : afterParents]++;
            spoiled[chunk + 1]--;
        }
        boolean[] found = new boolean[size + 1];
        int spoilers = 0;
        for (int boundary = 0; boundary <= size; boundary++) {
            spoilers += spoiled[boundary];
            found[boundary] = spoilers == 0;
        }
        return found;
    }

    /** Whether the parents in that part of the list are the whole frontier at the boundary. */
    private boolean isFrontier(int from, int to, int boundary, int[] firstChild, int[] heads) {
        if (to - from != heads[boundary]) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (firstChild[parents[i]] < boundary) {
                return false;
            }
        }
        return true;
    }
}

package dev.metalog.server.eventgraph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Which parts of the history a walk from one version to a later one has to visit, in which order, and where it can
 * forget what it has learned.
 *
 * <p>The history is cut into <em>chunks</em>: stretches of one run whose inner units nobody else in the plan has as a
 * parent. Three things are found out here.
 *
 * <p><b>The base.</b> Going down from both versions, newest chunk first, until everything that is still open is one and
 * the same version: all chunks of the plan descend from all of it, so its text can stand as one opaque stretch and
 * nothing older is looked at. Chunks that {@code from} includes are <em>silent</em>: they are already in the text and
 * are replayed only because later ones are concurrent with them.
 *
 * <p><b>The order.</b> Silent chunks first, else depth first: after a chunk comes one of its children if all the
 * child's parents are done. Branches that arrived interleaved are thus visited one after the other; in order of arrival
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
    private static final int[] IN_BASE = {BASE};

    private final EventLog log;
    private final int[] base;
    /** First and last lv of each chunk; ascending at first, then in the order of the visit. */
    private int[] firsts;

    private int[] lasts;
    private boolean[] silent;
    /** Places of each chunk's parents in the same arrays, ascending; {@link #BASE} for those outside of the plan. */
    private int[][] parents;

    private final boolean[] critical;

    /** The plan from one version to another that includes it. */
    Plan(EventLog log, int[] from, int[] to) {
        this.log = log;
        base = collect(from, to);
        parents = findParents();
        reorder(visitOrder());
        critical = findCriticalBoundaries();
    }

    int size() {
        return firsts.length;
    }

    int[] base() {
        return base;
    }

    int first(int chunk) {
        return firsts[chunk];
    }

    int last(int chunk) {
        return lasts[chunk];
    }

    boolean isSilent(int chunk) {
        return silent[chunk];
    }

    int[] parents(int chunk) {
        return parents[chunk];
    }

    /** Whether every chunk from this one on descends from every chunk before it. */
    boolean isCriticalBefore(int chunk) {
        return critical[chunk];
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

    private int[] collect(int[] from, int[] to) {
        IntList down = new IntList();
        List<Boolean> downKnown = new ArrayList<>();
        PriorityQueue<Open> queue = new PriorityQueue<>();
        queue.add(new Open(from, true));
        queue.add(new Open(to, false));
        int[] common;
        while (true) {
            Open open = queue.remove();
            boolean known = open.known;
            while (!queue.isEmpty() && Arrays.equals(queue.peek().version, open.version)) {
                known |= queue.remove().known;
            }
            if (queue.isEmpty()) {
                common = open.version;
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
            down.add(last);
            downKnown.add(known);
            queue.add(new Open(log.parentsOfUnit(run, first), known));
        }
        int size = downKnown.size();
        firsts = new int[size];
        lasts = new int[size];
        silent = new boolean[size];
        for (int i = 0; i < size; i++) {
            int chunk = size - 1 - i;
            firsts[chunk] = down.get(2 * i);
            lasts[chunk] = down.get(2 * i + 1);
            silent[chunk] = downKnown.get(i);
        }
        return common;
    }

    private int[][] findParents() {
        int[][] places = new int[size()][];
        for (int chunk = 0; chunk < places.length; chunk++) {
            int[] lvs = log.parentsOfUnit(log.runOf(firsts[chunk]), firsts[chunk]);
            int[] found = new int[lvs.length];
            for (int i = 0; i < lvs.length; i++) {
                found[i] = Math.max(BASE, Arrays.binarySearch(lasts, lvs[i]));
            }
            // Either all are chunks, or together they are the base: see the class comment.
            places[chunk] = found.length == 0 || found[0] == BASE ? IN_BASE : found;
        }
        return places;
    }

    private int[] visitOrder() {
        int size = size();
        int[] waitingFor = new int[size];
        int[][] children = children(waitingFor);
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
                int[] next = children[chunk];
                for (int i = next.length - 1; i >= 0; i--) {
                    if (--waitingFor[next[i]] == 0 && silent[next[i]] == phase) {
                        ready[top++] = next[i];
                    }
                }
            }
        }
        return order;
    }

    /** The children of each chunk, ascending; counts the parents of each on the way. */
    private int[][] children(int[] parentCounts) {
        int size = size();
        int[] childCounts = new int[size];
        for (int chunk = 0; chunk < size; chunk++) {
            for (int parent : parents[chunk]) {
                if (parent != BASE) {
                    childCounts[parent]++;
                    parentCounts[chunk]++;
                }
            }
        }
        int[][] children = new int[size][];
        for (int chunk = 0; chunk < size; chunk++) {
            children[chunk] = new int[childCounts[chunk]];
        }
        for (int chunk = size - 1; chunk >= 0; chunk--) {
            for (int parent : parents[chunk]) {
                if (parent != BASE) {
                    children[parent][--childCounts[parent]] = chunk;
                }
            }
        }
        return children;
    }

    private void reorder(int[] order) {
        int size = size();
        int[] placeOf = new int[size];
        for (int place = 0; place < size; place++) {
            placeOf[order[place]] = place;
        }
        int[] newFirsts = new int[size];
        int[] newLasts = new int[size];
        boolean[] newSilent = new boolean[size];
        int[][] newParents = new int[size][];
        for (int place = 0; place < size; place++) {
            int chunk = order[place];
            newFirsts[place] = firsts[chunk];
            newLasts[place] = lasts[chunk];
            newSilent[place] = silent[chunk];
            int[] old = parents[chunk];
            newParents[place] = old;
            if (old != IN_BASE) {
                int[] places = new int[old.length];
                for (int i = 0; i < old.length; i++) {
                    places[i] = placeOf[old[i]];
                }
                Arrays.sort(places);
                newParents[place] = places;
            }
        }
        firsts = newFirsts;
        lasts = newLasts;
        silent = newSilent;
        parents = newParents;
    }

    private boolean[] findCriticalBoundaries() {
        int size = size();
        int[] firstChild = new int[size];
        Arrays.fill(firstChild, size);
        for (int chunk = size - 1; chunk >= 0; chunk--) {
            for (int parent : parents[chunk]) {
                if (parent != BASE) {
                    firstChild[parent] = chunk;
                }
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
            int afterParents = parents[chunk][parents[chunk].length - 1] + 1;
            boolean exempt = afterParents == 0 || isFrontier(parents[chunk], afterParents, firstChild, heads);
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

    private static boolean isFrontier(int[] version, int boundary, int[] firstChild, int[] heads) {
        if (version.length != heads[boundary]) {
            return false;
        }
        for (int chunk : version) {
            if (firstChild[chunk] < boundary) {
                return false;
            }
        }
        return true;
    }
}

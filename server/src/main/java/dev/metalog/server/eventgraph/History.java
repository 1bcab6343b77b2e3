package dev.metalog.server.eventgraph;

import java.util.Arrays;

/**
 * Questions about who descends from whom. A version is an ascending array of lvs, none an ancestor of another.
 *
 * <p>All walks go from the newest unit down, so that whatever is popped has had all its descendants popped before, and
 * they jump over straight lines. None recurses: a document's history is easily a hundred thousand runs deep.
 */
final class History {
    private final EventLog log;

    History(EventLog log) {
        this.log = log;
    }

    /** Whether the unit is one of the version's or an ancestor of them. */
    boolean includes(int[] version, int lv) {
        IntHeap open = new IntHeap();
        for (int head : version) {
            open.push(head);
        }
        while (!open.isEmpty() && open.top() >= lv) {
            int head = popDistinct(open);
            int line = log.line(log.runOf(head));
            if (line <= lv) {
                return true;
            }
            for (int parent : log.parents(log.runOf(line))) {
                open.push(parent);
            }
        }
        return false;
    }

    boolean includes(int[] version, int[] other) {
        if (Arrays.equals(version, other)) {
            return true;
        }
        for (int lv : other) {
            if (!includes(version, lv)) {
                return false;
            }
        }
        return true;
    }

    /** The version that includes all these units: those of them that are no other's ancestor. */
    int[] frontierOf(int... lvs) {
        if (lvs.length <= 1) {
            return lvs;
        }
        // A heap item is twice the lv, plus one where a walk came by it: at equal lvs the walk is seen first.
        IntHeap open = new IntHeap();
        int[] distinct = Arrays.stream(lvs).sorted().distinct().toArray();
        for (int lv : distinct) {
            open.push(2 * lv);
        }
        int undecided = distinct.length;
        IntList heads = new IntList();
        while (undecided > 0) {
            int item = open.pop();
            int lv = item >> 1;
            boolean candidate = (item & 1) == 0;
            if (candidate) {
                undecided--;
                heads.add(lv);
            }
            int line = log.line(log.runOf(lv));
            while (!open.isEmpty() && open.top() >> 1 >= line) {
                // On the same straight line, so an ancestor of what was popped.
                if ((open.pop() & 1) == 0) {
                    undecided--;
                }
            }
            for (int parent : log.parents(log.runOf(line))) {
                open.push(2 * parent + 1);
            }
        }
        int[] frontier = heads.toArray();
        Arrays.sort(frontier);
        return frontier;
    }

    /** The version after one more event, none of whose descendants is in the version. */
    static int[] advance(int[] version, int[] parents, int lastLv) {
        int[] next = new int[version.length + 1];
        int size = 0;
        for (int lv : version) {
            if (Arrays.binarySearch(parents, lv) < 0) {
                next[size++] = lv;
            }
        }
        next[size++] = lastLv;
        return Arrays.copyOf(next, size);
    }

    private static int popDistinct(IntHeap heap) {
        int top = heap.pop();
        while (!heap.isEmpty() && heap.top() == top) {
            heap.pop();
        }
        return top;
    }
}

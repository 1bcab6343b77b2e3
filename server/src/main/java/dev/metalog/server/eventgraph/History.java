package dev.metalog.server.eventgraph;

import java.util.Arrays;

/**
 * Questions about who descends from whom. A version is an ascending array of lvs, none an ancestor of another.
 *
 * <p>All walks go from the newest unit down, so that whatever is popped has had all its descendants popped before, and
 * they jump over straight lines. None recurses: a document's history is easily a hundred thousand runs deep.
 */
final class History {
    private static final int LEFT = 1;
    private static final int RIGHT = 2;
    private static final int BOTH = LEFT | RIGHT;

    private final EventLog log;

    /** What is still to be walked down from; used by one question at a time. */
    private final LongHeap open = new LongHeap();

    History(EventLog log) {
        this.log = log;
    }

    /** Whether the unit is one of the version's or an ancestor of them. */
    boolean includes(int[] version, int lv) {
        open.clear();
        for (int head : version) {
            open.push(head);
        }
        while (!open.isEmpty() && open.top() >= lv) {
            int head = popDistinct();
            int run = log.line(log.runOf(head));
            if (log.start(run) <= lv) {
                return true;
            }
            for (int i = log.parentCount(run) - 1; i >= 0; i--) {
                open.push(log.parent(run, i));
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

    /** Whether none of these units, which ascend, is another one's ancestor. */
    boolean isVersion(int[] lvs) {
        // Nearly all events that join branches join two.
        return lvs.length == 2 ? !includes(new int[] {lvs[1]}, lvs[0]) : frontierOf(lvs).length == lvs.length;
    }

    /** The version that includes all these units: those of them that are no other's ancestor. */
    int[] frontierOf(int... lvs) {
        if (lvs.length <= 1) {
            return lvs;
        }
        // A heap item is twice the lv, plus one where a walk came by it: at equal lvs the walk is seen first.
        open.clear();
        int[] distinct = distinct(lvs);
        if (distinct.length == 1) {
            return distinct;
        }
        for (int lv : distinct) {
            open.push(2L * lv);
        }
        int undecided = distinct.length;
        IntList heads = new IntList();
        while (undecided > 0) {
            int item = (int) open.pop();
            int lv = item >> 1;
            boolean candidate = (item & 1) == 0;
            if (candidate) {
                undecided--;
                heads.add(lv);
            }
            int run = log.line(log.runOf(lv));
            int line = log.start(run);
            while (!open.isEmpty() && open.top() >> 1 >= line) {
                // On the same straight line, so an ancestor of what was popped.
                if ((open.pop() & 1) == 0) {
                    undecided--;
                }
            }
            for (int i = log.parentCount(run) - 1; i >= 0; i--) {
                open.push(2L * log.parent(run, i) + 1);
            }
        }
        int[] frontier = heads.toArray();
        Arrays.sort(frontier);
        return frontier;
    }

    private static int[] distinct(int[] lvs) {
        int[] sorted = lvs.clone();
        Arrays.sort(sorted);
        int size = 1;
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] > sorted[size - 1]) {
                sorted[size++] = sorted[i];
            }
        }
        return size == sorted.length ? sorted : Arrays.copyOf(sorted, size);
    }

    /** Told of stretches of units that one version has and another lacks. */
    interface StretchSink {
        void stretch(int firstLv, int lastLv);
    }

    /**
     * Tells which units only the left version has and which only the right one has, latest first.
     *
     * <p>Both are followed down together; the walk ends when all that is still open belongs to both.
     */
    void difference(int[] left, int[] right, StretchSink onlyLeft, StretchSink onlyRight) {
        follow(left, right, onlyLeft, onlyRight, new IntList());
    }

    /** The version of all units that both have. */
    int[] common(int[] left, int[] right) {
        StretchSink nobody = (firstLv, lastLv) -> {};
        IntList both = new IntList();
        follow(left, right, nobody, nobody, both);
        while (!open.isEmpty()) {
            both.add((int) (open.pop() >> 2));
        }
        return frontierOf(both.toArray());
    }

    /** Leaves open what both have and nobody looked at; those of it that were looked at go into {@code both}. */
    private void follow(int[] left, int[] right, StretchSink onlyLeft, StretchSink onlyRight, IntList both) {
        open.clear();
        // An item is four times the lv, plus whose it is.
        for (int lv : left) {
            open.push(4L * lv + LEFT);
        }
        for (int lv : right) {
            open.push(4L * lv + RIGHT);
        }
        int undecided = left.length + right.length;
        while (undecided > 0) {
            long item = open.pop();
            int lv = (int) (item >> 2);
            int side = (int) item & BOTH;
            undecided -= side == BOTH ? 0 : 1;
            while (!open.isEmpty() && open.top() >> 2 == lv) {
                int other = (int) open.pop() & BOTH;
                undecided -= other == BOTH ? 0 : 1;
                side |= other;
            }
            int run = log.line(log.runOf(lv));
            int line = log.start(run);
            int next = open.isEmpty() ? -1 : (int) (open.top() >> 2);
            int first = Math.max(line, next + 1);
            if (side == LEFT) {
                onlyLeft.stretch(first, lv);
            } else if (side == RIGHT) {
                onlyRight.stretch(first, lv);
            } else {
                both.add(lv);
            }
            if (first > line) {
                open.push(4L * next + side);
                undecided += side == BOTH ? 0 : 1;
            } else {
                for (int i = log.parentCount(run) - 1; i >= 0; i--) {
                    open.push(4L * log.parent(run, i) + side);
                    undecided += side == BOTH ? 0 : 1;
                }
            }
        }
    }

    private int popDistinct() {
        int top = (int) open.pop();
        while (!open.isEmpty() && open.top() == top) {
            open.pop();
        }
        return top;
    }
}

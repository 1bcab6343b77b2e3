package dev.metalog.server.eventgraph;

import java.util.Arrays;

/**
 * What a walk has to take back and do again to get from one chunk of a {@link Plan} to the next: {@link
 * History#difference} for versions that are chunks of one zone, which needs no search in the log.
 *
 * <p>Both versions are followed down together from place to place, the latest first, so that whatever is reached has had
 * all its descendants looked at before. The walk ends when all that is still open belongs to both, and all parents that
 * were asked for have been reached: one that another one leads to should not have been named. What stands before the zone
 * belongs to both from the start.
 */
final class PlanDifference {
    private static final byte LEFT = 1;
    private static final byte RIGHT = 2;
    private static final byte BOTH = LEFT | RIGHT;
    /** Set for the parents that were asked for. */
    private static final byte NAMED = 4;

    private final Plan plan;
    private final int zoneStart;
    private final StretchSink sink;
    /** By place in the zone: in which versions it is known to be, while it is open. */
    private final byte[] sides;

    /** The open places: a heap, the latest on top. */
    private int[] open = new int[16];

    private int opened;
    /** How many of them are in one version only. */
    private int undecided;
    /** How many of them were asked for. */
    private int named;

    private boolean redundant;

    /** Chunks that follow one another directly in the log are told as one. */
    private int heldRun;

    private int heldFirst;
    private int heldEnd;
    private byte heldSide;

    /** Told of stretches of units that only one version has. */
    interface StretchSink {
        /** @param delta -1 for what only the left version has, 1 for what only the right one has */
        void stretch(int run, int firstLv, int endLv, int delta);
    }

    PlanDifference(Plan plan, int zoneStart, int zoneEnd, StretchSink sink) {
        this.plan = plan;
        this.zoneStart = zoneStart;
        this.sides = new byte[zoneEnd - zoneStart];
        this.sink = sink;
    }

    /**
     * Tells what is in the version of one chunk only, and what only in that of another chunk's parents. Returns whether
     * these are a version: whether none of them is an ancestor of another.
     */
    boolean tell(int chunk, int parentsOfChunk) {
        opened = 0;
        undecided = 0;
        heldSide = 0;
        redundant = false;
        open(chunk, LEFT);
        openNamed(parentsOfChunk);
        while (undecided > 0 || named > 0) {
            int place = pop();
            byte found = sides[place - zoneStart];
            byte side = (byte) (found & BOTH);
            sides[place - zoneStart] = 0;
            named -= found >> 2;
            undecided -= side == BOTH ? 0 : 1;
            // Straight down, up to where something else is open on the same line.
            int line = Math.max(plan.line(place), zoneStart);
            int first = opened == 0 ? line : Math.max(line, open[0] + 1);
            if (side != BOTH) {
                for (int at = place; at >= first; at--) {
                    hold(at, side);
                }
            }
            if (first > line) {
                open(first - 1, side);
            } else {
                openParents(first, side);
            }
        }
        for (int i = 0; i < opened; i++) {
            sides[open[i] - zoneStart] = 0;
        }
        release();
        return !redundant;
    }

    private void openNamed(int chunk) {
        int from = plan.parentsFrom(chunk);
        int to = plan.parentsFrom(chunk + 1);
        named = 0;
        for (int i = from; i < to; i++) {
            int place = plan.parent(i);
            open(place, RIGHT);
            // Alone, it cannot be another one's ancestor, and need not be reached.
            if (to - from > 1) {
                if (place < zoneStart) {
                    redundant |= plan.parent(to - 1) >= zoneStart;
                } else {
                    sides[place - zoneStart] |= NAMED;
                    named++;
                }
            }
        }
    }

    private void openParents(int chunk, byte side) {
        for (int i = plan.parentsFrom(chunk); i < plan.parentsFrom(chunk + 1); i++) {
            open(plan.parent(i), side);
        }
    }

    private void open(int place, byte side) {
        if (place < zoneStart) {
            return;
        }
        byte found = sides[place - zoneStart];
        int before = found & BOTH;
        if (before == 0) {
            push(place);
            undecided += side == BOTH ? 0 : 1;
        } else if (before != BOTH && (before | side) == BOTH) {
            undecided--;
        }
        redundant |= (found & NAMED) != 0 && (side & RIGHT) != 0;
        sides[place - zoneStart] = (byte) (found | side);
    }

    private void hold(int place, byte side) {
        if (side == heldSide && plan.end(place) == heldFirst) {
            heldFirst = plan.first(place);
        } else {
            release();
            heldFirst = plan.first(place);
            heldEnd = plan.end(place);
            heldSide = side;
        }
        heldRun = plan.run(place);
    }

    private void release() {
        if (heldSide != 0) {
            sink.stretch(heldRun, heldFirst, heldEnd, heldSide == LEFT ? -1 : 1);
        }
    }

    private void push(int place) {
        if (opened == open.length) {
            open = Arrays.copyOf(open, 2 * opened);
        }
        int hole = opened++;
        while (hole > 0 && open[(hole - 1) >> 1] < place) {
            open[hole] = open[(hole - 1) >> 1];
            hole = (hole - 1) >> 1;
        }
        open[hole] = place;
    }

    private int pop() {
        int top = open[0];
        int place = open[--opened];
        int hole = 0;
        while (true) {
            int child = 2 * hole + 1;
            if (child + 1 < opened && open[child + 1] > open[child]) {
                child++;
            }
            if (child >= opened || open[child] <= place) {
                break;
            }
            open[hole] = open[child];
            hole = child;
        }
        open[hole] = place;
        return top;
    }
}

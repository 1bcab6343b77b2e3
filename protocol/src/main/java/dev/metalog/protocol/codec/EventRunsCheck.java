package dev.metalog.protocol.codec;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.Stamp;

/**
 * What holds for all columns of events, whoever made them; what more has to hold in a bundle or in a document is checked
 * there. Whether positions lie inside of the text, and whether one parent is an ancestor of another, only the event graph
 * can tell.
 */
final class EventRunsCheck {
    private final EventRuns runs;
    private int explicitIndex;

    private EventRunsCheck(EventRuns runs) {
        this.runs = runs;
    }

    static void check(EventRuns runs) throws MalformedColumnsException {
        new EventRunsCheck(runs).run();
    }

    private void run() throws MalformedColumnsException {
        for (int run = 0; run < runs.count(); run++) {
            checkSize(run);
            if (runs.kindNumber(run) == RunKind.INSERTION.number()) {
                checkContent(run);
            }
            if (explicitIndex < runs.explicitCount() && runs.explicitRun(explicitIndex) == run) {
                checkParents(run);
                explicitIndex++;
            } else if (run == 0) {
                if (runs.seq(0) == 0) {
                    throw MalformedColumnsException.atRun(0, "there is no event before the writer's first to follow");
                }
            } else if (joins(run)) {
                throw MalformedColumnsException.atRun(run, "the run is not joined with the one before");
            }
        }
        checkStamps();
    }

    /** That they ascend, part nothing that is one, and tell a change. */
    private void checkStamps() throws MalformedColumnsException {
        if (runs.stampCount() == 0) {
            return;
        }
        int[] minutes = new int[runs.writerCount()];
        for (int writer = 0; writer < minutes.length; writer++) {
            minutes[writer] = runs.firstSeq(writer) == 0 ? Stamp.UNKNOWN_MINUTES : Stamp.AS_BEFORE;
        }
        int before = -1;
        int run = 0;
        for (int stamp = 0; stamp < runs.stampCount(); stamp++) {
            int unit = runs.stampUnit(stamp);
            if (unit <= before || unit >= runs.units() || runs.stampMinutes(stamp) < 0) {
                throw MalformedColumnsException.of("a stamp is out of order, or none");
            }
            before = unit;
            while (runs.firstUnit(run + 1) <= unit) {
                run++;
            }
            if (unit > runs.firstUnit(run)) {
                checkMayEnd(run, unit - 1, "what comes before a stamp");
            }
            int writer = runs.writer(run);
            if (minutes[writer] == runs.stampMinutes(stamp)) {
                throw MalformedColumnsException.atRun(run, "a stamp says what its writer's last one says");
            }
            minutes[writer] = runs.stampMinutes(stamp);
        }
    }

    /** Sequence numbers, positions and lengths were checked for overflow when they were read or added. */
    private void checkSize(int run) throws MalformedColumnsException {
        if (runs.kindNumber(run) >= RunKind.DELETE_KEYS.number() && runs.length(run) < 2) {
            throw MalformedColumnsException.atRun(run, "a single deletion is not a joined one");
        }
    }

    /** The content as a whole has no lone surrogate, so it is enough that no run ends inside of a pair. */
    private void checkContent(int run) throws MalformedColumnsException {
        int start = runs.contentStart(run);
        int end = start + runs.length(run);
        if (Character.isLowSurrogate(runs.contentAt(start)) || Character.isHighSurrogate(runs.contentAt(end - 1))) {
            throw MalformedColumnsException.atRun(run, "an edge of the insertion parts a surrogate pair");
        }
    }

    private void checkParents(int run) throws MalformedColumnsException {
        int from = runs.parentsStart(explicitIndex);
        int to = runs.parentsEnd(explicitIndex);
        if (to - from > Limits.EVENT_PARENTS) {
            throw MalformedColumnsException.atRun(
                    run, "there are more than the " + Limits.EVENT_PARENTS + " parents that are allowed");
        }
        for (int i = from; i < to; i++) {
            int parent = runs.parentAt(i);
            if (parent >= 0) {
                checkInside(run, parent);
            } else {
                checkOutside(run, parent);
            }
            if (i > from && !ascends(runs.parentAt(i - 1), parent)) {
                throw MalformedColumnsException.atRun(run, "a parent is named twice or out of order");
            }
        }
        if (to - from == 1 && followsAnyway(run, runs.parentAt(from))) {
            throw MalformedColumnsException.atRun(run, "a parent is spelled out that goes without saying");
        }
    }

    private void checkInside(int run, int parent) throws MalformedColumnsException {
        if (parent >= runs.firstUnit(run)) {
            throw MalformedColumnsException.atRun(run, "a parent stands behind its child");
        }
        checkMayEnd(runs.runOfUnit(parent), parent, "a parent");
    }

    /** Checks that an event may end with the unit. */
    private void checkMayEnd(int run, int unit, String what) throws MalformedColumnsException {
        int offset = unit - runs.firstUnit(run);
        if (offset == runs.length(run) - 1) {
            return;
        }
        int kind = runs.kindNumber(run);
        if (kind == RunKind.DELETION.number()) {
            throw MalformedColumnsException.atRun(run, what + " lies inside of an atomic deletion");
        }
        if (kind == RunKind.INSERTION.number()
                && Character.isHighSurrogate(runs.contentAt(runs.contentStart(run) + offset))) {
            throw MalformedColumnsException.atRun(run, what + " is the first half of a surrogate pair");
        }
    }

    private void checkOutside(int run, int parent) throws MalformedColumnsException {
        int replica = runs.outsideReplica(parent);
        if (replica < runs.writerCount() && runs.outsideSeq(parent) >= runs.firstSeq(replica)) {
            throw MalformedColumnsException.atRun(
                    run, "a parent among these events, or written after them, is named as if it were known before");
        }
    }

    /** Units first, the newest first; then what is outside, by the order of the replicas, then by seq. */
    private boolean ascends(int before, int after) {
        if (before >= 0) {
            return after < before;
        }
        if (after >= 0) {
            return false;
        }
        int byReplica = Integer.compare(runs.outsideReplica(before), runs.outsideReplica(after));
        return byReplica < 0 || (byReplica == 0 && runs.outsideSeq(before) < runs.outsideSeq(after));
    }

    private boolean followsAnyway(int run, int parent) {
        if (run > 0) {
            return parent == runs.firstUnit(run) - 1;
        }
        return runs.outsideReplica(parent) == runs.writer(0) && runs.outsideSeq(parent) == runs.seq(0) - 1;
    }

    /** Whether the run, or the first unit of it, which follows the run before, would have been joined with that one. */
    private boolean joins(int run) {
        int before = run - 1;
        return runs.writer(run) == runs.writer(before)
                && joins(
                        runs.kindNumber(before),
                        runs.position(before),
                        runs.length(before),
                        runs.kindNumber(run),
                        runs.position(run),
                        runs.length(run));
    }

    /**
     * Whether the first event of a run goes on where the run before, of the same writer, ends. It is the one rule of
     * joining, and it looks only forward: of three deletions at 5, 5 and 4 the first two are Del keys, and the third
     * starts anew.
     */
    static boolean joins(int kind, int position, int length, int nextKind, int nextPosition, int nextLength) {
        if (kind == RunKind.INSERTION.number() || nextKind == RunKind.INSERTION.number()) {
            return kind == nextKind && nextPosition == position + length;
        }
        if (nextKind == RunKind.DELETION.number() && nextLength > 1) {
            return false;
        }
        return switch (RunKind.of(kind)) {
            case DELETION -> length == 1 && (nextPosition == position || nextPosition == position - 1);
            case DELETE_KEYS -> nextPosition == position;
            default -> nextPosition == position - length;
        };
    }
}

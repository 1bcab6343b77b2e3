package dev.metalog.server.eventgraph;

/**
 * Leads a text from one version to a later one: the eg-walker algorithm (Gentle and Kleppmann, arXiv 2409.14252) on
 * runs, starting no earlier than it must.
 *
 * <p>An event says where it happened in the text of its parents; the text it has to be applied to has usually moved on.
 * Where the {@link Plan} sees no concurrency the two are the same and the event passes through as it is. Elsewhere a
 * {@link Tracker} is set to the base of the concurrent zone and the zone's chunks are replayed in it: its prepare
 * version is moved to the chunk's parents by taking back (retreat) and doing again (advance) what other chunks did, the
 * chunk's position is looked up there, and what has to change in the effect version goes to the sink. The test
 * {@code PlainWalker} does the same one character at a time and explains why this converges.
 */
final class Walk {
    private final EventLog log;
    private final Plan plan;
    private final EditSink sink;
    private final Admittance admittance;

    private Tracker tracker;
    /** Which units each chunk of the zone has touched, as ids and lengths: what to change when it is taken back. */
    private IntList touchedIds;

    private IntList touchedLengths;
    private int[] touchedFrom;

    /** @param admittance checks the events that are not in {@code from} yet; null if they have been checked before */
    Walk(EventLog log, int[] from, int[] to, EditSink sink, Admittance admittance) {
        this.log = log;
        this.plan = new Plan(log, from, to);
        this.sink = sink;
        this.admittance = admittance;
    }

    void run() {
        int zoneStart = 0;
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            int zoneEnd = chunk + 1;
            if (!plan.isCriticalBefore(zoneEnd)) {
                continue;
            }
            // A zone that ends in a silent chunk lies behind the text already.
            if (!plan.isSilent(chunk)) {
                if (zoneEnd - zoneStart == 1) {
                    passThrough(chunk);
                } else {
                    replay(zoneStart, zoneEnd);
                }
            }
            zoneStart = zoneEnd;
        }
    }

    private void passThrough(int chunk) {
        int lv = plan.first(chunk);
        int length = plan.last(chunk) + 1 - lv;
        int run = log.runOf(lv);
        int position = log.position(run, lv);
        boolean insertion = log.isInsertion(run);
        if (admittance != null) {
            admittance.check(lv, insertion, position, length);
        }
        if (insertion) {
            sink.insert(position, log.content(), log.contentIndex(run, lv), length);
        } else {
            sink.delete(position, length);
        }
    }

    private void replay(int zoneStart, int zoneEnd) {
        tracker = new Tracker(log, admittance == null ? null : admittance.inZone(plan, zoneStart));
        touchedIds = new IntList();
        touchedLengths = new IntList();
        touchedFrom = new int[zoneEnd - zoneStart + 1];
        PrepareVersion prepared = new PrepareVersion(zoneStart, zoneEnd);
        boolean settled = false;
        for (int chunk = zoneStart; chunk < zoneEnd; chunk++) {
            prepared.moveToParentsOf(chunk);
            boolean checked = admittance != null && !plan.isSilent(chunk);
            if (checked && !settled) {
                tracker.settle(admittance.textLength());
                settled = true;
            }
            apply(chunk, checked);
            touchedFrom[chunk + 1 - zoneStart] = touchedIds.size();
        }
        tracker = null;
    }

    private void apply(int chunk, boolean checked) {
        int lv = plan.first(chunk);
        int length = plan.last(chunk) + 1 - lv;
        int run = log.runOf(lv);
        int position = log.position(run, lv);
        boolean silent = plan.isSilent(chunk);
        if (checked) {
            admittance.startEvent(lv);
            admittance.checkRange(lv, log.isInsertion(run), position, length, tracker.preparedLength());
        }
        if (log.isInsertion(run)) {
            int at = tracker.insert(position, lv, length);
            touch(lv, length);
            if (!silent) {
                sink.insert(at, log.content(), log.contentIndex(run, lv), length);
            }
        } else {
            for (int done = 0; done < length; done += tracker.deletedLength()) {
                int at = tracker.delete(position, length - done);
                touch(tracker.deletedId(), tracker.deletedLength());
                if (!silent && tracker.deletedNow()) {
                    sink.delete(at, tracker.deletedLength());
                }
            }
        }
        if (checked) {
            admittance.endEvent();
        }
    }

    private void touch(int id, int length) {
        touchedIds.add(id);
        touchedLengths.add(length);
    }

    /**
     * The prepare version: always everything up to one chunk. To move it, both that chunk and the wanted parents are
     * followed down, latest first; what only the old version has is taken back, what only the new one has is done
     * again, and the walk ends where everything still open belongs to both.
     */
    private final class PrepareVersion {
        private static final byte OLD = 1;
        private static final byte NEW = 2;
        private static final byte BOTH = 3;

        private final int zoneStart;
        private final byte[] sides;
        private IntHeap open = new IntHeap();
        private int openInBoth;

        PrepareVersion(int zoneStart, int zoneEnd) {
            this.zoneStart = zoneStart;
            this.sides = new byte[zoneEnd - zoneStart];
        }

        /** The version is that of the chunk before in the order of the visit, which has just been applied. */
        void moveToParentsOf(int chunk) {
            int[] parents = plan.parents(chunk);
            if (chunk == zoneStart || (parents.length == 1 && parents[0] == chunk - 1)) {
                return;
            }
            reach(chunk - 1, OLD);
            reachAll(parents, NEW);
            while (open.size() > openInBoth) {
                int at = open.pop();
                byte side = sides[at - zoneStart];
                sides[at - zoneStart] = 0;
                if (side == BOTH) {
                    openInBoth--;
                } else {
                    changeState(at, side == NEW ? 1 : -1);
                }
                reachAll(plan.parents(at), side);
            }
            while (!open.isEmpty()) {
                sides[open.pop() - zoneStart] = 0;
            }
            openInBoth = 0;
        }

        private void reachAll(int[] chunks, byte side) {
            for (int chunk : chunks) {
                if (chunk >= zoneStart) {
                    reach(chunk, side);
                }
            }
        }

        private void reach(int chunk, byte side) {
            byte before = sides[chunk - zoneStart];
            byte after = (byte) (before | side);
            if (before == 0) {
                open.push(chunk);
            }
            if (after == BOTH && before != BOTH) {
                openInBoth++;
            }
            sides[chunk - zoneStart] = after;
        }

        private void changeState(int chunk, int delta) {
            for (int i = touchedFrom[chunk - zoneStart]; i < touchedFrom[chunk + 1 - zoneStart]; i++) {
                tracker.changeState(touchedIds.get(i), touchedLengths.get(i), delta);
            }
        }
    }
}

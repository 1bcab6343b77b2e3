package dev.metalog.server.eventgraph;

import java.util.Arrays;

/**
 * Events being applied to the text of one version, the base, that all of them descend from: the {@link Tracker} and the
 * version it is prepared for.
 *
 * <p>A replay can be kept when a walk is over, and go on when more events arrive. That is what makes live typing into a
 * concurrent document cheap: what arrives costs its own difference to what came last, and nothing older is replayed. It
 * also answers what leads from any version since the base to the newest one, by preparing for the former.
 *
 * <p>While it is complete, that is, has applied everything in the log that is not part of the base, a unit belongs to the
 * base exactly if it is not newer than the base's newest one: everything else descends from all of the base.
 */
final class Replay {
    private final EventLog log;
    private final History history;
    private final Tracker tracker;
    private final int[] base;
    private int[] prepared;
    private boolean settled;

    Replay(EventLog log, History history, int[] base) {
        this.log = log;
        this.history = history;
        this.base = base;
        this.prepared = base;
        this.tracker = new Tracker(log, base.length == 0 ? 0 : base[base.length - 1] + 1);
    }

    /** For structure checks. */
    Tracker tracker() {
        return tracker;
    }

    int spans() {
        return tracker.spans();
    }

    /** Whether the version is the base or later; the replay has to be complete. */
    boolean reaches(int[] version) {
        return base.length == 0
                || (version.length > 0 && version[version.length - 1] > base[base.length - 1])
                || Arrays.equals(version, base);
    }

    /** Applies units that stand in one run; nobody else hears of it. */
    void applySilently(int firstLv, int endLv) {
        apply(firstLv, endLv, null, null);
    }

    /**
     * Applies units that stand in one run, and tells what that changes.
     *
     * @param admittance checks the units first; null if they have been checked before
     */
    void apply(int firstLv, int endLv, EditSink sink, Admittance admittance) {
        int run = log.runOf(firstLv);
        boolean goesOn = prepared.length == 1 && prepared[0] == firstLv - 1;
        if (!(goesOn && (firstLv > log.start(run) || log.follows(run)))) {
            prepare(log.parentsOfUnit(run, firstLv));
        }
        place(run, firstLv, endLv, sink, admittance);
        prepared = new int[] {endLv - 1};
    }

    /**
     * Applies the chunks of a plan's zone, which starts from this replay's base, and tells what those change that are not
     * silent.
     *
     * @param admittance checks the units first; null if they have been checked before
     */
    void apply(Plan plan, int zoneStart, int zoneEnd, EditSink sink, Admittance admittance) {
        PlanDifference difference = new PlanDifference(plan, zoneStart, zoneEnd, tracker::move);
        for (int chunk = zoneStart; chunk < zoneEnd; chunk++) {
            if (chunk > zoneStart && plan.line(chunk) == chunk && !difference.tell(chunk - 1, chunk)) {
                throw new BadEventException(
                        Admission.Reason.BAD_PARENTS, log.idOf(plan.first(chunk)), BadEventException.ANCESTOR);
            }
            boolean silent = plan.isSilent(chunk);
            place(
                    plan.run(chunk),
                    plan.first(chunk),
                    plan.end(chunk),
                    silent ? null : sink,
                    silent ? null : admittance);
        }
        prepared = new int[] {plan.end(zoneEnd - 1) - 1};
    }

    private void place(int run, int firstLv, int endLv, EditSink sink, Admittance admittance) {
        if (admittance == null) {
            place(run, firstLv, endLv - firstLv, sink, (Tracker.EdgeCheck) null);
            return;
        }
        settle(admittance.textLength());
        // Each of a run of keys is an event of its own and has to leave all pairs whole by itself.
        int step = log.isKeys(run) && log.hasSurrogates() ? 1 : endLv - firstLv;
        for (int lv = firstLv; lv < endLv; lv += step) {
            admittance.checkRange(run, lv, step, tracker.preparedLength());
            place(run, lv, step, sink, admittance.edges(lv, base));
        }
    }

    private void place(int run, int lv, int length, EditSink sink, Tracker.EdgeCheck check) {
        int position = log.position(run, lv);
        if (log.isInsertion(run)) {
            int at = tracker.insert(position, lv, length, check);
            if (sink != null) {
                sink.insert(at, log.content(), log.contentIndex(run, lv), length);
            }
            return;
        }
        boolean backwards = log.isBackspaces(run);
        for (int done = 0; done < length; done += tracker.deletedLength()) {
            int at = backwards
                    ? tracker.deleteBackwards(position - done, lv + done, length - done, check)
                    : tracker.delete(position, lv + done, length - done, check);
            if (sink != null && tracker.deletedNow()) {
                sink.delete(at, tracker.deletedLength());
            }
        }
    }

    /** Tells the sequential edits that lead from the version to everything applied; only if it {@link #reaches} it. */
    void editsFrom(int[] version, EditSink sink) {
        prepare(version);
        tracker.tellDifferences(sink);
    }

    /**
     * Tells the edits of the text of everything applied that take some events back; see {@link Tracker#tellWithout}.
     *
     * @param version everything applied
     * @param lvs all of them later than the base
     */
    void tellWithout(int[] version, IntList lvs, Tracker.UndoSink sink) {
        prepare(version);
        tracker.tellWithout(lvs, sink);
    }

    /** Tells how long the effect version's text is, which has to be known before units are checked. */
    void settle(int textLength) {
        if (!settled) {
            tracker.settle(textLength);
            settled = true;
        }
    }

    /** The text of everything applied, once it is settled. */
    char[] text(String baseText) {
        char[] text = new char[tracker.effectiveLength()];
        int[] filled = new int[1];
        tracker.tellOrigins((id, length) -> {
            if (id < 0) {
                int from = id - Tracker.BASE_ID;
                baseText.getChars(from, from + length, text, filled[0]);
            } else {
                System.arraycopy(log.content(), log.contentIndex(log.runOf(id), id), text, filled[0], length);
            }
            filled[0] += length;
        });
        return text;
    }

    /** Tells the spans of the text of everything applied, in order. */
    void tellOrigins(OriginSink sink) {
        tracker.tellOrigins(sink);
    }

    int[] base() {
        return base;
    }

    private void prepare(int[] version) {
        if (prepared.length == 1 && version.length == 1 && prepared[0] == version[0]) {
            return;
        }
        if (!Arrays.equals(prepared, version)) {
            history.difference(
                    prepared,
                    version,
                    (first, last) -> tracker.move(log.runOf(first), first, last + 1, -1),
                    (first, last) -> tracker.move(log.runOf(first), first, last + 1, 1));
            prepared = version;
        }
    }
}

package dev.metalog.server.eventgraph;

/**
 * Leads a text from one version to a later one: the eg-walker algorithm (Gentle and Kleppmann, arXiv 2409.14252) on
 * runs, starting no earlier than it must.
 *
 * <h2>Why a walk</h2>
 *
 * An event says where it happened in the text of its parents; the text it has to be applied to has usually moved on.
 * "Insert x at 3" and "insert y at 0" were written by people who did not know of each other; whoever has applied y first
 * has to put x at 4. So an event's position has to be translated from the text its author saw (the prepare version) to
 * the text we have (the effect version). The {@link Tracker} holds every character of both, in document order, and
 * translates a position by walking down a tree that has added up both texts.
 *
 * <p>To be asked about the text that an author saw, the tracker has to be in that version: events the author had not
 * seen are taken back in it (retreat), events he had seen are done again (advance). Only the prepare version moves; the
 * effect version has everything. Then the event itself is applied to both. The test {@code PlainWalker} does exactly
 * this, one character at a time, and explains where a new character goes among others inserted at the same place at the
 * same time, and why all replicas end with the same text.
 *
 * <h2>What makes it fast</h2>
 *
 * <ul>
 *   <li><b>Runs.</b> What was typed in one go is one run in the {@link EventLog}, one span in the tracker, and is applied,
 *       taken back and done again as one.
 *   <li><b>Critical versions.</b> If all events up to here are ancestors of all events from here on, nobody will ever ask
 *       about an older version: the {@link Plan} cuts the walk there into <em>zones</em>, and each starts with an empty
 *       tracker, in which the text so far is one opaque span. A zone with one chunk only needs no tracker at all: where
 *       there is no concurrency an event means what it says. People who take turns never pay for the machinery.
 *   <li><b>Partial replay.</b> A walk starts at the last version that everything it has to apply descends from, not at
 *       the beginning.
 *   <li><b>The order of the visit.</b> Retreats and advances are paid for at every change of branch, so branches are
 *       visited one after the other, however their events arrived interleaved.
 *   <li><b>The last tracker stays.</b> When the walk ends in the middle of concurrency, its last {@link Replay} can be
 *       kept, and the next event that arrives is one more step of the same walk.
 * </ul>
 */
final class Walk {
    /**
     * Where the changes of a walk go.
     *
     * @param admittance checks the events that are not silent; null if they have been checked before
     */
    record Target(EditSink sink, Admittance admittance) {}

    private final EventLog log;
    private final History history;
    private final Plan plan;
    private final EditSink sink;
    private final Admittance admittance;
    private Replay last;

    Walk(EventLog log, History history, Plan plan, Target target) {
        this.log = log;
        this.history = history;
        this.plan = plan;
        this.sink = target.sink();
        this.admittance = target.admittance();
    }

    /** Returns the replay of the last zone, which can go on from there; null if there was no concurrency in it. */
    Replay run() {
        int zoneStart = 0;
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            int zoneEnd = chunk + 1;
            if (!plan.isCriticalBefore(zoneEnd)) {
                continue;
            }
            last = null;
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
        return last;
    }

    private void passThrough(int chunk) {
        int lv = plan.first(chunk);
        int length = plan.end(chunk) - lv;
        if (admittance != null) {
            admittance.checkAtTip(lv, length);
        }
        int run = log.runOf(lv);
        int position = log.position(run, lv);
        if (log.isInsertion(run)) {
            sink.insert(position, log.content(), log.contentIndex(run, lv), length);
        } else {
            sink.delete(log.isBackspaces(run) ? position - length + 1 : position, length);
        }
    }

    private void replay(int zoneStart, int zoneEnd) {
        last = new Replay(log, history, parentLvs(zoneStart));
        for (int chunk = zoneStart; chunk < zoneEnd; chunk++) {
            if (plan.isSilent(chunk)) {
                last.applySilently(plan.first(chunk), plan.end(chunk));
            } else {
                last.apply(plan.first(chunk), plan.end(chunk), sink, admittance);
            }
        }
    }

    private int[] parentLvs(int chunk) {
        int lv = plan.first(chunk);
        return log.parentsOfUnit(log.runOf(lv), lv);
    }
}

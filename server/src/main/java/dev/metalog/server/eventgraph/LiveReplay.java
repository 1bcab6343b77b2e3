package dev.metalog.server.eventgraph;

/**
 * The replay that a walk to the tip has ended with, kept for what comes next.
 *
 * <p>Events that arrive on top of the tip need no replay, so they are not applied here at once: whoever types alone pays
 * nothing. They are caught up on when the replay is needed.
 *
 * <p>A replay grows with the history since its base, although most of that can mostly be forgotten again. Therefore it is
 * overdue once it has more than doubled; who then finds a single head at the tip, so that there is hope for a younger
 * base, builds a new one. What that costs has been earned by then, and a replay never has more than twice the spans that
 * it needs, and some.
 */
final class LiveReplay {
    private static final int FREE_SPANS = 1_024;
    /** From so many runs on it pays to visit them in another order than that of their arrival. */
    private static final int RUNS_TO_PLAN = 16;

    private final EventLog log;
    private final Replay replay;
    private final int spansAtFirst;
    private int units;

    /** @param replay one that has just applied everything in the log */
    LiveReplay(EventLog log, Replay replay) {
        this.log = log;
        this.replay = replay;
        this.spansAtFirst = replay.spans();
        this.units = log.units();
    }

    /** For structure checks. */
    Tracker tracker() {
        return replay.tracker();
    }

    /** Whether the version is one that this replay can be prepared for. */
    boolean reaches(int[] version) {
        return replay.reaches(version);
    }

    /** Whether it has grown so much that a new one should be made, if it has to catch up to this unit. */
    boolean isOverdue(int toLv) {
        int behind = units == toLv ? 0 : log.runOf(toLv - 1) - log.runOf(units) + 1;
        return replay.spans() + behind > FREE_SPANS + 2 * spansAtFirst;
    }

    /** Applies all units from this one on; what stands before it is at the tip already. */
    void apply(int firstLv, Walk.Target target) {
        catchUp(firstLv);
        int runs = log.runs() - log.runOf(firstLv);
        if (runs < RUNS_TO_PLAN) {
            for (int lv = firstLv; lv < log.units(); ) {
                int run = log.runOf(lv);
                replay.apply(lv, log.end(run), target.sink(), target.admittance());
                lv = log.end(run);
            }
        } else {
            Plan plan = Plan.inOrder(log, firstLv);
            for (int chunk = 0; chunk < plan.size(); chunk++) {
                replay.apply(plan.first(chunk), plan.end(chunk), target.sink(), target.admittance());
            }
        }
        units = log.units();
    }

    /** Tells the sequential edits that lead from the version to the tip. */
    void editsToTip(int[] version, EditSink sink) {
        catchUp(log.units());
        replay.editsFrom(version, sink);
    }

    private void catchUp(int toLv) {
        while (units < toLv) {
            int run = log.runOf(units);
            int end = Math.min(toLv, log.end(run));
            replay.applySilently(units, end);
            units = end;
        }
    }
}

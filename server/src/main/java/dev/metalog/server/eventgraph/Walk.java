package dev.metalog.server.eventgraph;

import dev.metalog.server.text.TextBuffer;

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
 * <h2>One walk, step by step</h2>
 *
 * Ada has typed "ab" (events 0 and 1), and Ben has it. Now Ada inserts x between the two (event 2: "x at 1") and Ben, who does not
 * know of that, deletes the b (event 3: "delete 1"). Then Ada sees Ben's and writes y at the end of what is left, "ax" (event 4:
 * "y at 2"). The graph:
 *
 * <pre>
 *            ┌─ 2 Ada: x at 1 ──────┐
 *   0 ── 1 ──┤                      ├─ 4 Ada: y at 2
 *            └─ 3 Ben: delete 1 ────┘
 * </pre>
 *
 * Each character in the tracker is in one state in the <em>prepare</em> version (P below: {@code -} not inserted yet, {@code +}
 * there, {@code 1} deleted by one event, {@code 2} by two, …) and in one in the <em>effect</em> version (E: {@code +} there,
 * {@code ·} gone). The prepare version is what the author of the next event saw; the effect version is the text that is made.
 *
 * <pre>
 *   done                       a     x     b     y       text
 *                             P E   P E   P E   P E
 *   apply 0, 1                + +         + +            ab
 *   apply 2: x at 1           + +   + +   + +            axb    prepare counts a: x goes behind it
 *   retreat 2                 + +   - +   + +            axb    Ben had not seen x
 *   apply 3: delete 1         + +   - +   1 ·            ax     prepare counts a, b: it is the b, which effect has at 2
 *   advance 2                 + +   + +   1 ·            ax     Ada has seen both
 *   apply 4: y at 2           + +   + +   1 ·   + +      axy    prepare counts a, x: y goes behind x
 * </pre>
 *
 * So three things can be done with an event. <em>Apply</em> looks its position up among what is {@code +} in P, does it in both
 * versions, and tells where that is among what is {@code +} in E: here "insert x at 1, delete at 2, insert y at 2". That is what
 * an editor that shows "ab" is told. <em>Retreat</em> takes an event back in P alone: an inserted character goes from {@code +} to
 * {@code -}, a deleted one down by one. <em>Advance</em> does it again in P alone. Before each event the walk retreats what is
 * in P and its author had not seen, and advances what its author had seen and is not in P: the two sides of the difference
 * between two versions. Which order the events are taken in is free, as long as parents come first, and changes what it costs and
 * not what comes out.
 *
 * <p>Deleted characters stay in the list, with their place, since somebody may have written beside them. Why P counts deletions:
 * two who each deleted the b made two events, and taking one of them back must not bring it back for who has seen the other.
 *
 * <p>One thing is left: where x goes among other characters that were inserted at the same place by people who did not know of
 * each other, which are {@code -} in P just then and stand right there. {@link Tracker} orders them by what stood to the left and to
 * the right of each when it was typed, and then by the names of their writers, which is the same on every replica. The test {@code
 * PlainWalker} does all of this one character at a time, always from the beginning, and explains these rules and why all replicas end
 * with the same text; everything here is compared with it.
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
 *   <li><b>The plan knows its own graph.</b> What has to be taken back and done again between two of its chunks is found by
 *       following its own numbers, a straight line at a time ({@link PlanDifference}); the log is not searched.
 *   <li><b>Nobody listens.</b> If a whole text is wanted and not the edits that lead to it, a zone with much concurrency is
 *       not applied to the text edit by edit: the tracker has all of it in order, and it is read off at the end.
 *   <li><b>The last tracker stays.</b> When the walk ends in the middle of concurrency, its last {@link Replay} can be
 *       kept, and the next event that arrives is one more step of the same walk.
 * </ul>
 */
final class Walk {
    /**
     * Where the changes of a walk go.
     *
     * @param admittance checks the events that are not silent; null if they have been checked before
     * @param text what the sink edits, if its edits are of no interest one by one; null if they are
     */
    record Target(EditSink sink, Admittance admittance, TextBuffer text) {
        Target(EditSink sink, Admittance admittance) {
            this(sink, admittance, null);
        }

        static Target text(TextBuffer text, Admittance admittance) {
            return new Target(new TextSink(text), admittance, text);
        }
    }

    /** A zone of more chunks than one for so many units of text is not applied to it edit by edit. */
    private static final int UNITS_A_CHUNK = 64;

    private final EventLog log;
    private final History history;
    private final Plan plan;
    private final Target target;
    private Replay last;

    Walk(EventLog log, History history, Plan plan, Target target) {
        this.log = log;
        this.history = history;
        this.plan = plan;
        this.target = target;
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
                    passThrough(log, plan.run(chunk), plan.first(chunk), plan.end(chunk), target);
                } else {
                    replay(zoneStart, zoneEnd);
                }
            }
            zoneStart = zoneEnd;
        }
        return last;
    }

    /** Walks a whole history in which each run follows the one before: it means what it says and needs no plan. */
    static void passThroughAll(EventLog log, Target target) {
        for (int run = 0; run < log.runs(); run++) {
            passThrough(log, run, log.start(run), log.end(run), target);
        }
    }

    private static void passThrough(EventLog log, int run, int lv, int end, Target target) {
        Admittance admittance = target.admittance();
        EditSink sink = target.sink();
        int length = end - lv;
        if (admittance != null) {
            admittance.checkAtTip(run, lv, length);
        }
        int position = log.position(run, lv);
        if (log.isInsertion(run)) {
            sink.insert(position, log.content(), log.contentIndex(run, lv), length);
        } else {
            sink.delete(log.isBackspaces(run) ? position - length + 1 : position, length);
        }
    }

    private void replay(int zoneStart, int zoneEnd) {
        last = new Replay(log, history, parentLvs(zoneStart));
        TextBuffer text = target.text();
        if (text == null || !isRebuilt(zoneStart, zoneEnd, text)) {
            last.apply(plan, zoneStart, zoneEnd, target.sink(), target.admittance());
        } else {
            last.settle(text.length());
            last.apply(plan, zoneStart, zoneEnd, null, target.admittance());
            text.set(last.text(text.toString()));
        }
    }

    /**
     * Whether the text is read off the tracker when the zone is done. It has to be the base's text before, without what
     * silent chunks have added, and nobody may look at it in the meantime, as the check for parted pairs does.
     */
    private boolean isRebuilt(int zoneStart, int zoneEnd, TextBuffer text) {
        return zoneEnd - zoneStart >= text.length() / UNITS_A_CHUNK
                && !plan.isSilent(zoneStart)
                && !log.hasSurrogates();
    }

    private int[] parentLvs(int chunk) {
        int lv = plan.first(chunk);
        return log.parentsOfUnit(plan.run(chunk), lv);
    }
}

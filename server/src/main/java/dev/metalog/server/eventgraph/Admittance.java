package dev.metalog.server.eventgraph;

import dev.metalog.server.eventgraph.Admission.Reason;
import java.util.function.Function;

/**
 * Checks events against the text of their parents while a walk adds them to the tip: each must lie inside of that text
 * and part no surrogate pair. Both depend on the event and its ancestors alone, so every replica decides alike.
 *
 * <p>The text of the parents never exists as a whole. Its length is known to the tracker; and the two characters at an
 * edge stand side by side in the tip, or, if they were deleted there, in the log or in the text of the zone's base.
 */
final class Admittance {
    private final EventLog log;
    /** The effect version's text: the tip, growing with the walk. */
    private final TextBuffer text;

    private final Function<int[], TextBuffer> textAt;
    private int lv = NONE;

    private static final int NONE = -1;

    /** @param textAt gives the text of a version, for the rare case that nothing nearer tells */
    Admittance(EventLog log, TextBuffer text, Function<int[], TextBuffer> textAt) {
        this.log = log;
        this.text = text;
        this.textAt = textAt;
    }

    int textLength() {
        return text.length();
    }

    /** Checks an event whose parents are the whole effect version. */
    void check(int eventLv, boolean insertion, int position, int length) {
        checkRange(eventLv, insertion, position, length, text.length());
        if (text.splitsPair(position) || (!insertion && text.splitsPair(position + length))) {
            throw splits(eventLv);
        }
    }

    void checkRange(int eventLv, boolean insertion, int position, int length, int textLength) {
        long end = insertion ? position : (long) position + length;
        if (end > textLength) {
            throw new BadEventException(
                    Reason.OUT_OF_RANGE,
                    log.idOf(eventLv),
                    (insertion ? "An insertion at " : "A deletion up to ") + end + " lies outside of the " + textLength
                            + " code units of the text it was made in.");
        }
    }

    /** From here on cuts are made by this event; until {@link #endEvent} they are checked. */
    void startEvent(int eventLv) {
        lv = eventLv;
    }

    void endEvent() {
        lv = NONE;
    }

    Tracker.EdgeCheck inZone(Plan plan, int zoneStart) {
        return (id, gone, effect) -> {
            if (lv != NONE && log.hasSurrogates() && splitsPair(plan, zoneStart, id, gone, effect)) {
                throw splits(lv);
            }
        };
    }

    private boolean splitsPair(Plan plan, int zoneStart, int id, boolean gone, int effect) {
        if (!gone) {
            return text.splitsPair(effect);
        }
        if (id >= 0) {
            return !log.mayHaveChildren(id - 1);
        }
        int first = plan.first(zoneStart);
        int[] base = log.parentsOfUnit(log.runOf(first), first);
        return textAt.apply(base).splitsPair(id - Tracker.BASE_ID);
    }

    private BadEventException splits(int eventLv) {
        return new BadEventException(
                Reason.SPLITS_A_CHARACTER,
                log.idOf(eventLv),
                "An edge of the edit lies between the two halves of one character.");
    }
}

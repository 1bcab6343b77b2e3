package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.eventgraph.Admission.Reason;
import dev.metalog.server.text.Text;
import dev.metalog.server.text.TextBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * Checks events against the text of their parents while a walk adds them to the tip: each must lie inside of that text
 * and part no surrogate pair. Both depend on the event and its ancestors alone, so every replica decides alike.
 *
 * <p>The text of the parents never exists as a whole. Its length is known to the tracker; and the two characters at an
 * edge stand side by side in the tip, or, if they were deleted there, in the log or in the text of the zone's base.
 */
final class Admittance {
    private static final String SPLITS = "An edge of the edit lies between the two halves of one character.";

    private final EventLog log;
    /** The effect version's text: the tip, growing with the walk. */
    private final TextBuffer text;

    private final Function<int[], TextBuffer> textAt;
    /** @param textAt gives the text of a version, for the rare case that nothing nearer tells */
    Admittance(EventLog log, TextBuffer text, Function<int[], TextBuffer> textAt) {
        this.log = log;
        this.text = text;
        this.textAt = textAt;
    }

    int textLength() {
        return text.length();
    }

    /** Checks an edit of the tip's text that is not in the log yet. */
    void checkEdit(TextEdit edit) {
        int position = edit.position();
        int deleted = edit.deleted();
        int inserted = edit.inserted().length();
        long end = (long) position + deleted;
        if (end > text.length()) {
            throw new BadEventException(
                    Reason.OUT_OF_RANGE,
                    null,
                    "An edit at " + position + " that deletes " + deleted + " code units lies outside of the "
                            + text.length() + " code units of the text.");
        }
        boolean pairs = log.hasSurrogates();
        if (pairs && (text.splitsPair(position) || (deleted > 0 && text.splitsPair((int) end)))) {
            throw new BadEventException(Reason.SPLITS_A_CHARACTER, null, SPLITS);
        }
        if (makesTooLong(edit) || log.units() + (long) deleted + inserted > EventLog.MAX_UNITS) {
            throw new BadEventException(Reason.TOO_LARGE, null, EventGraph.TOO_LONG);
        }
    }

    private boolean makesTooLong(TextEdit edit) {
        String inserted = edit.inserted();
        if (inserted.isEmpty() || text.fits(Limits.DOCUMENT_BYTES - 3L * inserted.length())) {
            return false;
        }
        Text now = text.text();
        long before = now.width(PositionEncoding.UTF_8);
        long after = before
                - now.widthBefore(edit.position() + edit.deleted(), PositionEncoding.UTF_8)
                + now.widthBefore(edit.position(), PositionEncoding.UTF_8)
                + inserted.getBytes(StandardCharsets.UTF_8).length;
        return after > Math.max(before, Limits.DOCUMENT_BYTES)
                || text.length() - edit.deleted() + (long) inserted.length() > Limits.DOCUMENT_UNITS;
    }

    /** Checks units of one run whose parents are the whole effect version. */
    void checkAtTip(int run, int lv, int length) {
        checkRange(run, lv, length, text.length());
        if (!log.hasSurrogates()) {
            return;
        }
        int position = log.position(run, lv);
        boolean each = log.isKeys(run);
        int from = log.isBackspaces(run) ? position - length + 1 : position;
        int to = log.isInsertion(run) ? from : from + length;
        for (int edge = from; edge <= to; edge += each ? 1 : Math.max(1, to - from)) {
            if (text.splitsPair(edge)) {
                throw splits(lv);
            }
        }
    }

    /** Checks that units of one run lie inside of a text of that length and do not make it too long. */
    void checkRange(int run, int lv, int length, int textLength) {
        boolean insertion = log.isInsertion(run);
        int position = log.position(run, lv);
        long end = insertion ? position : log.isBackspaces(run) ? position + 1L : (long) position + length;
        if (end > textLength) {
            int fault = log.isKeys(run) && !log.isBackspaces(run) ? lv + Math.max(0, textLength - position) : lv;
            throw new BadEventException(
                    Reason.OUT_OF_RANGE,
                    log.idOf(fault),
                    (insertion ? "An insertion at " : "A deletion up to ") + end + " lies outside of the " + textLength
                            + " code units of the text it was made in.");
        }
        if (insertion && (long) textLength + length > Limits.DOCUMENT_UNITS) {
            throw new BadEventException(
                    Reason.TOO_LARGE,
                    log.idOf(lv),
                    "An insertion would make the text it was made in longer than the " + Limits.DOCUMENT_UNITS
                            + " code units that a document may have.");
        }
    }

    /** Checks all cuts that the event makes in the zone that starts from the base. */
    Tracker.EdgeCheck edges(int lv, int[] base) {
        if (!log.hasSurrogates()) {
            return null;
        }
        return (id, gone, effect) -> {
            if (splitsPair(base, id, gone, effect)) {
                throw splits(lv);
            }
        };
    }

    private boolean splitsPair(int[] base, int id, boolean gone, int effect) {
        if (!gone) {
            return text.splitsPair(effect);
        }
        if (id >= 0) {
            return !log.mayHaveChildren(id - 1);
        }
        return textAt.apply(base).splitsPair(id - Tracker.BASE_ID);
    }

    private BadEventException splits(int lv) {
        return new BadEventException(Reason.SPLITS_A_CHARACTER, log.idOf(lv), SPLITS);
    }
}

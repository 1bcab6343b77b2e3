package dev.metalog.server.workspace;

import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * One edit that an editor was asked to apply and that has not come back yet, with the changes heard since.
 *
 * <p>Which of those changes are the edit coming back, and which were typed, is decided by content:
 *
 * <pre>
 *                 offered
 *                    │ changes arrive, one by one
 *        ┌───────────┼──────────────────────────────────┐
 *   lead exactly   could still be                 are none of the
 *   to expected    a part of the edit             offered replacements
 *        │           │                                  │
 *        │ refused?  │ refused, or waited too long      │
 *        │  └────────┴───────────────▶ TYPED ◀──────────┘
 *        └ applied, or waited too long ─▶ ECHO (what came after it was typed)
 * </pre>
 *
 * The editor's own word counts only where content leaves a doubt: two people who type the same letter at the same place
 * at the same time look alike, and only the refusal tells that the letter was typed. A refusal is believed, "applied"
 * alone is not: there are editors that say it whatever they did.
 */
final class Flight {
    /** How long changes wait for the editor's answer. Editors answer at once; this is for those that never do. */
    static final long ANSWER_MILLIS = 2_000;

    static final int NOT_SAVED = Integer.MIN_VALUE / 2;

    /** One reported change as edits in sequence, with the text it leads to. {@code edits == null}: the whole text. */
    record Heard(List<TextEdit> edits, Text textAfter) {}

    enum Verdict {
        WAIT,
        TYPED,
        ECHO
    }

    final long editId;
    private Version target;
    private boolean displaced;
    final Text expected;
    private final Text before;
    private final List<Replacement> offered;
    private final List<Heard> heard = new ArrayList<>();
    private EditOutcome outcome;
    private long heardAtMillis;
    private boolean waitsAnew;
    private int savedAfter = NOT_SAVED;

    Flight(long editId, Version target, Text before, Text expected, List<Replacement> offered) {
        this.before = before;
        this.editId = editId;
        this.target = target;
        this.expected = expected;
        this.offered = offered;
    }

    void hear(List<Heard> changes, long nowMillis) {
        // Due and not judged: the clock was set or the machine slept, and meanwhile no editor could have answered.
        if (heard.isEmpty() || nowMillis >= dueMillis()) {
            heardAtMillis = nowMillis;
        }
        heard.addAll(changes);
    }

    /**
     * Judged far too late: as in {@link #hear}, that was no waiting, and the other half of the edit may be about to come.
     * Once only, as on a machine that is always so late it would never be decided.
     */
    private void waitAnewAfterGap(long nowMillis) {
        if (!waitsAnew && !heard.isEmpty() && nowMillis - dueMillis() >= ANSWER_MILLIS) {
            waitsAnew = true;
            heardAtMillis = nowMillis;
        }
    }

    /** The version that the edit leads to. */
    Version target() {
        return target;
    }

    /** The text that the edit leads to has what went out of the document; the version is what is nearest to it. */
    void displace(Version version) {
        target = version;
        displaced = true;
    }

    boolean isDisplaced() {
        return displaced;
    }

    void answered(EditOutcome answer) {
        outcome = answer;
    }

    List<Heard> heard() {
        return heard;
    }

    /** The editor saved what it shows now. */
    void saved() {
        savedAfter = heard.size();
    }

    /** After how many of the changes that was; far less than none when it was not. */
    int savedAfter() {
        return savedAfter;
    }

    boolean refused() {
        return outcome == EditOutcome.REFUSED;
    }

    /** How many of the changes heard make up the edit; -1 when they do not. */
    int echoLength() {
        for (int i = 0; i < heard.size(); i++) {
            if (heard.get(i).textAfter().equals(expected)) {
                return i + 1;
            }
        }
        return -1;
    }

    /** When {@link #judge} would decide without an answer; {@link Long#MAX_VALUE} while nothing waits. */
    long dueMillis() {
        return heard.isEmpty() ? Long.MAX_VALUE : heardAtMillis + ANSWER_MILLIS;
    }

    Verdict judge(long nowMillis) {
        waitAnewAfterGap(nowMillis);
        boolean waitedEnough = nowMillis >= dueMillis();
        if (outcome == EditOutcome.REFUSED) {
            return Verdict.TYPED;
        }
        if (heard.isEmpty()) {
            return Verdict.WAIT;
        }
        boolean answered = outcome != null || waitedEnough;
        if (echoLength() >= 0) {
            return answered ? Verdict.ECHO : Verdict.WAIT;
        }
        if (holdsWholeText()) {
            return answered ? judgeWholeText() : Verdict.WAIT;
        }
        for (Heard change : heard) {
            if (!couldBePart(change)) {
                return Verdict.TYPED;
            }
        }
        return waitedEnough ? Verdict.TYPED : Verdict.WAIT;
    }

    /**
     * A whole text may hold the edit and typing in one: the explanation with the smaller difference is the likelier, and
     * when they are equal what the editor said. The view then moves to the expected text, and what differs from that was
     * typed.
     */
    private Verdict judgeWholeText() {
        return outcome == EditOutcome.APPLIED && costAsEcho() <= costAsTyping() ? Verdict.ECHO : Verdict.TYPED;
    }

    private long costAsEcho() {
        return MinimalDiff.cost(MinimalDiff.between(expected, lastText()));
    }

    private long costAsTyping() {
        return MinimalDiff.cost(MinimalDiff.between(before, lastText()));
    }

    /** When the editor is gone and no answer will come. {@link Verdict#WAIT}: pieces of an edit, and nobody's typing. */
    Verdict judgeAtEnd() {
        if (echoLength() >= 0) {
            return Verdict.ECHO;
        }
        if (holdsWholeText()) {
            return costAsEcho() < costAsTyping() ? Verdict.ECHO : Verdict.TYPED;
        }
        return Verdict.WAIT;
    }

    private boolean holdsWholeText() {
        for (Heard change : heard) {
            if (change.edits() == null) {
                return true;
            }
        }
        return false;
    }

    /** The text after everything heard. */
    Text lastText() {
        return heard.isEmpty() ? before : heard.get(heard.size() - 1).textAfter();
    }

    private boolean couldBePart(Heard change) {
        for (TextEdit edit : change.edits()) {
            if (!couldBePart(edit)) {
                return false;
            }
        }
        return true;
    }

    /** Editors may report a replacement as a deletion and an insertion, in either order, and trim equal ends. */
    private boolean couldBePart(TextEdit edit) {
        for (Replacement replacement : offered) {
            boolean deletes = edit.deleted() == 0 || edit.deleted() <= replacement.end() - replacement.start();
            boolean inserts = edit.inserted().isEmpty() || replacement.text().contains(edit.inserted());
            if (deletes && inserts) {
                return true;
            }
        }
        return false;
    }
}

package dev.metalog.server.simulate;

import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.workspace.EditOutcome;
import dev.metalog.server.workspace.EditorId;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.RangeChange;
import dev.metalog.server.workspace.RangeEdit;
import dev.metalog.server.workspace.TextPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An editor and who types in it. It applies an edit only to the version it was made for, reports in its own manner and at
 * its own pace, and now and then refuses an edit for no reason.
 */
final class Typist {
    /** How editors differ. */
    enum Manner {
        /** Reports each change at once. */
        PROMPT,
        /** Reports each part of an edit on its own. */
        PIECEWISE,
        /** Reports now and then, all changes since together. */
        LAGGING,
        /** Reports now and then, with its whole text. */
        WHOLE;

        boolean lags() {
            return this == LAGGING || this == WHOLE;
        }
    }

    private final Clockwork clockwork;
    private final Keys keys;
    private final Machine machine;
    private final int document;
    private final Manner manner;
    private final PositionEncoding encoding;
    private final long process;
    private final int refusesPercent;
    private final Deque<Input> toSidecar = new ArrayDeque<>();
    private final List<RangeChange> unreported = new ArrayList<>();
    /** Typed here, and not yet heard by the sidecar. */
    private final Set<Integer> unheard = new HashSet<>();

    /** Keys of edits that it applied and did not report; only where it reports its whole text. */
    private final Set<Integer> landing = new HashSet<>();

    private EditorId id;
    private String text;
    private int version = 1;
    private long session;
    private boolean delivering;
    /** Whether some sidecar knows that it is there. */
    private boolean heardOf;
    /** What was told and waits in a sidecar that is busy. */
    private int toldUnheard;

    private boolean deletedAlone;
    private boolean stunned;
    private final Set<Integer> lost = new HashSet<>();

    private int compared;
    private boolean gone;

    /** @param text what it shows at first */
    Typist(Clockwork clockwork, Keys keys, Machine machine, int document, long process, String text) {
        this.text = text;
        this.clockwork = clockwork;
        this.keys = keys;
        this.machine = machine;
        this.document = document;
        this.process = process;
        this.manner = clockwork.oneOf(Manner.values());
        this.encoding = clockwork.oneOf(PositionEncoding.values());
        this.refusesPercent = clockwork.chance(20) ? 20 : 0;
    }

    EditorId id() {
        return id;
    }

    /** The number of the document that it has open. */
    int document() {
        return document;
    }

    private String uri() {
        return machine.uri(document);
    }

    PositionEncoding encoding() {
        return encoding;
    }

    long process() {
        return process;
    }

    String text() {
        return text;
    }

    /** Whether it waits for nothing and nothing waits for it. */
    boolean isQuiet() {
        return toSidecar.isEmpty() && toldUnheard == 0 && unreported.isEmpty();
    }

    /** A sidecar is there, perhaps not the first. What was under way to the one before is lost with it. */
    void attach(EditorId newId) {
        id = newId;
        session++;
        toldUnheard = 0;
        toSidecar.clear();
        unreported.clear();
        landing.clear();
        delivering = false;
        version = 1;
        compared = 0;
        // What a sidecar that did not find out about it showed wrongly, or did not see go, is taken for typed and
        // deleted.
        keys.excuse(Keys.flippedIn(text));
        keys.excuse(lost);
        send(new Input.Opened(id, uri(), version, text));
    }

    void detach() {
        session++;
        toldUnheard = 0;
        toSidecar.clear();
    }

    /** It shows these keys, which no sidecar has recorded, be it that one has heard of them. */
    void hasAlone(Set<Integer> shown) {
        unheard.addAll(shown);
    }

    /** The editor dies; returns the keys that nobody but it knew. */
    Set<Integer> die() {
        // What it wrote into the pipe is read, whatever becomes of it.
        machine.catchUp();
        gone = true;
        detach();
        return unheard;
    }

    boolean isGone() {
        return gone;
    }

    void type() {
        int length = text.codePointCount(0, text.length());
        int at = clockwork.below(length + 1);
        int removed = clockwork.chance(25) ? Math.min(mayDelete(clockwork.below(4)), length - at) : 0;
        int count = removed > 0 && clockwork.chance(50) ? 0 : 1 + clockwork.below(3);
        StringBuilder inserted = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int key = keys.type(document);
            inserted.appendCodePoint(key);
            unheard.add(key);
        }
        // In an editor on a file that is empty now, a line end could be one of those that the file held before: who can
        // tell?
        if (machine.isRunning() && clockwork.chance(10)) {
            inserted.append('\n');
        }
        int start = text.offsetByCodePoints(0, at);
        int end = text.offsetByCodePoints(start, removed);
        String deleted = text.substring(start, end);
        if (deleted.codePoints().anyMatch(landing::contains)) {
            // A whole text that holds a little of an edit may be that edit, most of it deleted since, or typing by
            // chance
            // alike in an editor that did not apply it and says so nonetheless: who can tell?
            report();
        }
        deleted.codePoints().forEach(keys::delete);
        if (start == end && inserted.length() == 0) {
            return;
        }
        replace(start, end, inserted.toString());
        reportSoon();
    }

    /**
     * In an editor that no sidecar has heard of it is told from the text alone on what it was started. What is left of a text of
     * which a piece is gone may be nearer to what another editor left behind, and its keys look typed: who can tell?
     */
    private int mayDelete(int wanted) {
        boolean isAlone = !machine.isRunning();
        int most = isAlone && !heardOf ? 0 : wanted;
        deletedAlone |= isAlone && most > 0;
        return most;
    }

    /** Whether anything was deleted in it of which no sidecar has heard. */
    boolean hasDeletedAlone() {
        return deletedAlone;
    }

    /** Loses a piece of what it shows. Until that is healed it takes nothing, be it typed or offered. */
    void lose() {
        int length = text.codePointCount(0, text.length());
        int at = clockwork.below(length + 1);
        int end = text.offsetByCodePoints(0, Math.min(length, at + 1 + clockwork.below(3)));
        int start = text.offsetByCodePoints(0, at);
        lost.addAll(Keys.of(text.substring(start, end)));
        text = text.substring(0, start) + text.substring(end);
        stunned = true;
    }

    /** What it lost and did not get back. */
    Set<Integer> lost() {
        return lost;
    }

    boolean isStunned() {
        return stunned;
    }

    /** Compares its text with the sidecar's, now and then; only where memory fails. */
    void compareNowAndThen() {
        clockwork.in(clockwork.between(500, 2_000), () -> {
            if (gone) {
                return;
            }
            if (machine.isRunning() && id != null && isQuiet() && (stunned || compared != version)) {
                String verdict = machine.compare(this, version, text);
                if ("different".equals(verdict)) {
                    sendWhole();
                } else if ("equal".equals(verdict)) {
                    stunned = false;
                    lost.clear();
                    compared = version;
                }
            }
            compareNowAndThen();
        });
    }

    /** The sidecar waits for the whole text. */
    void sendWhole() {
        unreported.clear();
        landing.clear();
        version++;
        send(new Input.Changed(id, uri(), version, List.of(new RangeChange(null, null, text))));
    }

    /** What it shows is written to the file. */
    void save() {
        report();
        machine.file(document).write(text);
        send(new Input.Saved(id, uri()));
    }

    /** The sidecar asks for an edit; it takes a moment until it arrives. */
    void offered(Effect.Offer offer) {
        long current = session;
        clockwork.in(clockwork.between(1, manner.lags() ? 200 : 10), () -> {
            if (session == current && !gone) {
                apply(offer);
            }
        });
    }

    private void apply(Effect.Offer offer) {
        if (offer.version() != version || stunned || clockwork.chance(refusesPercent)) {
            send(new Input.Answered(id, uri(), offer.editId(), EditOutcome.REFUSED));
            return;
        }
        List<RangeEdit> edits = offer.edits();
        for (int i = edits.size() - 1; i >= 0; i--) {
            RangeEdit edit = edits.get(i);
            replace(offset(edit.start()), offset(edit.end()), edit.text());
            if (manner == Manner.WHOLE) {
                landing.addAll(Keys.of(edit.text()));
                landing.remove((int) '\n');
            }
            if (manner == Manner.PIECEWISE) {
                report();
            }
        }
        if (!manner.lags()) {
            report();
        } else {
            reportSoon();
        }
        send(new Input.Answered(id, uri(), offer.editId(), EditOutcome.APPLIED));
    }

    private void replace(int start, int end, String inserted) {
        unreported.add(new RangeChange(position(start), position(end), inserted));
        text = text.substring(0, start) + inserted + text.substring(end);
        version++;
    }

    private void reportSoon() {
        if (!manner.lags()) {
            report();
            return;
        }
        long current = session;
        clockwork.in(clockwork.between(50, 500), () -> {
            if (session == current && !gone) {
                report();
            }
        });
    }

    private void report() {
        if (unreported.isEmpty()) {
            return;
        }
        List<RangeChange> changes =
                manner == Manner.WHOLE ? List.of(new RangeChange(null, null, text)) : List.copyOf(unreported);
        unreported.clear();
        landing.clear();
        send(new Input.Changed(id, uri(), version, changes));
    }

    private void send(Input input) {
        if (!machine.isRunning()) {
            // The next sidecar is shown the document as it is by then.
            return;
        }
        toSidecar.add(input);
        deliverSoon();
    }

    /** In order, one after the other, as through a pipe. */
    private void deliverSoon() {
        if (delivering || toSidecar.isEmpty()) {
            return;
        }
        delivering = true;
        long current = session;
        clockwork.in(clockwork.between(1, 8), () -> {
            if (session != current || gone) {
                return;
            }
            delivering = false;
            if (machine.isRunning()) {
                Input next = toSidecar.poll();
                toldUnheard++;
                machine.hearWhenFree(next, () -> {
                    if (session == current) {
                        heard();
                    }
                });
            }
            deliverSoon();
        });
    }

    private void heard() {
        toldUnheard--;
        heardOf = true;
        if (toldUnheard == 0 && toSidecar.isEmpty() && unreported.isEmpty()) {
            unheard.clear();
            deletedAlone = false;
        }
    }

    private TextPosition position(int offset) {
        int lineStart = text.lastIndexOf('\n', offset - 1) + 1;
        int line = (int)
                text.substring(0, lineStart).chars().filter(c -> c == '\n').count();
        int character =
                text.substring(lineStart, offset).codePoints().map(this::width).sum();
        return new TextPosition(line, character);
    }

    private int offset(TextPosition position) {
        int lineStart = 0;
        for (int line = 0; line < position.line(); line++) {
            lineStart = text.indexOf('\n', lineStart) + 1;
        }
        int offset = lineStart;
        for (int passed = 0; passed < position.character(); ) {
            int key = text.codePointAt(offset);
            passed += width(key);
            offset += Character.charCount(key);
        }
        return offset;
    }

    private int width(int key) {
        return switch (encoding) {
            case UTF_8 -> key < 0x80 ? 1 : key < 0x800 ? 2 : key < 0x10000 ? 3 : 4;
            case UTF_16 -> Character.charCount(key);
            case UTF_32 -> 1;
        };
    }
}

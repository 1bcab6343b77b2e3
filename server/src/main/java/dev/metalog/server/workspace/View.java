package dev.metalog.server.workspace;

import dev.metalog.protocol.Caret;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.protocol.editor.PresenceMessages;
import dev.metalog.server.presence.Carets;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * A branch of one document's graph that is equal to what one editor's buffer shows. Owned by the conductor's thread.
 *
 * <p>Why there is no transformation of edits here: what is typed is recorded with the version the buffer showed as its
 * parents, so its meaning is exact, and the graph does the merging. What others wrote is offered to the editor as an edit
 * on the version it last reported; the editor applies it only if that is still its version. See {@link Flight} for how
 * the edit is recognised when it comes back.
 *
 * <p>The text is kept with {@code \n} where the editor shows {@code \r\n}; positions are the same in both.
 */
final class View {
    /** Refusals in a row after which the person is told; the offers go on, more and more slowly. */
    static final int REFUSALS_WORTH_TELLING = 8;

    private static final long FIRST_RETRY_MILLIS = 250;
    private static final int MOST_DOUBLINGS = 5;

    /** Records what was typed into the document's graph. */
    interface Recorder {
        /** Returns the version that holds the edits, or refuses them all. */
        Version record(Version parents, List<TextEdit> edits) throws BadChange;

        /** The file holds this version. */
        void saved(Version version);

        /** Whether what is typed counts with the others. */
        boolean mayWrite();

        /** The text of a version. */
        Text textOf(Version version);

        /** Keeps what was typed and counts with nobody, before it is set back. In sequence, the first one on this text. */
        void keepAside(Text before, List<TextEdit> edits);
    }

    /** An edit to offer: on which version of the editor's document, and how it is to be called when it is answered. */
    record Offer(long editId, int version, List<RangeEdit> edits) {}

    private final EditorId editor;
    private final int screen;
    private final String uri;
    private final PositionEncoding encoding;
    private final Recorder recorder;

    private int version;
    private Text text;
    private Version frontier;
    private Flight flight;
    private int refusals;
    private long retryAtMillis;
    private boolean paused;
    /** Where the person looks; {@code null} while that is not told. */
    private Looking looking;
    /** Whether {@link #text} may not be what the editor shows: nothing is offered until that was looked at. */
    private boolean suspect;
    /** Whether the text has what may not be typed here: it is the frontier's again once the editor took an edit. */
    private boolean astray;
    /** Whether the text has what went out of the document: the same then, but what is typed counts. */
    private boolean displaced;

    View(
            EditorId editor,
            int screen,
            String uri,
            PositionEncoding encoding,
            Recorder recorder,
            Buffer shown,
            Version frontier) {
        this.editor = editor;
        this.screen = screen;
        this.uri = uri;
        this.encoding = encoding;
        this.recorder = recorder;
        this.version = shown.version();
        this.text = shown.text();
        this.frontier = frontier;
    }

    EditorId editor() {
        return editor;
    }

    /** What {@link ShownVersions} calls it. */
    int screen() {
        return screen;
    }

    String uri() {
        return uri;
    }

    int version() {
        return version;
    }

    /** What the editor shows, as far as it is known: without changes of which it is not decided yet whose they are. */
    Text text() {
        return text;
    }

    Version frontier() {
        return frontier;
    }

    /**
     * What is shown has something that went out of the document: it is no version any more. What is typed into it counts, at
     * this version, and the text is set to one.
     */
    void displace(Version version) {
        frontier = version;
        displaced = true;
    }

    /** The same of what is on its way to the editor; {@code null} if nothing is. */
    Version offered() {
        return flight == null ? null : flight.target();
    }

    Text offeredText() {
        return flight.expected;
    }

    void displaceOffered(Version version) {
        flight.displace(version);
    }

    boolean isPaused() {
        return paused;
    }

    boolean isBusy() {
        return flight != null;
    }

    int refusals() {
        return refusals;
    }

    PositionEncoding encoding() {
        return encoding;
    }

    /** Whether {@link #text} at {@link #frontier} is all that the editor is known to show. */
    boolean isDecided() {
        return !paused && !suspect && (flight == null || flight.heard().isEmpty());
    }

    /** {@code null} while nothing is told of it. */
    Looking looking() {
        return looking;
    }

    void looks(Looking now) {
        looking = now;
    }

    /** Carets in what the editor last reported, or {@code null} when they are not in that, or in no place of it. */
    Carets caretsAt(int reportedVersion, List<PresenceMessages.Span> spans) {
        if (paused || reportedVersion != version) {
            return null;
        }
        PositionMap positions = new PositionMap(flight == null ? text : flight.lastText(), encoding);
        List<Caret> carets = new ArrayList<>();
        try {
            for (PresenceMessages.Span span : spans) {
                carets.add(new Caret(offset(positions, span.anchor()), offset(positions, span.head())));
            }
            return new Carets(carets);
        } catch (BadChange e) {
            return null;
        }
    }

    private static int offset(PositionMap positions, PresenceMessages.Place place) throws BadChange {
        return positions.offset(new TextPosition(place.line(), place.character()));
    }

    void suspect(boolean is) {
        suspect = is;
    }

    boolean isSuspect() {
        return suspect;
    }

    /** Whether what is shown is no version: it was typed where the person may only read, or went out of the document. */
    boolean isAstray() {
        return astray || displaced;
    }

    /** Whether it went out of the document. */
    boolean isDisplaced() {
        return displaced;
    }

    /** A change that does not fit pauses the view until the editor sends the whole text. */
    void pause() {
        paused = true;
        flight = null;
    }

    /**
     * The editor reports changes; in sequence, each on the result of the one before.
     *
     * @throws BadChange when one of them does not fit; then none of them counts
     */
    void changed(int newVersion, List<RangeChange> changes, long nowMillis) throws BadChange {
        List<RangeChange> taken = changes;
        if (paused) {
            taken = fromLastWholeText(changes);
            if (taken.isEmpty()) {
                return;
            }
        }
        Text before = flight == null ? text : flight.lastText();
        List<Flight.Heard> heard = ChangeReader.read(before, taken, encoding);
        if (looking != null) {
            looking.changed(heard, nowMillis);
        }
        if (flight == null) {
            record(heard);
        } else {
            flight.hear(heard, nowMillis);
            settle(nowMillis);
        }
        paused = false;
        version = newVersion;
    }

    /**
     * The editor saved what it shows. While it is not decided whose the changes are that it reported, that is no version
     * yet: it is told once it is one.
     */
    void saved() {
        if (paused || isAstray()) {
            return;
        }
        if (flight == null || flight.heard().isEmpty()) {
            recorder.saved(frontier);
        } else {
            flight.saved();
        }
    }

    /**
     * Records what was done to the document between the version it was last seen at and the text it shows now.
     *
     * @param before the text of that version
     */
    void resume(Text before, List<TextEdit> edits) throws BadChange {
        take(before, edits);
    }

    /** What is typed counts, or it goes aside, and so does what follows on it until the text is a version's again. */
    private void take(Text before, List<TextEdit> edits) throws BadChange {
        if (edits.isEmpty()) {
            return;
        }
        if (astray || !recorder.mayWrite()) {
            recorder.keepAside(before, edits);
            astray = true;
        } else {
            List<TextEdit> counted = displaced ? Rebasing.onto(recorder.textOf(frontier), before, edits) : edits;
            frontier = counted.isEmpty() ? frontier : recorder.record(frontier, counted);
        }
    }

    /** The editor answered an offer; an answer to an offer that is forgotten means nothing any more. */
    void answered(long editId, EditOutcome outcome, long nowMillis) throws BadChange {
        if (flight == null || flight.editId != editId) {
            return;
        }
        flight.answered(outcome);
        if (outcome == EditOutcome.REFUSED) {
            int doublings = Math.min(refusals, MOST_DOUBLINGS);
            refusals++;
            retryAtMillis = flight.heard().isEmpty() ? nowMillis + (FIRST_RETRY_MILLIS << doublings) : nowMillis;
        }
        settle(nowMillis);
    }

    /**
     * The editor closes the document, or is gone: no answer will come. When the edit was seen to come back, what was typed
     * behind it is recorded now. Pieces of an edit that never came back whole are nobody's typing.
     */
    void leave() throws BadChange {
        if (flight != null) {
            decide(flight.judgeAtEnd());
        }
    }

    /** Decides what waited too long for an answer. */
    void wake(long nowMillis) throws BadChange {
        if (flight != null && nowMillis >= flight.dueMillis()) {
            settle(nowMillis);
        }
    }

    long wakeAtMillis(Version tip) {
        if (flight != null) {
            return flight.dueMillis();
        }
        return paused || isHeldBack() || !isBehind(tip) ? Long.MAX_VALUE : retryAtMillis;
    }

    /** Whether the tip can be offered now. */
    boolean canPull(Version tip, long nowMillis) {
        return flight == null && !paused && !isHeldBack() && nowMillis >= retryAtMillis && isBehind(tip);
    }

    /** What is no version cannot be looked at before it is set to one. */
    private boolean isHeldBack() {
        return suspect && !isAstray();
    }

    private boolean isBehind(Version tip) {
        return isAstray() || !frontier.equals(tip);
    }

    /**
     * Moves the view towards the tip.
     *
     * @param edits lead from the frontier's text to the tip's, in sequence; from what is shown while that is {@link #isAstray}
     * @return what to offer the editor, or {@code null} when its text is the tip's already
     */
    Offer pull(long editId, Version tip, List<TextEdit> edits) {
        // What was deleted and came back: an edit that changes nothing could not be told from what follows on it.
        List<Replacement> replacements = SimultaneousEdits.of(text.length(), edits).stream()
                .filter(one -> !text.substring(one.start(), one.end()).equals(one.text()))
                .toList();
        if (replacements.isEmpty()) {
            frontier = tip;
            astray = false;
            displaced = false;
            return null;
        }
        Text expected = text;
        PositionMap positions = new PositionMap(text, encoding);
        List<RangeEdit> ranges = new ArrayList<>();
        for (Replacement replacement : replacements) {
            ranges.add(new RangeEdit(
                    positions.position(replacement.start()),
                    positions.position(replacement.end()),
                    replacement.text()));
        }
        for (int i = replacements.size() - 1; i >= 0; i--) {
            Replacement replacement = replacements.get(i);
            expected = expected.replace(replacement.start(), replacement.end(), replacement.text());
        }
        flight = new Flight(editId, tip, text, expected, replacements);
        return new Offer(editId, version, List.copyOf(ranges));
    }

    private void settle(long nowMillis) throws BadChange {
        decide(flight.judge(nowMillis));
    }

    private void decide(Flight.Verdict verdict) throws BadChange {
        switch (verdict) {
            case WAIT -> {
                // Nothing to decide yet.
            }
            case TYPED -> {
                Flight over = flight;
                flight = null;
                record(over.heard(), over.savedAfter());
            }
            case ECHO -> land();
        }
    }

    /** The edit came back: the view is where the offer led, and what was heard beyond it was typed there. */
    private void land() throws BadChange {
        Flight landed = flight;
        int echo = landed.echoLength();
        List<Flight.Heard> rest = echo >= 0
                ? landed.heard().subList(echo, landed.heard().size())
                : List.of(new Flight.Heard(null, landed.lastText()));
        flight = null;
        refusals = 0;
        text = landed.expected;
        frontier = landed.target();
        astray = false;
        displaced = landed.isDisplaced();
        // Of a change that is the edit and typing in one, the end is the only place where a version is.
        int savedAfter = echo >= 0
                ? landed.savedAfter() - echo
                : landed.savedAfter() - landed.heard().size() + 1;
        record(rest, echo >= 0 || savedAfter == 1 ? savedAfter : Flight.NOT_SAVED);
    }

    /** @param savedAfter after how many of them the editor saved; less than none when it did not */
    private void record(List<Flight.Heard> typed, int savedAfter) throws BadChange {
        if (savedAfter >= 0) {
            record(typed.subList(0, savedAfter));
            if (!isAstray()) {
                recorder.saved(frontier);
            }
        }
        record(typed.subList(Math.max(0, savedAfter), typed.size()));
    }

    private void record(List<Flight.Heard> typed) throws BadChange {
        if (typed.isEmpty()) {
            return;
        }
        List<TextEdit> edits = new ArrayList<>();
        Text at = text;
        for (Flight.Heard change : typed) {
            edits.addAll(change.edits() != null ? change.edits() : MinimalDiff.between(at, change.textAfter()));
            at = change.textAfter();
        }
        take(text, edits);
        text = at;
        // Typing explains a refusal: the editor was ahead of us.
        refusals = 0;
        retryAtMillis = 0;
    }

    /** The changes from the last one on that holds the whole text; none when there is no such. */
    static List<RangeChange> fromLastWholeText(List<RangeChange> changes) {
        for (int i = changes.size() - 1; i >= 0; i--) {
            if (changes.get(i).isWhole()) {
                return changes.subList(i, changes.size());
            }
        }
        return List.of();
    }
}

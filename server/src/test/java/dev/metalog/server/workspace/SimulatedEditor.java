package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.protocol.editor.PresenceMessages;
import dev.metalog.server.text.Text;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An editor without a screen: it types, applies edits whose version is its own, refuses others, and reports what happened
 * the way real editors differ in. Every character it types is one that nobody else ever types, so a lost, doubled or
 * resurrected key shows in the final text.
 */
final class SimulatedEditor {
    /** How editors differ. */
    enum Manner {
        /** Reports each change at once, an edit as one notification. */
        PROMPT,
        /** Reports each part of an edit by a notification of its own. */
        PIECEWISE,
        /** Collects changes and reports them later in one notification; answers at once. */
        LAGGING,
        /** Reports the whole text. */
        WHOLE_TEXT,
        /** Says "applied" whatever it did. */
        BOASTING
    }

    final EditorId id;
    final String uri;
    final Manner manner;
    private final PositionEncoding encoding;
    private final Random random;
    private final AtomicInteger characters;
    private final Set<Integer> deleted;
    private final Set<Integer> untraceable;
    /** What others wrote and this editor shows, which its sidecar has not heard yet. */
    private final Set<Integer> arrivedUnheard = new HashSet<>();

    private final Set<Integer> deletedUnheard = new HashSet<>();
    private final Deque<Input> toSidecar = new ArrayDeque<>();
    private final Deque<Effect.Offer> toEditor = new ArrayDeque<>();
    private final List<RangeChange> unreported = new ArrayList<>();
    private String text = "";
    private int version = 1;
    /** Where this one looks, in UTF-16 code units. */
    private int caret;
    /** Who else is there by the last that was told of the text shown now, moved along since as markers do. */
    private Map<String, Integer> others = new HashMap<>();

    private int timesTold;

    SimulatedEditor(
            EditorId id,
            String uri,
            Manner manner,
            PositionEncoding encoding,
            Random random,
            AtomicInteger characters,
            Set<Integer> deleted,
            Set<Integer> untraceable) {
        this.id = id;
        this.uri = uri;
        this.manner = manner;
        this.encoding = encoding;
        this.random = random;
        this.characters = characters;
        this.deleted = deleted;
        this.untraceable = untraceable;
    }

    String text() {
        return text;
    }

    PositionEncoding encoding() {
        return encoding;
    }

    /** What was on its way to and from a sidecar that died is gone with it. */
    void forgetSidecar() {
        toSidecar.clear();
        toEditor.clear();
        unreported.clear();
        untraceable.addAll(deletedUnheard);
        heardAll();
    }

    void open(String shown) {
        text = shown;
        version = 1;
        unreported.clear();
        toSidecar.add(new Input.Opened(id, uri, version, text));
    }

    void type() {
        int length = text.codePointCount(0, text.length());
        int at = random.nextInt(length + 1);
        int removed = random.nextInt(3) == 0 ? Math.min(random.nextInt(4), length - at) : 0;
        StringBuilder inserted = new StringBuilder();
        int count = removed > 0 && random.nextBoolean() ? 0 : 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            inserted.appendCodePoint(characters.getAndIncrement());
        }
        int start = text.offsetByCodePoints(0, at);
        int end = text.offsetByCodePoints(start, removed);
        text.substring(start, end).codePoints().forEach(this::delete);
        replace(start, end, inserted.toString());
        if (manner != Manner.LAGGING) {
            report();
        }
    }

    private void delete(int key) {
        deleted.add(key);
        if (arrivedUnheard.contains(key)) {
            deletedUnheard.add(key);
        }
    }

    private void heardAll() {
        arrivedUnheard.clear();
        deletedUnheard.clear();
    }

    /** Types this at the end. */
    void append(String typed) {
        replace(text.length(), text.length(), typed);
        if (manner != Manner.LAGGING) {
            report();
        }
    }

    /** Types a key somewhere. */
    void typeKey() {
        int at = text.offsetByCodePoints(0, random.nextInt(text.codePointCount(0, text.length()) + 1));
        replace(at, at, Character.toString(characters.getAndIncrement()));
        if (manner != Manner.LAGGING) {
            report();
        }
    }

    /** Shows something else without anybody having typed it. */
    void lose(int from, int to) {
        text = text.substring(0, from) + text.substring(to);
    }

    int version() {
        return version;
    }

    /** As a client does that is told that the document is paused. */
    void sendWholeText() {
        unreported.clear();
        toSidecar.add(new Input.Changed(id, uri, version, List.of(new RangeChange(null, null, text))));
    }

    /** Puts the caret somewhere, and says so. */
    void look(int at, boolean focused) {
        caret = at;
        if (!unreported.isEmpty()) {
            report();
        }
        PresenceMessages.Place place = place(caret);
        toSidecar.add(new Input.Looked(
                id,
                new PresenceMessages.Look(uri, version, List.of(new PresenceMessages.Span(place, place)), focused)));
    }

    /** Nothing more is told of where it looks. */
    void hide() {
        toSidecar.add(new Input.Looked(id, new PresenceMessages.Look(uri, version, null, false)));
    }

    int caret() {
        return caret;
    }

    private PresenceMessages.Place place(int offset) {
        TextPosition position = new PositionMap(Text.of(text), encoding).position(offset);
        return new PresenceMessages.Place(position.line(), position.character());
    }

    void told(PresenceMessages.Changed changed) {
        timesTold++;
        if (changed.version() != version) {
            return;
        }
        Map<String, Integer> told = new HashMap<>();
        for (PresenceMessages.Person person : changed.people()) {
            int at = -1;
            for (PresenceMessages.Span span : person.selections()) {
                try {
                    PresenceMessages.Place head = span.head();
                    at = new PositionMap(Text.of(text), encoding)
                            .offset(new TextPosition(head.line(), head.character()));
                } catch (BadChange e) {
                    throw new AssertionError("A place does not fit the version it names.", e);
                }
            }
            told.put(person.peerId(), at);
        }
        others = told;
    }

    /** Where it shows the others, by their ids; -1: nowhere. */
    Map<String, Integer> others() {
        return others;
    }

    int timesTold() {
        return timesTold;
    }

    void offered(Effect.Offer offer) {
        toEditor.add(offer);
    }

    boolean hasWork() {
        return !toSidecar.isEmpty() || !toEditor.isEmpty() || !unreported.isEmpty();
    }

    /** Lets the sidecar hear the next thing, or the editor work on the next edit. */
    void turn(java.util.function.Consumer<Input> sidecar) {
        int choice = random.nextInt(3);
        if (choice == 0 && !toEditor.isEmpty()) {
            apply(toEditor.poll());
        } else if (choice == 1 && !unreported.isEmpty()) {
            report();
        } else if (!toSidecar.isEmpty()) {
            sidecar.accept(toSidecar.poll());
            if (toSidecar.isEmpty() && unreported.isEmpty()) {
                heardAll();
            }
        }
    }

    /** What was typed is put into words. */
    void reportNow() {
        report();
    }

    /** What this editor says next is heard now. */
    void report(java.util.function.Consumer<Input> sidecar) {
        while (!toSidecar.isEmpty()) {
            sidecar.accept(toSidecar.poll());
        }
    }

    private void apply(Effect.Offer offer) {
        if (offer.version() != version) {
            EditOutcome said = manner == Manner.BOASTING ? EditOutcome.APPLIED : EditOutcome.REFUSED;
            toSidecar.add(new Input.Answered(id, uri, offer.editId(), said));
            return;
        }
        List<RangeEdit> edits = offer.edits();
        for (int i = edits.size() - 1; i >= 0; i--) {
            RangeEdit edit = edits.get(i);
            edit.text().codePoints().forEach(arrivedUnheard::add);
            PositionMap positions = new PositionMap(Text.of(text), encoding);
            try {
                replace(positions.offset(edit.start()), positions.offset(edit.end()), edit.text());
            } catch (BadChange e) {
                throw new AssertionError("An offer does not fit the version it names.", e);
            }
            if (manner == Manner.PIECEWISE) {
                report();
            }
        }
        if (manner != Manner.LAGGING) {
            report();
        }
        toSidecar.add(new Input.Answered(id, uri, offer.editId(), EditOutcome.APPLIED));
    }

    private void replace(int start, int end, String inserted) {
        PositionMap positions = new PositionMap(Text.of(text), encoding);
        unreported.add(new RangeChange(positions.position(start), positions.position(end), inserted));
        text = text.substring(0, start) + inserted + text.substring(end);
        version++;
        caret = moved(caret, start, end, inserted);
        others.replaceAll((other, at) -> moved(at, start, end, inserted));
    }

    private static int moved(int at, int start, int end, String inserted) {
        return at < start ? at : Math.max(start, at - end + start) + inserted.length();
    }

    private void report() {
        if (unreported.isEmpty()) {
            return;
        }
        List<RangeChange> changes =
                manner == Manner.WHOLE_TEXT ? List.of(new RangeChange(null, null, text)) : List.copyOf(unreported);
        unreported.clear();
        toSidecar.add(new Input.Changed(id, uri, version, changes));
    }
}

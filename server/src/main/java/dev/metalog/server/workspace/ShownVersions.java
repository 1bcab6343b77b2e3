package dev.metalog.server.workspace;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which versions a document was last seen at outside, by the name editors have for it: on the screen of each editor that
 * has or had it open, and in the file. A document that is opened again with some text differs from one of them by what was
 * done to it meanwhile.
 *
 * <p>An editor that outlived its sidecar is known again by its process, and what counts is what <em>it</em> showed: two
 * editors of one workspace come back one after the other, and set against what the first of them shows by then, the
 * second's text would lack the first's keys as if somebody had deleted them. For an editor that was not here before (it was
 * started again, or is a second one that opens the file) the smallest difference from what others left, from what was saved
 * lately or from nothing is the likeliest story (see {@link Placing}). In both cases an exact match wins, so that a buffer
 * that was never saved is brought forward and not taken for a deletion.
 */
final class ShownVersions {
    /** Where a version was seen. The numbers are part of the disk format. */
    enum Kind {
        SHOWN(1),
        OFFERED(2),
        SAVED(3);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        /** Returns {@code null} for a number that is none of ours. */
        static Kind of(int number) {
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return kind;
                }
            }
            return null;
        }
    }

    /**
     * Where a text stands: the version it grew out of, and what was done to that since.
     *
     * @param screen the screen that the editor had before, or {@link #NO_SCREEN}
     */
    record Standing(int screen, Version version, List<TextEdit> edits) {}

    static final int NO_SCREEN = 0;

    /** Several editors may not tell their process: one of them is not another. */
    private static final long UNTOLD_PROCESS = 0;

    /** What older logs tell of no editor in particular; no process has this number. */
    static final long UNKNOWN_PROCESS = -1;

    private static final int MOST_URIS = 16;
    private static final int MOST_SAVED = 4;
    /** Screens that nobody looks at any more; the one left longest ago makes room. */
    static final int MOST_LEFT_SCREENS = 16;
    /** So many of those are compared with the text of an editor that was not here before, the latest first. */
    private static final int MOST_COMPARED = 4;

    /** What one editor shows, or showed when it was last heard of. */
    private static final class Screen {
        final int number;
        final long process;
        final String key;
        Version shown;
        Version offered;
        boolean taken;

        Screen(int number, long process, String key) {
            this.number = number;
            this.process = process;
            this.key = key;
        }

        void show(Version version) {
            shown = version;
            // Whatever was offered has come back or never will: a text that looks like it is one that was typed.
            offered = null;
        }
    }

    /** By number; the one left or taken last comes last. */
    private final Map<Integer, Screen> screens = new LinkedHashMap<>();

    /** The latest last: an editor may have read the file before another one saved it. */
    private final Map<String, List<Version>> saved = new LinkedHashMap<>();

    private final OutdatedTexts outdated = new OutdatedTexts();

    private int lastNumber;

    /** Gives an editor the screen it had before, or a new one; its own until it is {@linkplain #left left}. */
    int take(int before, long process, String uri) {
        Screen screen = screens.remove(before);
        if (screen == null) {
            screen = new Screen(++lastNumber, process, DocumentUris.key(uri));
        }
        screen.taken = true;
        screens.put(screen.number, screen);
        return screen.number;
    }

    /** The editor closed the document, or went. */
    void left(int number) {
        Screen screen = screens.remove(number);
        if (screen != null) {
            screen.taken = false;
            screens.put(number, screen);
            makeRoom();
        }
    }

    /** Returns whether that is news. */
    boolean noteShown(int number, Version version) {
        Screen screen = screens.get(number);
        boolean isNews = !version.equals(screen.shown) || screen.offered != null;
        screen.show(version);
        return isNews;
    }

    /** Returns whether that is news. */
    boolean noteOffered(int number, Version version) {
        Screen screen = screens.get(number);
        boolean isNews = !version.equals(screen.offered);
        screen.offered = version;
        return isNews;
    }

    /** Returns whether that is news. */
    boolean noteSaved(String uri, Version version) {
        List<Version> versions = saved.computeIfAbsent(DocumentUris.key(uri), none -> new ArrayList<>());
        boolean isNews = versions.isEmpty() || !version.equals(versions.get(versions.size() - 1));
        versions.remove(version);
        versions.add(version);
        if (versions.size() > MOST_SAVED) {
            versions.remove(0);
        }
        if (saved.size() > MOST_URIS) {
            saved.remove(saved.keySet().iterator().next());
        }
        return isNews;
    }

    /** Forgets versions that are none any more, and tells which. */
    Set<Version> forget(Predicate<Version> isGone) {
        Set<Version> gone = new LinkedHashSet<>();
        for (Screen screen : screens.values()) {
            if (screen.shown != null && isGone.test(screen.shown)) {
                gone.add(screen.shown);
                screen.shown = null;
            }
            if (screen.offered != null && isGone.test(screen.offered)) {
                gone.add(screen.offered);
                screen.offered = null;
            }
        }
        for (List<Version> versions : saved.values()) {
            versions.stream().filter(isGone).forEach(gone::add);
            versions.removeIf(isGone);
        }
        return gone;
    }

    /** Texts that are no version's any more. */
    OutdatedTexts outdated() {
        return outdated;
    }

    long processOf(int number) {
        return screens.get(number).process;
    }

    /** Everything that {@link #restore} takes to know this again. */
    List<StoredDocument.Item> notes() {
        List<StoredDocument.Item> notes = new ArrayList<>();
        saved.forEach((key, versions) -> versions.forEach(version -> notes.add(
                new StoredDocument.Item(LogKind.SHOWN.number(), ShownRecord.encode(Kind.SAVED, key, version)))));
        for (Screen screen : screens.values()) {
            note(screen, Kind.SHOWN, screen.shown, notes);
            note(screen, Kind.OFFERED, screen.offered, notes);
        }
        outdated.records().forEach(text -> notes.add(new StoredDocument.Item(LogKind.OUTDATED.number(), text)));
        return notes;
    }

    private static void note(Screen screen, Kind kind, Version version, List<StoredDocument.Item> notes) {
        if (version == null) {
            return;
        }
        boolean isUnknown = screen.process == UNKNOWN_PROCESS;
        byte[] body = isUnknown
                ? ShownRecord.encode(kind, screen.key, version)
                : new ScreenRecord(screen.number, screen.process, new ShownRecord(kind, screen.key, version)).encode();
        notes.add(new StoredDocument.Item((isUnknown ? LogKind.SHOWN : LogKind.ON_SCREEN).number(), body));
    }

    /** A note that the log gave back. */
    void restore(ScreenRecord record) {
        ShownRecord note = record.note();
        switch (note.kind()) {
            case SAVED -> noteSaved(note.uri(), note.version());
            case SHOWN -> restored(record).show(note.version());
            case OFFERED -> restored(record).offered = note.version();
        }
    }

    /** Something was typed on this screen, which shows it now. */
    void typed(int number, Version version) {
        Screen screen = screens.get(number);
        if (screen != null) {
            screen.show(version);
        }
    }

    /** The same from a log that does not say on which screen: whoever showed what it was typed on shows it now. */
    void typedSomewhere(Bundle bundle) {
        for (Event event : bundle.events()) {
            Version before = new Version(event.parents());
            for (Screen screen : screens.values()) {
                if (before.equals(screen.shown)) {
                    screen.show(Version.of(event.lastId()));
                }
            }
        }
    }

    /**
     * The same from such a log when what it was typed on is missing: whoever showed that shows a version that is not known
     * here, and no earlier one may be taken for it.
     */
    void typedSomewhereOnWhatIsMissing(Bundle bundle) {
        screens.values().forEach(screen -> screen.show(lastVersion(bundle)));
    }

    /** Finds where this text stands, or {@code null} when nothing is known that it could have grown out of. */
    Standing place(long process, String uri, Text text, EventGraph graph) {
        String key = DocumentUris.key(uri);
        List<Screen> own = own(process, key);
        boolean isTip = text.equals(graph.snapshot());
        if (isTip && own.size() < 2) {
            return new Standing(numberOf(own, null), graph.tip(), List.of());
        }
        List<Screen> candidates = own.isEmpty() ? left(key) : own;
        Placing placing = new Placing(text, graph);
        for (Screen screen : candidates) {
            placing.consider(screen.number, screen.shown);
            placing.consider(screen.number, screen.offered);
        }
        Standing onScreen = placing.likeliest();
        Standing standing = onScreen;
        if (isTip) {
            standing = new Standing(NO_SCREEN, graph.tip(), List.of());
        } else if (!isExact(onScreen)) {
            List<Version> inFile = saved.getOrDefault(key, List.of());
            standing = exact(inFile, text, graph);
            if (standing == null && !showsWhatIsMissing(candidates, graph)) {
                standing = own.isEmpty() ? likeliest(placing, inFile) : onScreen;
            }
        }
        return standing == null ? null : new Standing(numberOf(own, onScreen), standing.version(), standing.edits());
    }

    /** An empty text is a new one: it takes nothing back. */
    private static Standing exact(List<Version> versions, Text text, EventGraph graph) {
        for (Version version : versions) {
            if (graph.knows(version) && graph.snapshotAt(version).equals(text)) {
                return new Standing(NO_SCREEN, version, List.of());
            }
        }
        return text.isEmpty() ? new Standing(NO_SCREEN, Version.ROOT, List.of()) : null;
    }

    private static Standing likeliest(Placing placing, List<Version> inFile) {
        inFile.forEach(version -> placing.consider(NO_SCREEN, version));
        if (!placing.isEmpty()) {
            // The file may be empty or none, be it that nobody saved it: what is typed into that takes nothing back.
            placing.consider(NO_SCREEN, Version.ROOT);
        }
        return placing.likeliest();
    }

    private static boolean isExact(Standing standing) {
        return standing != null && standing.edits().isEmpty();
    }

    /** Which of an editor's own screens it goes on with: not one that others left, nor one that is still in use. */
    private static int numberOf(List<Screen> own, Standing nearest) {
        if (own.isEmpty() || own.get(0).taken) {
            return NO_SCREEN;
        }
        return nearest == null ? own.get(0).number : nearest.screen();
    }

    /** The screens that this process left; or else the one it still has, should its last session not have ended yet. */
    private List<Screen> own(long process, String key) {
        List<Screen> left = new ArrayList<>();
        List<Screen> taken = new ArrayList<>();
        for (Screen screen : screens.values()) {
            if (screen.process == process && screen.key.equals(key)) {
                (screen.taken ? taken : left).add(screen);
            }
        }
        return left.isEmpty() && process != UNTOLD_PROCESS ? taken : left;
    }

    /** The screens that somebody left last. */
    private List<Screen> left(String key) {
        List<Screen> left = new ArrayList<>();
        for (Screen screen : screens.values()) {
            if (!screen.taken && screen.key.equals(key)) {
                left.add(screen);
            }
        }
        return left.subList(Math.max(0, left.size() - MOST_COMPARED), left.size());
    }

    /** Whether events are missing that a text may hold: set against an older version it would say them twice. */
    private static boolean showsWhatIsMissing(Collection<Screen> candidates, EventGraph graph) {
        return candidates.stream().anyMatch(screen -> screen.shown != null && !graph.knows(screen.shown));
    }

    private static Version lastVersion(Bundle bundle) {
        List<Event> events = bundle.events();
        return Version.of(events.get(events.size() - 1).lastId());
    }

    private Screen restored(ScreenRecord record) {
        String key = DocumentUris.key(record.note().uri());
        int number = record.process() == UNKNOWN_PROCESS ? ofUnknown(key) : record.screen();
        Screen screen = screens.get(number);
        if (screen == null || screen.process != record.process()) {
            // Numbers begin anew when a document is left and joined again, and its log goes on.
            screens.remove(number);
            screen = new Screen(number, record.process(), key);
            lastNumber = Math.max(lastNumber, number);
            screens.put(number, screen);
            makeRoom();
        }
        return screen;
    }

    private int ofUnknown(String key) {
        for (Screen screen : screens.values()) {
            if (screen.process == UNKNOWN_PROCESS && screen.key.equals(key)) {
                return screen.number;
            }
        }
        return lastNumber + 1;
    }

    private void makeRoom() {
        List<Screen> left =
                screens.values().stream().filter(screen -> !screen.taken).toList();
        for (int i = 0; i < left.size() - MOST_LEFT_SCREENS; i++) {
            screens.remove(left.get(i).number);
        }
    }
}

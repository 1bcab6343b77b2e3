package dev.metalog.server.workspace;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.server.text.Text;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Joins what editors have open to what is live: finds at which version a text stands, and makes a view of it. */
final class Views {
    private final DocumentShelf shelf;
    private final Editors editors;
    private final StatusBoard board;
    /** A view records its typing long after it was bound, at the time of the input at hand. */
    private final Timeline time;

    private final Outbox out;
    /** What something was typed into, or came for, that is not said, or not offered to those who show it, yet. */
    private final Set<LiveDocument> grown = new LinkedHashSet<>();

    Views(DocumentShelf shelf, Editors editors, StatusBoard board, Timeline time, Outbox out) {
        this.shelf = shelf;
        this.editors = editors;
        this.board = board;
        this.time = time;
        this.out = out;
    }

    /**
     * Makes an open document show a live one. A text that the document cannot have grown out of is left alone, and the
     * person is told.
     *
     * @return whether the document is live in that editor now
     */
    boolean bind(LiveDocument live, OpenDocument document, long nowMillis) {
        if (document.isTooLong()) {
            out.add(new Effect.Show(document.editor(), tooLong(document)));
            return false;
        }
        Buffer buffer = document.buffer();
        long process = editors.processOf(document.editor());
        ShownVersions.Standing standing = live.shown().place(process, document.uri(), buffer.text(), live.graph());
        OutdatedTexts.Found outdated = live.shown().outdated().nearest(buffer.text());
        if (outdated != null && (standing == null || outdated.cost() < MinimalDiff.cost(standing.edits()))) {
            bindOutdated(live, document, outdated, nowMillis);
            return true;
        }
        if (standing == null) {
            if (live.sync().isCaughtUp() || live.graph().eventCount() > 0) {
                out.add(new Effect.Show(
                        document.editor(),
                        document.uri()
                                + " shows other text than the shared document of that name. Nothing was changed. "
                                + "Save it under another name, then open it again."));
            }
            return false;
        }
        int screen = live.shown().take(standing.screen(), process, document.uri());
        live.noteShown(screen, document.uri(), standing.version());
        Buffer shown = new Buffer(buffer.version(), shownText(live, standing));
        View view = viewOf(live, document, screen, shown, standing.version());
        resume(live, document, view, live.graph().snapshotAt(standing.version()), standing.edits(), nowMillis);
        return true;
    }

    /** It shows what went out of the document meanwhile, and maybe something that was typed into that. */
    private void bindOutdated(LiveDocument live, OpenDocument document, OutdatedTexts.Found outdated, long nowMillis) {
        long process = editors.processOf(document.editor());
        int screen = live.shown().take(ShownVersions.NO_SCREEN, process, document.uri());
        View view =
                viewOf(live, document, screen, document.buffer(), live.graph().tip());
        view.displace(live.graph().tip());
        resume(live, document, view, outdated.before(), outdated.edits(), nowMillis);
    }

    private void resume(
            LiveDocument live, OpenDocument document, View view, Text before, List<TextEdit> edits, long nowMillis) {
        document.becomeLive(view);
        live.views().add(view);
        if (!edits.isEmpty()) {
            attempt(document, () -> view.resume(before, edits));
        }
        follow(document, nowMillis);
    }

    /** What a view records goes into the document it is a view of. */
    private final class ScreenRecorder implements View.Recorder {
        private final LiveDocument live;
        private final int screen;
        private final String uri;
        private final AsideNotes aside;

        ScreenRecorder(LiveDocument live, OpenDocument document, int screen) {
            this.live = live;
            this.screen = screen;
            this.uri = document.uri();
            this.aside = new AsideNotes(document.editor(), live.shared(), out::nextNumber);
        }

        @Override
        public Version record(Version parents, List<TextEdit> edits) throws BadChange {
            grown.add(live);
            return live.typeAndMore(screen, parents, edits, time);
        }

        @Override
        public void saved(Version version) {
            live.sayTyped(time.millis());
            live.noteSaved(uri, version);
        }

        @Override
        public boolean mayWrite() {
            return shelf.mayWrite(live);
        }

        @Override
        public Text textOf(Version version) {
            return live.graph().snapshotAt(version);
        }

        @Override
        public void keepAside(Text before, List<TextEdit> edits) {
            out.add(new Effect.KeepAside(aside.add(before, edits, time.wallMillis())));
        }
    }

    View viewOf(LiveDocument live, OpenDocument document, int screen, Buffer shown, Version version) {
        return new View(
                document.editor(),
                screen,
                document.uri(),
                document.encoding(),
                new ScreenRecorder(live, document, screen),
                shown,
                version);
    }

    /** The text that an editor shows, equal to the one it sent, and sharing the graph's memory. */
    private static Text shownText(LiveDocument live, ShownVersions.Standing standing) {
        Text text = live.graph().snapshotAt(standing.version());
        for (TextEdit edit : standing.edits()) {
            text = text.replace(edit.position(), edit.position() + edit.deleted(), edit.inserted());
        }
        return text;
    }

    static String tooLong(OpenDocument document) {
        return document.uri() + " takes more than the " + Limits.DOCUMENT_BYTES
                + " bytes of UTF-8 that a live document may have. Make it shorter, then open it again.";
    }

    void unbind(OpenDocument document) {
        View view = document.view();
        LiveDocument live = shelf.byUri(document.uri());
        if (view != null && live != null) {
            attempt(document, view::leave);
            live.views().remove(view);
            live.shown().left(view.screen());
            board.forget(view);
            document.stopBeingLive();
        }
    }

    /** Shows a document to those who have it open and could not be told its text yet. */
    void bindWaiting(LiveDocument live, long nowMillis) {
        for (OpenDocument document : editors.showing(live.shared().uri())) {
            if (document.view() == null) {
                bind(live, document, nowMillis);
            }
        }
    }

    /** Offers what a document's views lack, after something happened to one of them. */
    void follow(OpenDocument document, long nowMillis) {
        LiveDocument live = document == null || document.view() == null ? null : shelf.byUri(document.uri());
        if (live != null) {
            live.pull(nowMillis);
            board.touched(live);
        }
    }

    /** Something was typed into it, or came for it, or its editor may be offered what it lacks. */
    void grew(LiveDocument live) {
        grown.add(live);
    }

    /** Says what was typed since {@link #pull}. */
    void sayTyped(long nowMillis) {
        grown.forEach(live -> live.sayTyped(nowMillis));
    }

    /** Offers editors what they lack of what grew. */
    void pull(long nowMillis) {
        grown.forEach(live -> live.pull(nowMillis));
        grown.clear();
    }

    interface Attempt {
        void run() throws BadChange;
    }

    void attempt(OpenDocument document, Attempt attempt) {
        try {
            attempt.run();
        } catch (BadChange e) {
            document.pause();
            out.add(new Effect.Show(
                    document.editor(),
                    document.uri() + ": " + e.getMessage()
                            + " Live updates of this document pause until the editor sends its whole text."));
        }
    }
}

package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.server.identity.Opened;
import dev.metalog.server.sync.SyncEffect;
import dev.metalog.server.text.Text;
import java.util.List;
import java.util.Set;

/**
 * What happens to documents: opened, changed and closed in editors, changed by peers. Joins what editors show (views) to
 * what peers share (live documents).
 */
final class Documents {
    /** Between the first hellos of one document and the next, when a way to the others opens. */
    private static final long HELLO_SPACING_MILLIS = 2;

    private final DocumentShelf shelf;
    private final Editors editors;
    private final Federation federation;
    private final Outbox out;
    private final StatusBoard board;
    /** The time of the input at hand: a view records its typing long after it was bound. */
    private final Timeline time;

    private final BulkSender bulk;
    private final PeerNotes notes;

    private int refusedEnvelopes;
    private int refusedBundles;
    private int divergences;

    Documents(
            DocumentShelf shelf,
            Editors editors,
            Federation federation,
            StatusBoard board,
            BulkSender bulk,
            PeerNotes notes,
            Timeline time,
            Outbox out) {
        this.time = time;
        this.shelf = shelf;
        this.editors = editors;
        this.federation = federation;
        this.board = board;
        this.out = out;
        this.bulk = bulk;
        this.notes = notes;
    }

    void opened(Input.Opened input, long nowMillis) {
        if (input.uri().length() > DocumentUris.MOST_UNITS) {
            out.add(new Effect.Show(input.editor(), "The document's URI is too long to be followed by meta-log."));
            return;
        }
        OpenDocument before = editors.closed(input.editor(), input.uri());
        if (before != null) {
            unbind(before);
        }
        Buffer buffer = Buffer.shown(input.version(), input.text());
        OpenDocument document = editors.opened(input.editor(), input.uri(), buffer);
        if (document == null) {
            out.add(new Effect.Show(
                    input.editor(), "More than " + Editors.MOST_OPEN + " documents are open: one is not followed."));
            return;
        }
        LiveDocument live = shelf.byUri(input.uri());
        if (live != null) {
            String trouble = live.takeTrouble();
            if (trouble != null) {
                out.add(new Effect.Show(input.editor(), trouble));
            }
            bind(live, document, nowMillis);
            return;
        }
        String whyClosed = shelf.whyClosed(input.uri());
        if (whyClosed != null) {
            out.add(new Effect.Show(input.editor(), whyClosed));
        }
    }

    void changed(Input.Changed input, long nowMillis) {
        OpenDocument document = editors.find(input.editor(), input.uri());
        if (document == null) {
            out.add(new Effect.Show(
                    input.editor(),
                    "A change was reported for " + input.uri()
                            + ", which is not open. Nothing was changed; open it again."));
            return;
        }
        attempt(document, () -> {
            if (document.view() == null) {
                document.changed(input.version(), input.changes());
            } else {
                document.view().changed(input.version(), input.changes(), nowMillis);
            }
        });
        follow(document, nowMillis);
    }

    /** The text is no longer known, so the document waits for the whole of it. */
    void unreadable(Input.Unreadable input) {
        OpenDocument document = editors.find(input.editor(), input.uri());
        if (document != null) {
            attempt(document, () -> {
                throw new BadChange(input.why());
            });
        }
    }

    void answered(Input.Answered input, long nowMillis) {
        OpenDocument document = editors.find(input.editor(), input.uri());
        if (document == null || document.view() == null) {
            return;
        }
        View view = document.view();
        attempt(document, () -> view.answered(input.editId(), input.outcome(), nowMillis));
        if (view.refusals() == View.REFUSALS_WORTH_TELLING) {
            out.add(new Effect.Show(
                    input.editor(),
                    document.uri() + ": the editor refuses what others wrote. Is the buffer read-only? It is offered "
                            + "again every few seconds; nothing is lost."));
        }
        follow(document, nowMillis);
    }

    void saved(Input.Saved input) {
        OpenDocument document = editors.find(input.editor(), input.uri());
        if (document != null && document.view() != null) {
            document.view().saved();
        }
    }

    void closed(EditorId editor, String uri) {
        OpenDocument document = editors.closed(editor, uri);
        if (document != null) {
            unbind(document);
        }
    }

    void editorWent(EditorId editor) {
        editors.went(editor).forEach(this::unbind);
    }

    /** A message arrived on a document's topic. */
    void received(LiveDocument live, String topic, byte[] envelope, long nowMillis) {
        live.channel().envelopes().open(topic, envelope).dispatch(new Opened.Handler<Void>() {
            @Override
            public Void message(Opened.Message message) {
                hear(live, message.sender(), message.bytes(), nowMillis);
                return null;
            }

            @Override
            public Void echo(Opened.Echo echo) {
                return null;
            }

            @Override
            public Void replay(Opened.Replay replay) {
                return null;
            }

            @Override
            public Void notOurs(Opened.NotOurs notOurs) {
                return refuseEnvelope("it is no envelope");
            }

            @Override
            public Void forged(Opened.Forged forged) {
                return refuseEnvelope("it was not sealed with the document's key");
            }

            @Override
            public Void tooLarge(Opened.TooLarge tooLarge) {
                return refuseEnvelope("it is too large");
            }
        });
    }

    void linkUp(long nowMillis) {
        long delayMillis = 0;
        for (LiveDocument live : shelf.all()) {
            carryOut(live, null, live.sync().connected(delayMillis, nowMillis));
            board.touched(live);
            delayMillis += HELLO_SPACING_MILLIS;
        }
    }

    void linkDown() {
        shelf.all().forEach(board::touched);
    }

    int bulkBytes() {
        return bulk.waitingBytes();
    }

    /** Asks everybody what this document has. */
    void begin(LiveDocument live, long nowMillis) {
        carryOut(live, null, live.sync().connected(0, nowMillis));
    }

    void settled(long token) {
        for (LiveDocument live : shelf.all()) {
            if (live.settled(token)) {
                board.touched(live);
                return;
            }
        }
    }

    /** What the disk did not take must not be believed elsewhere. */
    void notKept(Input.NotKept input) {
        LiveDocument live = shelf.byId(input.document());
        if (live != null) {
            live.channel().beSilent();
            tell(live, input.explanation());
            board.touched(live);
        }
    }

    void keptAgain(Input.KeptAgain input, long nowMillis) {
        LiveDocument live = shelf.byId(input.document());
        if (live != null && live.channel().speak()) {
            begin(live, nowMillis);
            live.pull(nowMillis);
            tell(live, "Everything is kept and shared again.");
            board.touched(live);
        }
    }

    /** Tells whoever looks at a document, or else whoever opens it next. */
    private void tell(LiveDocument live, String what) {
        String told = live.shared().path() + ": " + what;
        if (live.views().isEmpty()) {
            out.add(new Effect.Log(told));
            live.note(told);
        }
        live.views().stream().map(View::editor).distinct().forEach(editor -> out.add(new Effect.Show(editor, told)));
    }

    void peerLeft(PeerId peer) {
        for (LiveDocument live : shelf.all()) {
            live.sync().left(peer);
            board.touched(live);
        }
    }

    /** A peer is heard again: asks about what was shared with it, and says hello about everything else. */
    void resume(Set<DocumentId> shared, long nowMillis) {
        for (LiveDocument live : shelf.all()) {
            if (shared.contains(live.shared().id())) {
                carryOut(live, null, live.sync().ask(nowMillis));
            }
        }
        linkUp(nowMillis);
    }

    void wake(long nowMillis) {
        for (LiveDocument live : shelf.all()) {
            if (nowMillis < live.wakeAtMillis()) {
                continue;
            }
            if (nowMillis >= live.sync().wakeAtMillis()) {
                carryOut(live, null, live.sync().wake(nowMillis));
            }
            for (View view : List.copyOf(live.views())) {
                OpenDocument document = editors.find(view.editor(), view.uri());
                attempt(document, () -> view.wake(nowMillis));
                follow(document, nowMillis);
            }
        }
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
        View view = new View(
                document.editor(),
                screen,
                document.uri(),
                document.encoding(),
                new ScreenRecorder(live, screen, document.uri()),
                new Buffer(buffer.version(), shownText(live, standing)),
                standing.version());
        document.becomeLive(view);
        live.views().add(view);
        if (!standing.edits().isEmpty()) {
            attempt(document, () -> view.resume(standing.edits()));
        }
        follow(document, nowMillis);
        return true;
    }

    /** What a view records goes into the document it is a view of. */
    private final class ScreenRecorder implements View.Recorder {
        private final LiveDocument live;
        private final int screen;
        private final String uri;

        ScreenRecorder(LiveDocument live, int screen, String uri) {
            this.live = live;
            this.screen = screen;
            this.uri = uri;
        }

        @Override
        public Version record(Version parents, List<TextEdit> edits) throws BadChange {
            return live.type(screen, parents, edits, federation.brokers(), time);
        }

        @Override
        public void saved(Version version) {
            live.noteSaved(uri, version);
        }
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

    private void hear(LiveDocument live, Speaker sender, byte[] bytes, long nowMillis) {
        try {
            boolean wasCaughtUp = live.sync().isCaughtUp();
            PeerMessage message = PeerMessageCodec.decode(bytes);
            notes.heard(live.shared().id(), sender);
            carryOut(live, sender, live.sync().hear(sender, message, nowMillis));
            if (!wasCaughtUp && live.sync().isCaughtUp()) {
                bindWaiting(live, nowMillis);
            }
            live.pull(nowMillis);
            board.touched(live);
        } catch (MalformedMessageException e) {
            refuseBundle(e.getMessage());
        }
    }

    /** @param from who said what led to this; {@code null} when nobody did */
    private void carryOut(LiveDocument live, Speaker from, List<SyncEffect> effects) {
        for (SyncEffect effect : effects) {
            notes.happened(live.shared().id(), from, effect);
            effect.dispatch(new Carrier(live));
        }
    }

    /** Carries out what a conversation wants done. */
    private final class Carrier implements SyncEffect.Handler {
        private final LiveDocument live;

        Carrier(LiveDocument live) {
            this.live = live;
        }

        @Override
        public void keep(SyncEffect.Keep effect) {
            live.keep(effect);
        }

        @Override
        public void say(SyncEffect.Say effect) {
            // While no broker is connected nobody hears it, and once one is a hello begins everything anew.
            if (effect.isBulk()) {
                if (bulk.add(live.channel(), effect)) {
                    notes.sent(live.shared().id(), effect);
                }
            } else if (federation.isConnected()) {
                live.channel().send(effect.to(), effect.message(), federation.brokers());
            }
        }

        @Override
        public void refused(SyncEffect.Refused effect) {
            refuseBundle(effect.why());
        }

        @Override
        public void diverged(SyncEffect.Diverged effect) {
            divergences++;
            // At 1, 2, 4, 8, …: whoever lies about this makes us neither play histories all day nor nag the person.
            if (Integer.bitCount(divergences) == 1) {
                alarm(live, effect);
            }
        }

        @Override
        public void foreign(SyncEffect.Foreign effect) {
            boolean weAreOlder = ProtocolRange.OURS.isOlderThan(effect.range());
            out.add(new Effect.Log(live.shared().path() + ": " + effect.from() + " speaks version " + effect.range()
                    + " of the peers' protocol and we speak " + ProtocolRange.OURS + ". "
                    + (weAreOlder ? "Upgrade this meta-log." : "The other one needs an upgrade.")));
        }

        @Override
        public void synced(SyncEffect.Synced effect) {
            board.touched(live);
        }

        @Override
        public void answered(SyncEffect.Answered effect) {
            // It is noted, and the conversation goes on.
        }

        @Override
        public void unanswered(SyncEffect.Unanswered effect) {
            board.touched(live);
        }
    }

    /** The same events and another text: one of the two is wrong, and it can be told whether it is we. */
    private void alarm(LiveDocument live, SyncEffect.Diverged effect) {
        boolean sound = live.graph().agreesWithItsHistory();
        String alarm = live.shared().path() + ": " + effect.with().peer()
                + " has another text than this one, out of the same events (" + divergences + " such so far). "
                + (sound
                        ? "All events were played once more and give the text that is here, so it is the other one that"
                                + " should be looked at. Nothing was changed."
                        : "Played once more, the events do not give the text that is here. Save it under another name, then"
                                + " restart meta-log: the document is read from its log again.")
                + " Keep what both have: meta-log store export FOLDER --history.";
        out.add(new Effect.Log(alarm));
        List<OpenDocument> showing = editors.showing(live.shared().uri());
        for (OpenDocument document : showing) {
            out.add(new Effect.Show(document.editor(), alarm));
        }
        if (showing.isEmpty()) {
            live.note(alarm);
        }
    }

    private void bindWaiting(LiveDocument live, long nowMillis) {
        for (OpenDocument document : editors.showing(live.shared().uri())) {
            if (document.view() == null) {
                bind(live, document, nowMillis);
            }
        }
    }

    private void follow(OpenDocument document, long nowMillis) {
        LiveDocument live = document == null || document.view() == null ? null : shelf.byUri(document.uri());
        if (live != null) {
            live.pull(nowMillis);
            board.touched(live);
        }
    }

    private interface Attempt {
        void run() throws BadChange;
    }

    private void attempt(OpenDocument document, Attempt attempt) {
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

    private Void refuseEnvelope(String why) {
        refusedEnvelopes++;
        report("Refused a message on a document's topic", refusedEnvelopes, why);
        return null;
    }

    private void refuseBundle(String why) {
        refusedBundles++;
        report("Refused what a peer sent", refusedBundles, why);
    }

    /** At 1, 2, 4, 8, … so that a flood of bad messages is not a flood of lines. */
    private void report(String what, int times, String why) {
        if (Integer.bitCount(times) == 1) {
            out.add(new Effect.Log(what + " (" + times + " so far): " + why));
        }
    }
}

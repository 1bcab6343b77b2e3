package dev.metalog.server.workspace;

import dev.metalog.protocol.Digest;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.server.sync.SyncEffect;
import java.util.HexFormat;
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
    private final Outbox out;
    private final StatusBoard board;
    private final BulkSender bulk;
    private final PeerNotes notes;
    private final Views views;
    private final Divergences divergences;
    private final DocumentCarrier carrier;
    private final PresenceDesk presence;
    private final Cures cures;
    private final Witnesses witnesses;
    private final Arrivals arrivals = new Arrivals();

    private int refusedEnvelopes;

    Documents(
            DocumentShelf shelf,
            Memberships memberships,
            Editors editors,
            Ways ways,
            StatusBoard board,
            BulkSender bulk,
            PeerNotes notes,
            PresenceDesk presence,
            Timeline time,
            Outbox out) {
        this.shelf = shelf;
        this.editors = editors;
        this.board = board;
        this.out = out;
        this.bulk = bulk;
        this.notes = notes;
        this.presence = presence;
        this.views = new Views(shelf, editors, board, time, out);
        this.divergences = new Divergences(shelf, editors, time, out, new DivergenceDesk());
        this.carrier = new DocumentCarrier(ways, bulk, notes, board, divergences, out);
        this.cures = new Cures(shelf, presence, time, out, this::carryOut);
        this.witnesses = new Witnesses(shelf, memberships, editors, ways, cures, time, out);
    }

    Views views() {
        return views;
    }

    Divergences divergences() {
        return divergences;
    }

    Cures cures() {
        return cures;
    }

    void opened(Input.Opened input, long nowMillis) {
        if (input.uri().length() > DocumentUris.MOST_UNITS) {
            out.add(new Effect.Show(input.editor(), "The document's URI is too long to be followed by meta-log."));
            return;
        }
        OpenDocument before = editors.closed(input.editor(), input.uri());
        if (before != null) {
            views.unbind(before);
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
            views.bind(live, document, nowMillis);
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
        views.attempt(document, () -> {
            if (document.view() == null) {
                document.changed(input.version(), input.changes());
            } else if (document.isDoubted()) {
                divergences.heard(shelf.byUri(input.uri()), document, input);
            } else {
                document.view().changed(input.version(), input.changes(), nowMillis);
            }
        });
        grew(document);
    }

    /** An editor said the SHA-256 of what it shows, in hexadecimal. */
    void compared(OpenDocument document, String ours, String theirs) {
        boolean equal = ours.equals(theirs);
        LiveDocument live = document.view() == null ? null : shelf.byUri(document.uri());
        if (live == null) {
            if (!equal) {
                document.pause();
            }
        } else if (equal) {
            divergences.editorAgrees(live, document, digest(ours));
        } else {
            divergences.editorDiffers(live, document, digest(ours), digest(theirs));
            board.touched(live);
        }
    }

    /** Of what is no digest at all, one that no text has. */
    private static Digest digest(String hexadecimal) {
        boolean isDigest = hexadecimal.matches("[0-9a-fA-F]{64}");
        return new Digest(isDigest ? HexFormat.of().parseHex(hexadecimal) : new byte[32]);
    }

    /** The text is no longer known, so the document waits for the whole of it. */
    void unreadable(Input.Unreadable input) {
        OpenDocument document = editors.find(input.editor(), input.uri());
        if (document != null) {
            views.attempt(document, () -> {
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
        views.attempt(document, () -> view.answered(input.editId(), input.outcome(), nowMillis));
        if (view.refusals() == View.REFUSALS_WORTH_TELLING) {
            out.add(new Effect.Show(
                    input.editor(),
                    document.uri() + ": the editor refuses what others wrote. Is the buffer read-only? It is offered "
                            + "again every few seconds; nothing is lost."));
        }
        grew(document);
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
            views.unbind(document);
        }
    }

    void editorWent(EditorId editor) {
        editors.went(editor).forEach(views::unbind);
    }

    /** A message arrived on a document's topic. */
    void received(LiveDocument live, String topic, byte[] envelope, long nowMillis) {
        live.channel().open(topic, envelope, new Channel.Ear() {
            @Override
            public void hear(Speaker from, byte[] message) {
                if (PeerMessageCodec.isPresence(message)) {
                    presence.heard(live, from, message);
                } else {
                    Documents.this.hear(live, from, message, nowMillis);
                }
            }

            @Override
            public void refuse(String why) {
                refuseEnvelope(why);
            }
        });
    }

    void linkUp(long nowMillis) {
        long delayMillis = 0;
        for (LiveDocument live : shelf.all()) {
            carrier.carryOut(live, null, live.sync().connected(delayMillis, nowMillis));
            board.touched(live);
            delayMillis += HELLO_SPACING_MILLIS;
        }
    }

    /**
     * A direct link to a peer is up: says hello about what it was not heard of yet, and about what somebody looks at, so that each
     * end hears the other over it and spares brokers what is typed next.
     *
     * @param isOnlyWay then about everything
     */
    void greet(PeerId peer, boolean isOnlyWay, long nowMillis) {
        long delayMillis = 0;
        for (LiveDocument live : shelf.all()) {
            if (isOnlyWay || !live.views().isEmpty() || !live.sync().hasHeard(peer)) {
                carrier.carryOut(live, null, live.sync().connected(delayMillis, nowMillis));
                delayMillis += HELLO_SPACING_MILLIS;
            }
            board.touched(live);
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
        carrier.carryOut(live, null, live.sync().connected(0, nowMillis));
    }

    /** Asks once more, as something may be taken in now that was refused before. */
    void askAgain(LiveDocument live, long nowMillis) {
        carrier.carryOut(live, null, live.sync().ask(nowMillis));
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

    /** It is about to be shared here no more. */
    void leaving(LiveDocument live) {
        presence.leaving(live);
    }

    void peerLeft(PeerId peer) {
        for (LiveDocument live : shelf.all()) {
            live.sync().left(peer);
            board.touched(live);
        }
        presence.left(peer);
    }

    /** A peer is heard again: asks about what was shared with it, and says hello about everything else. */
    void resume(Set<DocumentId> shared, long nowMillis) {
        for (LiveDocument live : shelf.all()) {
            if (shared.contains(live.shared().id())) {
                carrier.carryOut(live, null, live.sync().ask(nowMillis));
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
                carrier.carryOut(live, null, live.sync().wake(nowMillis));
            }
            for (View view : List.copyOf(live.views())) {
                OpenDocument document = editors.find(view.editor(), view.uri());
                views.attempt(document, () -> view.wake(nowMillis));
                views.follow(document, nowMillis);
            }
        }
    }

    private void hear(LiveDocument live, Speaker sender, byte[] bytes, long nowMillis) {
        try {
            PeerMessage message = PeerMessageCodec.decode(bytes);
            if (message instanceof PeerMessage.Events events) {
                arrivals.add(live, sender, events.chunk());
                return;
            }
            settle(nowMillis);
            boolean isAboutHistories = witnesses.heard(live, sender, message);
            take(live, sender, now -> isAboutHistories ? List.of() : live.sync().hear(sender, message, now), nowMillis);
            live.pull(nowMillis);
        } catch (MalformedMessageException e) {
            carrier.refuse(e.getMessage());
        }
    }

    private void carryOut(LiveDocument live, List<SyncEffect> effects) {
        carrier.carryOut(live, null, effects);
        board.touched(live);
    }

    private void grew(OpenDocument document) {
        LiveDocument live = document.view() == null ? null : shelf.byUri(document.uri());
        if (live != null) {
            views.grew(live);
            board.touched(live);
        }
    }

    /**
     * What was typed is said, what peers wrote is taken in, and editors are offered what they lack: at the end of all that is heard
     * together, and before whatever may depend on it.
     */
    void settle(long nowMillis) {
        // What was typed follows on what was there before; so it is kept before what comes.
        views.sayTyped(nowMillis);
        arrivals.handOver((live, sender, step) -> {
            take(live, sender, step, nowMillis);
            views.grew(live);
        });
        views.pull(nowMillis);
    }

    private void take(LiveDocument live, Speaker sender, Arrivals.Step step, long nowMillis) {
        boolean wasCaughtUp = live.sync().isCaughtUp();
        notes.heard(live.shared().id(), sender);
        carrier.carryOut(live, sender, step.tell(nowMillis));
        witnesses.settle(live, sender);
        if (!wasCaughtUp && live.sync().isCaughtUp()) {
            views.bindWaiting(live, nowMillis);
        }
        board.touched(live);
    }

    /** What divergences need of this. */
    private final class DivergenceDesk implements Divergences.Desk {
        @Override
        public void carryOut(LiveDocument live, List<SyncEffect> effects) {
            Documents.this.carryOut(live, effects);
        }

        @Override
        public View viewOf(LiveDocument live, OpenDocument document, int screen, Buffer shown, Version version) {
            board.forget(document.view());
            return views.viewOf(live, document, screen, shown, version);
        }
    }

    /** At 1, 2, 4, 8, … so that a flood of bad messages is not a flood of lines. */
    private void refuseEnvelope(String why) {
        refusedEnvelopes++;
        if (Integer.bitCount(refusedEnvelopes) == 1) {
            out.add(new Effect.Log(
                    "Refused a message on a document's topic (" + refusedEnvelopes + " so far): " + why));
        }
    }
}

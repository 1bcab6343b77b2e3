package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.server.peers.PeerBook;
import dev.metalog.server.peers.PeerRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Carries out what is asked about the book of peers, tells who stands otherwise than before, and has the book kept: a
 * decision of the person at once, what was observed at most every {@value #KEEP_EVERY_MILLIS} ms, so that a kill costs
 * counts of that time and no decision.
 */
final class PeerDesk implements PeerRequest.Handler {
    static final long KEEP_EVERY_MILLIS = 60_000;

    /** What else changes with a decision of the person. */
    interface Others {
        /** Forgets everything about it that is not kept, and what waits to be sent to it. */
        void blocked(PeerId peer);

        /** Takes up again what was shared with it. */
        void unblocked(PeerId peer, Set<DocumentId> shared);

        /** Tries every way to it, and answers then; whether it was heard in something that is shared here. */
        boolean test(Ticket ticket, PeerId peer);

        /** Who of those here does not hear whom. */
        List<PeerMessages.Separation> separations();

        /** By which way it is reached now; {@code null} when by none. */
        PeerMessages.Way wayTo(PeerId peer);

        /** For how long yet it gets no direct link; 0 if it may have one. */
        long bannedForMillis(PeerId peer);

        /** What something is called that is shared; {@code null} when it is not shared here any more. */
        String nameOf(DocumentId about);
    }

    private final PeerBook book;
    private final PeerId self;
    private final Timeline time;
    private final Outbox out;
    private final Others others;
    private long keptRevision;
    private long keepAtMillis = Long.MAX_VALUE;
    private String untoldTrouble;
    private Ticket ticket;

    PeerDesk(PeerBook book, PeerId self, Timeline time, Outbox out, Others others) {
        this.book = book;
        this.self = self;
        this.time = time;
        this.out = out;
        this.others = others;
    }

    void restore(StoredPeers stored) {
        book.restore(stored.records());
        untoldTrouble = stored.trouble();
        keptRevision = book.revision();
    }

    void editorCame(EditorId editor) {
        if (untoldTrouble != null) {
            out.add(new Effect.Show(editor, untoldTrouble));
            untoldTrouble = null;
        }
    }

    /** @param peer {@code null} is nobody */
    boolean isBlocked(PeerId peer) {
        return peer != null && book.isBlocked(peer);
    }

    void ask(Ticket from, PeerRequest request) {
        ticket = from;
        request.dispatch(this);
    }

    @Override
    public void listing(PeerRequest.Listing request) {
        List<PeerMessages.PeerState> peers = new ArrayList<>();
        book.records().forEach(record -> peers.add(0, form(record)));
        out.answer(ticket, new PeerMessages.PeerStates(peers, others.separations()));
    }

    @Override
    public void show(PeerRequest.Show request) {
        PeerRecord record = known(request.params());
        if (record != null) {
            out.answer(ticket, form(record));
        }
    }

    @Override
    public void block(PeerRequest.Block request) {
        PeerId peer = peer(request.params());
        if (peer == null) {
            return;
        }
        if (peer.equals(self)) {
            out.refuse(ticket, EditorError.BAD_PARAMS, peer + " is this installation itself; it cannot be blocked.");
            return;
        }
        if (!book.block(peer, time.moment())) {
            out.refuse(
                    ticket,
                    EditorError.LIMIT,
                    PeerBook.MOST_BLOCKED + " peers are blocked, which is the limit. Nothing was changed. Unblock one"
                            + " that is gone for good, or share the documents anew with those you want.");
            return;
        }
        keep(true);
        others.blocked(peer);
        answer(peer, blocked(peer));
    }

    @Override
    public void test(PeerRequest.Test request) {
        PeerRecord record = known(request.params());
        if (record != null && !others.test(ticket, record.peer())) {
            out.refuse(
                    ticket,
                    EditorError.UNKNOWN_PEER,
                    record.peer() + " was not heard in anything that is shared here since meta-log started.");
        }
    }

    private static String blocked(PeerId peer) {
        return "Nothing that " + peer.shortForm() + " sends to this workspace is taken, answered or shown any more, and"
                + " nothing is sent to it alone. It still holds the key of what you share with it: it can read what you"
                + " write there, and what it writes comes to you if another peer took it in and passes it on, since all"
                + " must end with the same text. To shut it out, share the document anew and invite only the others.";
    }

    @Override
    public void unblock(PeerRequest.Unblock request) {
        PeerRecord record = known(request.params());
        if (record == null) {
            return;
        }
        PeerId peer = record.peer();
        String told = peer.shortForm() + " was not blocked.";
        if (book.unblock(peer, time.moment())) {
            told = peer.shortForm() + " is heard again. What was missed is fetched as soon as it is online.";
            Set<DocumentId> shared =
                    record.relations().stream().map(PeerRecord.Relation::about).collect(Collectors.toSet());
            keep(true);
            others.unblocked(peer, shared);
        }
        answer(peer, told);
    }

    private void answer(PeerId peer, String told) {
        out.answer(ticket, new PeerMessages.Decided(form(book.record(peer)), told));
    }

    private PeerMessages.PeerState form(PeerRecord record) {
        long bannedForMillis = others.bannedForMillis(record.peer());
        long bannedUntilMillis = bannedForMillis == 0 ? 0 : time.wallMillis() + bannedForMillis;
        return PeerForm.of(record, others.wayTo(record.peer()), bannedUntilMillis, others::nameOf);
    }

    private PeerRecord known(PeerMessages.PeerParams params) {
        PeerId peer = peer(params);
        PeerRecord record = peer == null ? null : book.record(peer);
        if (peer != null && record == null) {
            out.refuse(
                    ticket,
                    EditorError.UNKNOWN_PEER,
                    peer + " was never heard of in this workspace. 'meta-log peers' lists those that were.");
        }
        return record;
    }

    private PeerId peer(PeerMessages.PeerParams params) {
        try {
            return new PeerId(params.peerId());
        } catch (IllegalArgumentException e) {
            out.refuse(ticket, EditorError.BAD_PARAMS, e.getMessage());
            return null;
        }
    }

    void wake() {
        book.wake(time.moment());
        if (time.millis() >= keepAtMillis) {
            keep(false);
        }
    }

    /** To be called after every input. */
    void settle() {
        for (PeerBook.Change change : book.takeChanges()) {
            out.add(new Effect.TellPeerStatus(new PeerMessages.StatusChanged(
                    change.peer().value(), change.status().word())));
        }
        if (keepAtMillis == Long.MAX_VALUE && book.revision() != keptRevision) {
            keepAtMillis = time.millis() + KEEP_EVERY_MILLIS;
        }
    }

    /** The sidecar ends. */
    void end() {
        if (book.revision() != keptRevision) {
            keep(true);
        }
    }

    long wakeAtMillis() {
        return Math.min(keepAtMillis, book.wakeAtMillis());
    }

    private void keep(boolean urgent) {
        keptRevision = book.revision();
        keepAtMillis = Long.MAX_VALUE;
        out.add(new Effect.KeepPeers(book.records(), urgent));
    }
}

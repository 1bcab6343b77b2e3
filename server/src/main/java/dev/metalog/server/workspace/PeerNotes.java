package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.server.peers.PeerBook;
import dev.metalog.server.sync.SyncEffect;

/**
 * Writes into the book of peers what conversations made happen. We ourselves, running in another workspace, are no peer.
 */
final class PeerNotes {
    private final PeerBook book;
    private final Ways ways;
    private final Timeline time;

    PeerNotes(PeerBook book, Ways ways, Timeline time) {
        this.book = book;
        this.ways = ways;
        this.time = time;
    }

    /** Somebody said something about it. */
    void heard(DocumentId about, Speaker from) {
        if (isPeer(from.peer())) {
            book.heard(from.peer(), about, time.moment());
        }
    }

    /** A piece of an answer was taken over to be sent. */
    void sent(DocumentId about, SyncEffect.Say say) {
        if (isPeer(say.to().peer())) {
            book.sent(say.to().peer(), about, say.bytes());
        }
    }

    /** @param from who said what led to this; {@code null} when nobody did */
    void happened(DocumentId about, Speaker from, SyncEffect effect) {
        effect.dispatch(new Writer(about, from));
    }

    private boolean isPeer(PeerId peer) {
        return !peer.equals(ways.self());
    }

    private final class Writer implements SyncEffect.Handler {
        private final DocumentId about;
        private final Speaker from;

        Writer(DocumentId about, Speaker from) {
            this.about = about;
            this.from = from;
        }

        @Override
        public void keep(SyncEffect.Keep effect) {
            if (from != null && isPeer(from.peer())) {
                book.received(from.peer(), about, effect.chunk().length());
            }
        }

        @Override
        public void keepAdmitted(SyncEffect.KeepAdmitted effect) {
            // It was counted when it came.
        }

        @Override
        public void say(SyncEffect.Say effect) {
            boolean asks = effect.message() instanceof PeerMessage.Want && effect.to() != null;
            if (asks && ways.areOpen() && isPeer(effect.to().peer())) {
                book.asked(effect.to().peer(), about);
            }
        }

        @Override
        public void refused(SyncEffect.Refused effect) {
            failed(effect.from(), "What it sent was refused: " + effect.why());
        }

        @Override
        public void diverged(SyncEffect.Diverged effect) {
            failed(effect.with(), "It has something else out of the same events.");
        }

        @Override
        public void agrees(SyncEffect.Agrees effect) {
            // What was noted as failed stays noted.
        }

        @Override
        public void foreign(SyncEffect.Foreign effect) {
            failed(effect.from(), "It speaks version " + effect.range() + " of the peers' protocol.");
        }

        private void failed(Speaker speaker, String why) {
            if (isPeer(speaker.peer())) {
                book.failed(speaker.peer(), about, why, time.moment());
            }
        }

        @Override
        public void synced(SyncEffect.Synced effect) {
            if (isPeer(effect.with())) {
                book.synced(effect.with(), about, time.moment());
            }
        }

        @Override
        public void answered(SyncEffect.Answered effect) {
            if (isPeer(effect.by())) {
                book.answered(effect.by(), about);
            }
        }

        /** Without a way it cannot have answered, which is not its failure. */
        @Override
        public void unanswered(SyncEffect.Unanswered effect) {
            if (ways.areOpen() && isPeer(effect.by())) {
                book.unanswered(
                        effect.by(), about, "It was asked for what it has, and did not send that.", time.moment());
            }
        }
    }
}

package dev.metalog.server.workspace;

import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.Speaker;
import dev.metalog.server.sync.SyncEffect;
import java.util.List;

/** Carries out what the conversations about documents want done. */
final class DocumentCarrier {
    private final Ways ways;
    private final BulkSender bulk;
    private final PeerNotes notes;
    private final StatusBoard board;
    private final Divergences divergences;
    private final Outbox out;
    private int refusedBundles;
    /** Told at 1, 2, 4, 8, …, as there is no end of names. */
    private int foreigners;

    DocumentCarrier(
            Ways ways, BulkSender bulk, PeerNotes notes, StatusBoard board, Divergences divergences, Outbox out) {
        this.ways = ways;
        this.bulk = bulk;
        this.notes = notes;
        this.board = board;
        this.divergences = divergences;
        this.out = out;
    }

    /** @param from who said what led to this; {@code null} when nobody did */
    void carryOut(LiveDocument live, Speaker from, List<SyncEffect> effects) {
        for (SyncEffect effect : effects) {
            notes.happened(live.shared().id(), from, effect);
            effect.dispatch(new Carrier(live));
        }
    }

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
        public void keepAdmitted(SyncEffect.KeepAdmitted effect) {
            live.keep(new SyncEffect.Keep(effect.chunk(), false));
        }

        @Override
        public void say(SyncEffect.Say effect) {
            // While no way is open nobody hears it, and once one is a hello begins everything anew.
            if (effect.isBulk()) {
                if (bulk.add(live.channel(), effect)) {
                    notes.sent(live.shared().id(), effect);
                }
            } else if (ways.areOpen()) {
                live.channel().send(effect.to(), effect.message());
            }
        }

        @Override
        public void refused(SyncEffect.Refused effect) {
            refuse(effect.why());
            ways.refused(effect);
        }

        @Override
        public void diverged(SyncEffect.Diverged effect) {
            divergences.peerDiffers(live, effect);
        }

        @Override
        public void agrees(SyncEffect.Agrees effect) {
            divergences.peerAgrees(live, effect.with());
        }

        @Override
        public void foreign(SyncEffect.Foreign effect) {
            foreigners++;
            if (Integer.bitCount(foreigners) > 1) {
                return;
            }
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

    /** What a peer sent can never be taken in. */
    void refuse(String why) {
        refusedBundles++;
        if (Integer.bitCount(refusedBundles) == 1) {
            out.add(new Effect.Log("Refused what a peer sent (" + refusedBundles + " so far): " + why));
        }
    }
}

package dev.metalog.server.sync;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.Speaker;

/** What a conversation wants done, in the order in which it must be: what is kept comes before what is said. */
public sealed interface SyncEffect {
    /**
     * Keep what a peer sent, as it came.
     *
     * @param waits whether it follows on something that is not here yet, and was not checked for that reason; see {@link
     *     KeepAdmitted}
     */
    record Keep(Chunk chunk, boolean waits) implements SyncEffect {}

    /**
     * Keep once more what was kept as waiting, as what was taken in: it is checked only now, and a log must tell the one from
     * the other.
     */
    record KeepAdmitted(Chunk chunk) implements SyncEffect {}

    /**
     * Say something.
     *
     * @param to {@code null}: to everybody
     */
    record Say(Speaker to, PeerMessage message) implements SyncEffect {
        /** Whether it may wait behind everything else: pieces of answers are many and large. */
        public boolean isBulk() {
            return message instanceof PeerMessage.Part;
        }

        /** About how long it is, if it is long. */
        public int bytes() {
            return message instanceof PeerMessage.Part part ? part.chunk().length() : 0;
        }
    }

    /**
     * What a peer sent can never be taken in.
     *
     * @param madeUp whether no signature proves it, and that is the doing of whoever said it just now; see {@link
     *     Verdict#madeUpBy}
     */
    record Refused(Speaker from, String why, boolean madeUp) implements SyncEffect {}

    /** A peer with the same events has other content. */
    record Diverged(Speaker with, Digest frontier, Digest ours, Digest theirs) implements SyncEffect {}

    /** A peer that had other content has ours now. */
    record Agrees(Speaker with) implements SyncEffect {}

    /** A peer speaks no version of the protocol that we speak. */
    record Foreign(Speaker from, ProtocolRange range) implements SyncEffect {}

    /** A peer was found to have the same as we have, or what it had more has all come. */
    record Synced(PeerId with) implements SyncEffect {}

    /** A peer was asked for something and answered, be it with a part of it. */
    record Answered(PeerId by) implements SyncEffect {}

    /** A peer was asked for something and did not answer in time. */
    record Unanswered(PeerId by) implements SyncEffect {}

    /** One method for each kind. */
    interface Handler {
        void keep(Keep effect);

        void keepAdmitted(KeepAdmitted effect);

        void say(Say effect);

        void refused(Refused effect);

        void diverged(Diverged effect);

        void agrees(Agrees effect);

        void foreign(Foreign effect);

        void synced(Synced effect);

        void answered(Answered effect);

        void unanswered(Unanswered effect);
    }

    default void dispatch(Handler handler) {
        if (this instanceof Keep keep) {
            handler.keep(keep);
        } else if (this instanceof KeepAdmitted keepAdmitted) {
            handler.keepAdmitted(keepAdmitted);
        } else if (this instanceof Say say) {
            handler.say(say);
        } else if (this instanceof Refused refused) {
            handler.refused(refused);
        } else if (this instanceof Diverged diverged) {
            handler.diverged(diverged);
        } else if (this instanceof Agrees agrees) {
            handler.agrees(agrees);
        } else if (this instanceof Foreign foreign) {
            handler.foreign(foreign);
        } else if (this instanceof Synced synced) {
            handler.synced(synced);
        } else if (this instanceof Answered answered) {
            handler.answered(answered);
        } else {
            handler.unanswered((Unanswered) this);
        }
    }
}

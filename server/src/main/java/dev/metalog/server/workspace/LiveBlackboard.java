package dev.metalog.server.workspace;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Invitation;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.codec.BlackboardCodec;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.server.authorship.Postings;
import dev.metalog.server.blackboard.Blackboard;
import dev.metalog.server.blackboard.BlackboardRefused;
import dev.metalog.server.blackboard.Posted;
import dev.metalog.server.identity.DocumentKey;
import dev.metalog.server.sync.BlackboardEvents;
import dev.metalog.server.sync.Conversation;
import dev.metalog.server.sync.SyncEffect;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The blackboard of this workspace as it lives here: the map, its log, and once it is shared the conversation about it and
 * the key it is sealed with. It has a log from its first entry on, and is talked about from the first invitation on.
 */
final class LiveBlackboard {
    /** What stands in the place of a document's URI. */
    static final String URI = "meta-log:blackboard";

    /** Between two messages of everything that stands, to who shows something else. */
    static final long STATE_EVERY_MILLIS = 1_000;

    private static final int ID_BYTES = 16;
    private static final int SECRET_BYTES = 32;

    /** Who is told what happens. */
    interface Listener {
        void touched(List<EntryName> names);

        void heard(PeerId from, boolean saysTheSame);

        void sent(PeerId to, int writes);

        void equal(PeerId with);
    }

    private final Blackboard board;
    private final PeerId self;
    private final RandomBytes random;
    private final Federation federation;
    private final Ways ways;
    private final BulkSender bulk;
    private final PeerNotes notes;
    private final Outbox out;
    private final Listener listener;
    private final BlackboardEvents events;
    /** What it is going to be called, once there is something on it; {@code null} before that is known. */
    private DocumentId firstId;

    private SharedDocument shared;
    private Channel channel;
    private Conversation sync;
    private boolean isKept = true;
    private boolean logStays;
    private int refused;
    private int differences;
    private int foreigners;
    private long heardAtMillis;
    private long stateToldAtMillis = Long.MIN_VALUE / 2;

    LiveBlackboard(
            Postings postings,
            ReplicaId writer,
            RandomBytes random,
            Federation federation,
            Ways ways,
            BulkSender bulk,
            PeerNotes notes,
            Outbox out,
            Listener listener) {
        this.self = federation.self().peerId();
        this.board = new Blackboard(self, writer, (id, posting) -> postings.sign(id(), id, posting));
        this.random = random;
        this.federation = federation;
        this.ways = ways;
        this.bulk = bulk;
        this.notes = notes;
        this.out = out;
        this.listener = listener;
        this.events =
                new BlackboardEvents(board, (id, posting) -> postings.check(id(), id, posting), listener::touched);
    }

    /** To be read only: what is written goes through {@link #record}. */
    Blackboard board() {
        return board;
    }

    /** Whether others may have it: somebody was invited, or it was joined. */
    boolean isShared() {
        return channel != null;
    }

    /** Returns {@code null} while it is not shared. */
    BoardAudit audit() {
        return isShared() ? new BoardAudit(events.frontier(), events.content(), board) : null;
    }

    boolean hears(String topic) {
        return channel != null && (topic.equals(channel.topic()) || topic.equals(channel.ownTopic()));
    }

    /** Brings back what the store kept. What cannot be used of it is logged, and stays in the log. */
    void restore(StoredDocument stored, long nowMillis) {
        int unreadable = 0;
        String why = null;
        for (StoredDocument.Item item : stored.records()) {
            try {
                if (item.kind() == LogKind.BLACKBOARD.number()) {
                    board.restore(BlackboardCodec.decode(item.body()));
                } else {
                    unreadable++;
                }
            } catch (MalformedMessageException | BlackboardRefused e) {
                unreadable++;
                why = e.getMessage();
            }
        }
        if (unreadable > 0) {
            logStays = true;
            out.add(new Effect.Log(unreadable + " records of the blackboard's log "
                    + stored.shared().id() + " could not be used (" + why
                    + "). The rest is in use, and what peers have of it comes again."));
        }
        shared = stored.shared();
        // Kept by a build that did not sign.
        vouchFor(board.standing().stream()
                .filter(posted -> posted.posting().proof() == null)
                .toList());
        if (!shared.broker().isEmpty()) {
            open(nowMillis);
        }
    }

    /** Keeps what was written here, and tells the others. */
    void record(BlackboardWrite write, long nowMillis) {
        if (shared == null) {
            byte[] secret = random.draw(SECRET_BYTES);
            remember(new SharedDocument(id(), URI, Invitation.BLACKBOARD, secret, ""));
        }
        Chunk chunk = BlackboardEvents.chunk(new BlackboardMessage.Writes(List.of(write)));
        keep(chunk);
        if (sync != null) {
            for (PeerMessage message : sync.recorded(List.of(chunk), nowMillis)) {
                carryOut(null, List.of(new SyncEffect.Say(null, message)));
            }
        }
    }

    /** The invitation to it; from now on it is shared. */
    Invitation invite(long nowMillis) {
        if (shared == null || !isShared()) {
            SharedDocument before = shared;
            remember(
                    before == null
                            ? new SharedDocument(
                                    id(),
                                    URI,
                                    Invitation.BLACKBOARD,
                                    random.draw(SECRET_BYTES),
                                    federation.meetingPlace())
                            : new SharedDocument(
                                    before.id(),
                                    URI,
                                    Invitation.BLACKBOARD,
                                    before.secret(),
                                    federation.meetingPlace()));
            open(nowMillis);
        }
        return new Invitation(shared.id(), shared.secret(), shared.broker(), Invitation.BLACKBOARD);
    }

    boolean isAbout(DocumentId id) {
        return shared != null && shared.id().equals(id);
    }

    boolean isOf(Invitation invitation) {
        return isShared() && shared.id().equals(invitation.document());
    }

    /**
     * From now on this blackboard is the invitation's. Entries that are here go along: all of them are in the new log before
     * the index names it, so that a process killed in between has one or the other.
     */
    void join(Invitation invitation, long nowMillis) {
        if (channel != null) {
            channel.close();
        }
        for (BlackboardMessage message : board.everything()) {
            byte[] bytes = BlackboardCodec.encode(message);
            out.add(new Effect.Persist(invitation.document(), LogKind.BLACKBOARD, bytes));
        }
        String broker = invitation.broker().isEmpty() ? federation.meetingPlace() : invitation.broker();
        remember(new SharedDocument(invitation.document(), URI, Invitation.BLACKBOARD, invitation.secret(), broker));
        vouchFor(board.standing());
        open(nowMillis);
    }

    /** Which blackboard it is that is written on here: signatures hold on that one alone. */
    private DocumentId id() {
        if (shared != null) {
            return shared.id();
        }
        if (firstId == null) {
            firstId = DocumentId.fromRandom(random.draw(ID_BYTES));
        }
        return firstId;
    }

    /** Puts it here as ours. What there is no room for stays as it is, and nobody else takes it. */
    private void vouchFor(List<Posted> standing) {
        int left = 0;
        for (Posted posted : standing) {
            try {
                keep(BlackboardEvents.chunk(new BlackboardMessage.Writes(List.of(board.vouchFor(posted)))));
            } catch (BlackboardRefused e) {
                left++;
            }
        }
        if (left > 0) {
            out.add(new Effect.Log(left + " entries of the blackboard could not be signed; others do not take them."));
        }
    }

    private void remember(SharedDocument document) {
        boolean isNew = shared == null;
        shared = document;
        out.add(new Effect.Remember(document));
        if (isNew) {
            // A log begins with it, so that one without any entry is not taken for one that was lost.
            keep(events.state());
        }
    }

    private void open(long nowMillis) {
        channel = new Channel(new DocumentKey(shared.secret()), self, random, ways, out);
        channel.open();
        if (!isKept) {
            channel.beSilent();
        }
        sync = new Conversation(events, this::below, nowMillis);
        if (federation.isFederated() && !federation.reach(shared.broker())) {
            out.add(new Effect.Log("The blackboard is met at " + shared.broker() + ", which is not connected to: "
                    + Federation.tooMany()));
        }
        linkUp(nowMillis);
    }

    /** Asks everybody what they have. */
    void ask(long nowMillis) {
        if (sync != null) {
            carryOut(null, sync.ask(nowMillis));
        }
    }

    /** A message arrived on one of its topics. */
    void received(String topic, byte[] envelope, long nowMillis) {
        heardAtMillis = nowMillis;
        channel.open(topic, envelope, new Channel.Ear() {
            @Override
            public void hear(Speaker from, byte[] message) {
                LiveBlackboard.this.hear(from, message, nowMillis);
            }

            @Override
            public void refuse(String why) {
                LiveBlackboard.this.refuse(why);
            }
        });
    }

    private void hear(Speaker from, byte[] bytes, long nowMillis) {
        try {
            PeerMessage message = PeerMessageCodec.decode(bytes);
            List<SyncEffect> effects = sync.hear(from, message, nowMillis);
            listener.heard(from.peer(), saysTheSame(message));
            notes.heard(shared.id(), from);
            carryOut(from, effects);
        } catch (MalformedMessageException e) {
            refuse(e.getMessage());
        }
    }

    private boolean saysTheSame(PeerMessage message) {
        if (message instanceof PeerMessage.Hello hello) {
            return hello.frontier().equals(events.frontier()) && hello.content().equals(events.content());
        }
        return message instanceof PeerMessage.Have have && have.frontier().equals(events.frontier());
    }

    void linkUp(long nowMillis) {
        if (sync != null) {
            carryOut(null, sync.connected(0, nowMillis));
        }
    }

    /** The log has grown: what it amounts to may take its place, unless some of it could not be read. */
    void logGrew(DocumentId document) {
        if (!logStays && shared != null && shared.id().equals(document)) {
            out.add(new Effect.Snapshot(document, new BlackboardSnapshot(board.everything())));
        }
    }

    /** What the disk did not take must not be believed elsewhere. */
    void notKept(Input.NotKept input) {
        if (shared != null && shared.id().equals(input.document())) {
            isKept = false;
            if (channel != null) {
                channel.beSilent();
            }
            out.add(new Effect.Log("The blackboard: " + input.explanation()));
        }
    }

    void keptAgain(Input.KeptAgain input, long nowMillis) {
        if (shared != null && shared.id().equals(input.document()) && !isKept) {
            isKept = true;
            if (channel != null && channel.speak()) {
                linkUp(nowMillis);
            }
            out.add(new Effect.Log("The blackboard is kept and shared again."));
        }
    }

    void peerLeft(PeerId peer) {
        if (sync != null) {
            sync.left(peer);
        }
    }

    void wake(long nowMillis) {
        if (sync != null && nowMillis >= sync.wakeAtMillis()) {
            carryOut(null, sync.wake(nowMillis));
        }
    }

    long wakeAtMillis() {
        return sync == null ? Long.MAX_VALUE : sync.wakeAtMillis();
    }

    boolean isCaughtUp() {
        return sync != null && sync.isCaughtUp();
    }

    private void keep(Chunk chunk) {
        out.add(new Effect.Persist(shared.id(), LogKind.BLACKBOARD, chunk.bytes()));
    }

    private void refuse(String why) {
        refused++;
        // Reported at 1, 2, 4, 8, … so that a flood is not a flood of lines.
        if (Integer.bitCount(refused) == 1) {
            out.add(new Effect.Log("Refused something for the blackboard (" + refused + " so far): " + why));
        }
    }

    private long below(long bound) {
        return Long.remainderUnsigned(ByteBuffer.wrap(random.draw(Long.BYTES)).getLong(), bound);
    }

    /** @param from who said what led to this; {@code null} when nobody did */
    private void carryOut(Speaker from, List<SyncEffect> effects) {
        for (SyncEffect effect : effects) {
            notes.happened(shared.id(), from, effect);
            effect.dispatch(carrier);
        }
    }

    private final SyncEffect.Handler carrier = new SyncEffect.Handler() {
        @Override
        public void keep(SyncEffect.Keep effect) {
            LiveBlackboard.this.keep(effect.chunk());
        }

        @Override
        public void keepAdmitted(SyncEffect.KeepAdmitted effect) {
            // It is in the log, and is judged by the same rules when that is read.
        }

        @Override
        public void say(SyncEffect.Say effect) {
            if (!ways.areOpen()) {
                return;
            }
            if (!effect.isBulk()) {
                channel.send(effect.to(), effect.message());
            } else if (bulk.add(channel, effect)) {
                notes.sent(shared.id(), effect);
                listener.sent(
                        effect.to().peer(), BlackboardEvents.count(((PeerMessage.Part) effect.message()).chunk()));
            }
        }

        @Override
        public void refused(SyncEffect.Refused effect) {
            refuse("from " + effect.from() + ": " + effect.why());
            ways.refused(effect);
        }

        @Override
        public void diverged(SyncEffect.Diverged effect) {
            differences++;
            if (Integer.bitCount(differences) == 1) {
                out.add(new Effect.Log("The blackboard shows something else at " + effect.with() + " (" + differences
                        + " so far) although both have the same writes. Both tell what stands, and agree again."));
            }
            // Who lies about it under ever new names gets no answer to each lie.
            if (ways.areOpen() && heardAtMillis - stateToldAtMillis >= STATE_EVERY_MILLIS) {
                stateToldAtMillis = heardAtMillis;
                channel.send(null, new PeerMessage.Events(events.state()));
            }
        }

        @Override
        public void agrees(SyncEffect.Agrees effect) {
            out.add(new Effect.Log("The blackboard shows the same again at " + effect.with() + "."));
        }

        @Override
        public void foreign(SyncEffect.Foreign effect) {
            foreigners++;
            if (Integer.bitCount(foreigners) > 1) {
                return;
            }
            out.add(new Effect.Log("The blackboard is not exchanged with " + effect.from() + ", who speaks version "
                    + effect.range() + " of the peers' protocol. The older of the two needs an upgrade."));
        }

        @Override
        public void synced(SyncEffect.Synced effect) {
            listener.equal(effect.with());
        }

        @Override
        public void answered(SyncEffect.Answered effect) {
            // What came with it is counted where it is taken in.
        }

        @Override
        public void unanswered(SyncEffect.Unanswered effect) {
            // The conversation asks somebody else, or again.
        }
    };
}

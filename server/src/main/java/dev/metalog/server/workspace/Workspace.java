package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Invitation;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.authorship.Postings;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.peers.PeerBook;
import dev.metalog.server.peers.PeerStatus;
import dev.metalog.server.reach.Contacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The conductor: turns one input into new state and a list of effects, in the order they must be performed. One thread
 * owns it; it starts no timer (it asks to be woken), reads no clock (it is told the time) and touches no socket or file.
 */
public final class Workspace {
    /** Documents whose queues are told; of more, those that were opened last are not. */
    private static final int MOST_QUEUES = 256;

    private final Settings settings;
    private final Outbox out = new Outbox();
    private final Editors editors = new Editors();
    private final Federation federation;
    private final Contacts contacts = new Contacts();
    private final DirectDesk direct;
    private final Ways ways;
    private final BulkSender bulk;
    private final InboundGate gate;
    private final PeerBook book = new PeerBook();
    private final PeerDesk peers;
    private final BlackboardDesk blackboard;
    private final Memberships memberships;
    private final DocumentShelf shelf;
    private final StatusBoard board;
    private final PresenceDesk presence;
    private final Documents documents;
    private final Sharing sharing;
    private final Invitations invitations;
    private final MemberDesk members;
    private final RequestDesk desk;
    private long wokenAtMillis = Long.MAX_VALUE;
    private final Timeline time = new Timeline();

    /**
     * @param device that works for {@code self} here
     * @param writer of the blackboard, fresh for this run, see {@link ReplicaId}; each document has one of its own
     */
    public Workspace(
            Settings settings,
            PeerIdentity self,
            DeviceKey device,
            Notary notary,
            ReplicaId writer,
            RandomBytes random) {
        federation = new Federation(self, settings, peerWatch, this::blocks, time, out);
        direct = new DirectDesk(device, settings.workspaceUri(), contacts, random, time, out);
        ways = new Ways(federation, contacts, direct, time, out);
        bulk = new BulkSender(ways);
        gate = new InboundGate(book, settings.topicPrefix(), out);
        peers = new PeerDesk(book, self.peerId(), time, out, others);
        PeerNotes notes = new PeerNotes(book, ways, time);
        blackboard = new BlackboardDesk(
                new Postings(device, notary), writer, random, federation, ways, bulk, notes, time, out);
        memberships = new Memberships(device, federation, ways, bulk, random, time, out);
        shelf = new DocumentShelf(device, notary, memberships, random, ways, out);
        board = new StatusBoard(ways, memberships::mayWrite, out);
        presence = new PresenceDesk(shelf, editors, ways, time, out);
        documents = new Documents(shelf, memberships, editors, ways, board, bulk, notes, presence, time, out);
        sharing = new Sharing(settings, shelf, documents, editors, federation, random, time, out);
        memberships.join(shelf, memberWatch);
        invitations = new Invitations(device, memberships, federation, sharing, random, time, out);
        members = new MemberDesk(device, memberships, invitations, sharing, federation, time, out);
        desk = new RequestDesk(new Desk());
        this.settings = settings;
    }

    /**
     * To be called once, before the first input, with what the store kept.
     *
     * @param known the peers, as {@link Effect.KeepPeers} had them kept
     * @param now what the clock says, as in {@link #on}
     */
    public List<Effect> boot(List<StoredDocument> stored, StoredPeers known, long now) {
        time.start(now);
        peers.restore(known);
        federation.post().restore(known.heardUpTo());
        federation.start();
        for (StoredDocument document : stored) {
            if (document.shared().uri().startsWith(LiveMembership.URI)) {
                memberships.restore(document);
            }
        }
        for (StoredDocument document : stored) {
            if (document.shared().uri().startsWith(LiveMembership.URI)) {
                continue;
            }
            if (document.shared().uri().equals(LiveBlackboard.URI)) {
                blackboard.restore(document);
                continue;
            }
            if (document.state() == StoredDocument.State.CLOSED) {
                shelf.keepClosed(document);
                continue;
            }
            LiveDocument live = shelf.restore(document, time.millis());
            live.channel().open();
            documents.cures().wantIfNeeded(live);
            if (!document.shared().broker().isEmpty() && !settings.broker().isEmpty()) {
                federation.reach(document.shared().broker());
            }
        }
        invitations.restore();
        return finish();
    }

    /** @param now what the clock says, in ms since 1970; it may be set back or forth in between */
    public List<Effect> on(Input input, long now) {
        return on(List.of(input), now);
    }

    /**
     * The same for several that have waited, in their order; what is typed in them is said together, and what peers wrote is taken
     * in together, as far as it goes. So whoever has fallen behind has the less to do for each key the more of them wait.
     */
    public List<Effect> on(List<Input> together, long now) {
        time.tick(now);
        for (Input input : together) {
            if (!goesTogether(input)) {
                documents.settle(time.millis());
            }
            input.dispatch(inputs);
        }
        documents.settle(time.millis());
        documents.cures().settle();
        documents.divergences().settle();
        memberships.settle();
        sharing.settle(time.millis());
        blackboard.settle();
        peers.settle();
        direct.settle();
        presence.settle();
        board.tell(time.millis());
        return finish();
    }

    /** What comes in crowds, and asks for nothing that depends on what came before it. */
    private static boolean goesTogether(Input input) {
        return input instanceof Input.Received
                || input instanceof Input.ReceivedDirectly
                || input instanceof Input.Changed
                || input instanceof Input.Answered
                || input instanceof Input.Looked
                || input instanceof Input.Acknowledged;
    }

    /** To be called once, after the last input: what is to be kept beyond it. */
    public List<Effect> end() {
        peers.end();
        return out.drain();
    }

    /** Whether the person here wants nothing of a peer. */
    public boolean blocks(PeerId peer) {
        return peers.isBlocked(peer);
    }

    /** For tests of what no editor can ask for. */
    Memberships memberships() {
        return memberships;
    }

    /** The same. */
    Sharing sharing() {
        return sharing;
    }

    /** Where every live document stands, for whoever checks that all is well. */
    public List<Audit> audit() {
        List<Audit> all = new ArrayList<>();
        for (LiveDocument live : shelf.all()) {
            all.add(new Audit(
                    live.shared().id(),
                    live.graph().tip(),
                    live.graph().snapshot(),
                    live.sync().isCaughtUp(),
                    live.sync().waiting(),
                    live.sync().sessions(),
                    documents.bulkBytes()));
        }
        return all;
    }

    /** Where the blackboard stands, for the same; {@code null} while nobody else may have it. */
    public BoardAudit auditBlackboard() {
        return blackboard.live().audit();
    }

    private List<Effect> finish() {
        long at = Math.min(federation.wakeAtMillis(), Math.min(sharing.wakeAtMillis(), board.wakeAtMillis()));
        at = Math.min(at, Math.min(blackboard.wakeAtMillis(), peers.wakeAtMillis()));
        at = Math.min(at, ways.tests().wakeAtMillis());
        at = Math.min(at, presence.wakeAtMillis());
        at = Math.min(at, direct.wakeAtMillis());
        at = Math.min(at, documents.cures().wakeAtMillis());
        at = Math.min(at, ways.hearing().wakeAtMillis());
        at = Math.min(
                at,
                Math.min(
                        documents.divergences().wakeAtMillis(),
                        Math.min(memberships.wakeAtMillis(), invitations.wakeAtMillis())));
        for (LiveDocument live : shelf.all()) {
            at = Math.min(at, live.wakeAtMillis());
        }
        if (at != wokenAtMillis) {
            wokenAtMillis = at;
            out.add(new Effect.WakeIn(at == Long.MAX_VALUE ? at : Math.max(0, at - time.millis())));
        }
        return out.drain();
    }

    private final Input.Handler inputs = new Input.Handler() {
        @Override
        public void editorCame(Input.EditorCame input) {
            editors.came(input.editor(), input.encoding(), input.process());
            peers.editorCame(input.editor());
            invitations.editorCame();
            for (EditorMessages.Connection connection : federation.connections()) {
                out.add(new Effect.TellConnection(connection));
            }
        }

        @Override
        public void wantsPresence(Input.WantsPresence input) {
            presence.wishes(input);
        }

        @Override
        public void looked(Input.Looked input) {
            presence.looked(input);
        }

        @Override
        public void editorWent(Input.EditorWent input) {
            documents.editorWent(input.editor());
            presence.editorWent(input.editor());
            federation.editorWent(input.editor());
            sharing.editorWent(input.editor());
            invitations.editorWent(input.editor());
            ways.tests().editorWent(input.editor());
            blackboard.editorWent(input.editor());
        }

        @Override
        public void cancelled(Input.Cancelled input) {
            invitations.cancelled(new Ticket(input.editor(), input.ticket()));
        }

        @Override
        public void opened(Input.Opened input) {
            documents.opened(input, time.millis());
        }

        @Override
        public void changed(Input.Changed input) {
            documents.changed(input, time.millis());
        }

        @Override
        public void unreadable(Input.Unreadable input) {
            documents.unreadable(input);
        }

        @Override
        public void saved(Input.Saved input) {
            documents.saved(input);
        }

        @Override
        public void closed(Input.Closed input) {
            documents.closed(input.editor(), input.uri());
        }

        @Override
        public void answered(Input.Answered input) {
            documents.answered(input, time.millis());
        }

        @Override
        public void asked(Input.Asked input) {
            if (editors.isHere(input.editor())) {
                desk.ask(new Ticket(input.editor(), input.ticket()), input.request());
            }
        }

        @Override
        public void linkUp(Input.LinkUp input) {
            federation.linkUp(input.broker(), time.millis());
            documents.linkUp(time.millis());
            presence.waysChanged();
            blackboard.live().linkUp(time.millis());
            memberships.linkUp();
        }

        @Override
        public void linkDown(Input.LinkDown input) {
            federation.linkDown(input);
            bulk.linkDown();
            documents.linkDown();
            presence.waysChanged();
        }

        @Override
        public void received(Input.Received input) {
            ways.arrives(Ways.Route.BROKERS);
            if (gate.drops(input) || heard(input.topic(), input.payload())) {
                return;
            }
            if (invitations.hears(input.topic())) {
                invitations.received(input.topic(), input.payload());
            } else if (!input.topic().startsWith(Channel.TOPIC)) {
                federation
                        .received(input.topic(), input.payload(), input.retained(), time.millis())
                        .ifPresent(peer -> {
                            documents.peerLeft(peer);
                            blackboard.live().peerLeft(peer);
                            memberships.peerLeft(peer);
                        });
            }
        }

        @Override
        public void contactsKept(Input.ContactsKept input) {
            direct.remember(input.statements(), Workspace.this::blocks);
        }

        @Override
        public void listening(Input.Listening input) {
            direct.listening(input.addresses(), input.beacon());
        }

        @Override
        public void beaconSeen(Input.BeaconSeen input) {
            direct.saw(input.beacon());
        }

        @Override
        public void directUp(Input.DirectUp input) {
            contacts.up(new Contacts.Up(input.endpoint(), input.address(), time.millis()));
            presence.waysChanged();
            documents.greet(input.endpoint().peer(), !federation.isConnected(), time.millis());
            blackboard.live().linkUp(time.millis());
            memberships.linkUp();
        }

        @Override
        public void directDown(Input.DirectDown input) {
            if (contacts.down(input.endpoint())) {
                out.add(new Effect.Log(
                        "The direct link to " + input.endpoint().peer().shortForm() + " is down. " + input.explanation()
                                + " What is for it goes by brokers until it is up again."));
                bulk.linkDown();
                documents.linkDown();
                presence.waysChanged();
            }
        }

        @Override
        public void receivedDirectly(Input.ReceivedDirectly input) {
            ways.arrives(Ways.Route.DIRECT);
            if (!gate.drops(input)) {
                heard(input.topic(), input.payload());
            }
        }

        @Override
        public void acknowledged(Input.Acknowledged input) {
            federation.acknowledged(input.token());
            bulk.settled(input.token());
            documents.settled(input.token());
            presence.settled(input.token());
        }

        @Override
        public void notPublished(Input.NotPublished input) {
            federation.notPublished(input.token(), input.explanation());
            bulk.settled(input.token());
            documents.settled(input.token());
            presence.settled(input.token());
        }

        @Override
        public void notKept(Input.NotKept input) {
            documents.notKept(input);
            blackboard.live().notKept(input);
        }

        @Override
        public void keptAgain(Input.KeptAgain input) {
            documents.keptAgain(input, time.millis());
            blackboard.live().keptAgain(input, time.millis());
        }

        @Override
        public void logGrown(Input.LogGrown input) {
            LiveDocument live = shelf.byId(input.document());
            blackboard.live().logGrew(input.document());
            DocumentSnapshot snapshot = live == null ? null : live.snapshot();
            if (snapshot != null) {
                out.add(new Effect.Snapshot(input.document(), snapshot));
            }
        }

        @Override
        public void logRead(Input.LogRead input) {
            documents.divergences().logRead(input);
            LiveDocument live = shelf.byId(input.document());
            if (live != null) {
                documents.divergences().settle();
                live.pull(time.millis());
                board.touched(live);
            }
        }

        @Override
        public void fileKept(Input.FileKept input) {
            federation.post().kept(input.received());
        }

        @Override
        public void woken(Input.Woken input) {
            wokenAtMillis = Long.MAX_VALUE;
            federation.wake(time.millis());
            documents.wake(time.millis());
            documents.divergences().wake(time.millis());
            memberships.wake();
            invitations.wake();
            ways.tests().wake();
            ways.hearing().wake();
            blackboard.wake();
            peers.wake();
        }
    };

    /** Whether a message was on a topic of something that is shared, and so was taken. */
    private boolean heard(String topic, byte[] payload) {
        LiveDocument live = shelf.byTopic(topic);
        if (live == null) {
            // It may change who is believed, and with which key.
            documents.settle(time.millis());
        }
        LiveMembership membership = live == null ? memberships.hearing(topic) : null;
        if (live != null) {
            documents.received(live, topic, payload, time.millis());
        } else if (membership != null) {
            membership.received(topic, payload);
        } else if (blackboard.live().hears(topic)) {
            blackboard.received(topic, payload);
        } else {
            return false;
        }
        return true;
    }

    private final Federation.PeerWatch peerWatch = new Federation.PeerWatch() {
        @Override
        public void heard(EditorMessages.Peer peer, long wallMillis) {
            book.announced(new PeerId(peer.peerId()), time.moment());
            blackboard.peers().heard(peer);
            // An announcement whose time is far from ours is refused, so this peer's clock agrees with ours.
            blackboard.live().board().witness(wallMillis);
        }

        @Override
        public void left(String peerId) {
            book.left(new PeerId(peerId), time.moment());
            blackboard.peers().left(peerId);
        }
    };

    private final Memberships.Listener memberWatch = new Memberships.Listener() {
        @Override
        public void rekeyed(LiveDocument live) {
            shelf.rekey(live);
            presence.rekeyed(live);
            documents.begin(live, time.millis());
            board.touched(live);
        }

        @Override
        public void askAgain(LiveDocument live) {
            documents.askAgain(live, time.millis());
            board.touched(live);
        }

        @Override
        public void changed(LiveMembership membership) {
            membership.log().gone().forEach(direct::part);
        }
    };

    private final PeerDesk.Others others = new PeerDesk.Others() {
        @Override
        public void blocked(PeerId peer) {
            federation.table().forget(peer);
            direct.part(peer);
            bulk.forget(peer);
            documents.peerLeft(peer);
            blackboard.live().peerLeft(peer);
            ways.hearing().part(peer);
        }

        @Override
        public void unblocked(PeerId peer, Set<DocumentId> shared) {
            documents.resume(shared, time.millis());
            blackboard.live().ask(time.millis());
        }

        @Override
        public boolean test(Ticket ticket, PeerId peer) {
            for (LiveDocument live : shelf.all()) {
                Speaker speaker = live.sync().speakerOf(peer);
                if (speaker != null) {
                    ways.tests().begin(ticket, live.channel(), speaker);
                    return true;
                }
            }
            return false;
        }

        @Override
        public List<PeerMessages.Separation> separations() {
            return ways.hearing().separations(peers::isBlocked);
        }

        @Override
        public PeerMessages.Way wayTo(PeerId peer) {
            boolean isHere = book.record(peer).status() == PeerStatus.ACTIVE;
            return isHere ? ways.to(peer) : null;
        }

        @Override
        public long bannedForMillis(PeerId peer) {
            return direct.bannedForMillis(peer);
        }

        @Override
        public String nameOf(DocumentId about) {
            LiveDocument live = shelf.byId(about);
            if (live != null) {
                return live.shared().path().value();
            }
            return blackboard.live().isAbout(about) ? Invitation.BLACKBOARD.value() : null;
        }
    };

    /** What requests are carried out by. */
    private final class Desk implements RequestDesk.Staff {
        @Override
        public Outbox out() {
            return out;
        }

        @Override
        public Federation federation() {
            return federation;
        }

        @Override
        public Sharing sharing() {
            return sharing;
        }

        @Override
        public Editors editors() {
            return editors;
        }

        @Override
        public Documents documents() {
            return documents;
        }

        @Override
        public BlackboardDesk blackboard() {
            return blackboard;
        }

        @Override
        public PeerDesk peers() {
            return peers;
        }

        @Override
        public MemberDesk members() {
            return members;
        }

        @Override
        public EditorMessages.Status status() {
            List<EditorMessages.DocumentStatus> list = new ArrayList<>();
            for (LiveDocument live : shelf.all()) {
                list.addAll(board.statuses(live, time.millis()));
            }
            PeerId self = federation.self().peerId();
            int peers = federation.table().peers(time.millis()).size();
            return new EditorMessages.Status(
                    self.value(),
                    settings.workspaceUri(),
                    federation.connections(),
                    peers,
                    list,
                    federation.refusals(),
                    documents.divergences().counted());
        }

        @Override
        public List<MetricsMessages.Queue> queues() {
            List<MetricsMessages.Queue> list = new ArrayList<>();
            list.add(bulk.queue());
            for (LiveDocument live : shelf.all()) {
                MetricsMessages.Queue queue =
                        live.sync().queue(live.shared().path().value());
                if (queue.most() > 0 && list.size() < MOST_QUEUES) {
                    list.add(queue);
                }
            }
            return list;
        }

        @Override
        public long nowMillis() {
            return time.millis();
        }
    }
}

package dev.metalog.server.workspace;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.identity.Announcement;
import dev.metalog.server.identity.AnnouncementGate;
import dev.metalog.server.identity.Verdict;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who announces itself now. A peer is one whose announcement was verified; nobody else is in the table. */
final class PeerTable {
    /** A peer that did not repeat its announcement is gone. */
    static final long PEER_GONE_MILLIS = 3 * Federation.ANNOUNCE_EVERY_MILLIS;

    private record Known(EditorMessages.Peer peer, long heardAtMillis) {}

    private final PeerId self;
    private final Federation.PeerWatch watch;
    private final RefusalCounts refusals;
    private final Timeline time;
    private final Outbox out;
    private final AnnouncementGate gate = new AnnouncementGate();
    private final Map<PeerId, Known> peers = new LinkedHashMap<>();

    PeerTable(PeerId self, Federation.PeerWatch watch, RefusalCounts refusals, Timeline time, Outbox out) {
        this.self = self;
        this.watch = watch;
        this.refusals = refusals;
        this.time = time;
        this.out = out;
    }

    /** What arrived on the common topic. Returns whether it is true and new. */
    boolean announced(byte[] payload, long nowMillis) {
        return heed(gate.judge(payload, time.wallMillis()), nowMillis);
    }

    /** What arrived on a peer's own topic. Returns whether it is true and new. */
    boolean announcedUnder(String topicPeer, byte[] payload, long nowMillis) {
        return heed(gate.judgeUnder(topicPeer, payload, time.wallMillis()), nowMillis);
    }

    private boolean heed(Verdict<Announcement> verdict, long nowMillis) {
        return verdict.dispatch(new Verdict.Handler<Announcement, Boolean>() {
            @Override
            public Boolean accepted(Announcement announcement) {
                learn(announcement, nowMillis);
                return true;
            }

            @Override
            public Boolean refused(Verdict.Fault fault, String detail) {
                refusals.refused(RefusalCounts.Kind.ANNOUNCEMENT, fault, detail);
                return false;
            }
        });
    }

    private void learn(Announcement announcement, long nowMillis) {
        if (announcement.peerId().equals(self)) {
            return;
        }
        EditorMessages.Peer peer = new EditorMessages.Peer(
                announcement.peerId().value(),
                announcement.publicKey(),
                announcement.address(),
                announcement.timestamp().toString(),
                "relay");
        boolean isNew = peers.remove(announcement.peerId()) == null;
        if (peers.size() >= Limits.PEERS) {
            Iterator<PeerId> longestAgo = peers.keySet().iterator();
            longestAgo.next();
            longestAgo.remove();
        }
        peers.put(announcement.peerId(), new Known(peer, nowMillis));
        if (isNew) {
            out.add(new Effect.TellPeer(peer));
        }
        watch.heard(peer, time.wallMillis());
    }

    /** A peer's announcement was taken back. Tells who left, if it was here. */
    Optional<PeerId> cleared(String about) {
        Optional<PeerId> left = peers.keySet().stream()
                .filter(peer -> peer.value().equals(about))
                .findFirst();
        left.ifPresent(peer -> {
            peers.remove(peer);
            out.add(new Effect.TellPeerLeft(about));
            watch.left(about);
        });
        return left;
    }

    /** The person blocked it: it is no longer in the table. That it left is nothing to be told to others. */
    void forget(PeerId peer) {
        if (peers.remove(peer) != null) {
            out.add(new Effect.TellPeerLeft(peer.value()));
        }
    }

    List<EditorMessages.Peer> peers(long nowMillis) {
        expire(nowMillis);
        List<EditorMessages.Peer> list = new ArrayList<>();
        peers.values().forEach(known -> list.add(known.peer()));
        return list;
    }

    void expire(long nowMillis) {
        for (Iterator<Known> all = peers.values().iterator(); all.hasNext(); ) {
            Known known = all.next();
            if (nowMillis - known.heardAtMillis() > PEER_GONE_MILLIS) {
                all.remove();
                out.add(new Effect.TellPeerLeft(known.peer().peerId()));
                watch.left(known.peer().peerId());
            }
        }
    }
}

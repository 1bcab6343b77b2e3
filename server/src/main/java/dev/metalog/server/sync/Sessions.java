package dev.metalog.server.sync;

import dev.metalog.protocol.Digest;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.VersionVector;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The sessions of one conversation. Bounded: when there are {@value #MOST}, the one heard of longest ago makes room. */
final class Sessions {
    static final int MOST = 256;
    /** A little longer than the time between two hellos of an idle peer. */
    static final long GONE_MILLIS = Conversation.IDLE_MILLIS + Conversation.IDLE_MILLIS / 8 + 30_000;
    /** Who was silent for so long is no longer waited for. */
    static final long FORGOTTEN_MILLIS = 15 * 60_000;
    /**
     * The same for a run of a peer that lacks something, or has something else, and is silent since another run of that peer
     * was heard. Mostly it has ended. One that has not, as the peer has two workspaces open, says hello in that time; if it
     * was not heard, it is known again when it is.
     */
    static final long SUCCEEDED_MILLIS = 3 * Conversation.ACTIVE_MILLIS;

    /** By who was heard last. */
    private final Map<Speaker, PeerSession> bySpeaker = new LinkedHashMap<>(16, 0.75f, true);

    /** The session with a speaker that was just heard. */
    PeerSession heard(Speaker speaker, long nowMillis) {
        PeerSession session = bySpeaker.get(speaker);
        if (session == null) {
            session = new PeerSession(speaker, nowMillis);
            succeeded(speaker.peer(), nowMillis);
            bySpeaker.put(speaker, session);
        }
        session.heard(nowMillis);
        if (bySpeaker.size() > MOST) {
            bySpeaker.remove(bySpeaker.keySet().iterator().next());
        }
        return session;
    }

    private void succeeded(PeerId peer, long nowMillis) {
        for (PeerSession session : bySpeaker.values()) {
            if (session.speaker().peer().equals(peer)) {
                session.succeeded(nowMillis);
            }
        }
    }

    Collection<PeerSession> all() {
        return bySpeaker.values();
    }

    int count() {
        return bySpeaker.size();
    }

    boolean knows(Speaker speaker) {
        return bySpeaker.containsKey(speaker);
    }

    /** Whether some run of it was heard and has not left. */
    boolean knows(PeerId peer) {
        return bySpeaker.keySet().stream().anyMatch(speaker -> speaker.peer().equals(peer));
    }

    void left(PeerId peer) {
        bySpeaker.keySet().removeIf(speaker -> speaker.peer().equals(peer));
    }

    void forget(Digest frontier, long nowMillis) {
        bySpeaker
                .values()
                .removeIf(session -> nowMillis - session.heardAtMillis() > FORGOTTEN_MILLIS
                        || (nowMillis - session.succeededAtMillis() > SUCCEEDED_MILLIS
                                && !frontier.equals(session.frontier())));
    }

    /** How many peers were heard of lately. */
    int peers(long nowMillis) {
        return (int) bySpeaker.values().stream()
                .filter(session -> nowMillis - session.heardAtMillis() <= GONE_MILLIS)
                .map(session -> session.speaker().peer())
                .distinct()
                .count();
    }

    /** Whether somebody is not known to have exactly this. */
    boolean anyWithout(Digest frontier) {
        return bySpeaker.values().stream()
                .anyMatch(session -> !session.is(PeerSession.State.FOREIGN) && !frontier.equals(session.frontier()));
    }

    /** Whether somebody had other content when it was at our frontier, and was not at it with ours since. */
    boolean anyAlarmed() {
        return bySpeaker.values().stream().anyMatch(PeerSession::isAlarmed);
    }

    void change(PeerSession.Reason reason, long nowMillis) {
        bySpeaker.values().forEach(session -> session.change(reason, nowMillis));
    }

    /**
     * What is here, or is on its way from others that were asked and have always answered. Of each writer only what was asked for from where we are
     * on: whoever was asked for a later part alone will not bring what comes before it.
     */
    VersionVector expected(VersionVector mine, PeerSession except) {
        SortedMap<ReplicaId, Integer> expected = new TreeMap<>(mine.nextSeqs());
        for (PeerSession session : bySpeaker.values()) {
            boolean counts = session.is(PeerSession.State.FETCHING) && session.isReliable();
            if (session == except || !counts || session.vector() == null) {
                continue;
            }
            session.vector().nextSeqs().forEach((replica, next) -> {
                if (session.wished().nextSeq(replica) <= mine.nextSeq(replica)) {
                    expected.merge(replica, next, Math::max);
                }
            });
        }
        return new VersionVector(expected);
    }

    /** Those that waited for what another was asked for need not wait any more. */
    void release(long nowMillis) {
        for (PeerSession session : bySpeaker.values()) {
            if (session.is(PeerSession.State.AHEAD)) {
                session.waitUntil(nowMillis);
            }
        }
    }

    /** Those whose time has come, first those that always answered. */
    List<PeerSession> due(long nowMillis) {
        return bySpeaker.values().stream()
                .filter(session -> session.dueMillis() <= nowMillis)
                .sorted(Comparator.comparing(PeerSession::isReliable).reversed())
                .toList();
    }

    long wakeAtMillis() {
        long at = Long.MAX_VALUE;
        for (PeerSession session : bySpeaker.values()) {
            at = Math.min(at, session.dueMillis());
        }
        return at;
    }
}

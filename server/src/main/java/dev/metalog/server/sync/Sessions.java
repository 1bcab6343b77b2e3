package dev.metalog.server.sync;

import dev.metalog.protocol.Digest;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.VersionVector;
import java.util.Collection;
import java.util.Collections;
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

    /** Names can be made up without end, see {@link Limits#NEW_SPEAKERS_PER_SECOND}. */
    private final Allowance strangers;
    /** By who was heard last. */
    private final Map<Speaker, PeerSession> bySpeaker = new LinkedHashMap<>(16, 0.75f, true);

    Sessions(long nowMillis) {
        strangers = new Allowance(Limits.NEW_SPEAKERS_PER_SECOND, Limits.NEW_SPEAKERS_AT_ONCE, nowMillis);
    }

    /** The session with a speaker that was just heard; {@code null} when too many come at once that were not heard before. */
    PeerSession heard(Speaker speaker, long nowMillis) {
        PeerSession session = bySpeaker.get(speaker);
        if (session == null) {
            if (!strangers.take(1, nowMillis)) {
                return null;
            }
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

    /**
     * A speaker has more than is here. Only what it has more is kept of that, and of all together so much at most: then whoever
     * has most is forgotten, who would be the one that lies.
     */
    void hasMore(PeerSession session, VersionVector said, VersionVector own) {
        SortedMap<ReplicaId, Integer> more = new TreeMap<>();
        said.nextSeqs().forEach((replica, next) -> {
            if (next > own.nextSeq(replica)) {
                more.put(replica, next);
            }
        });
        session.hasMore(new VersionVector(more));
        while (ahead() > Limits.AHEAD_REPLICAS) {
            mostAhead().forgetWhatItHas();
        }
    }

    /** Replicas in all that is kept of what others have. */
    int ahead() {
        return bySpeaker.values().stream().mapToInt(Sessions::ahead).sum();
    }

    private static int ahead(PeerSession session) {
        return session.vector() == null ? 0 : session.vector().nextSeqs().size();
    }

    private PeerSession mostAhead() {
        return Collections.max(bySpeaker.values(), Comparator.comparingInt(Sessions::ahead));
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

    /** Its run that was heard last, or {@code null}. */
    Speaker lastOf(PeerId peer) {
        return bySpeaker.values().stream()
                .filter(session -> session.speaker().peer().equals(peer))
                .max(Comparator.comparingLong(PeerSession::heardAtMillis))
                .map(PeerSession::speaker)
                .orElse(null);
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
     * What is here, or is on its way from others that were asked and have always answered, as far as it is of use to somebody
     * who has no more than {@code of} says. Of each writer only what was asked for from where we are on: whoever was asked for
     * a later part alone will not bring what comes before it.
     */
    VersionVector expected(VersionVector mine, PeerSession of) {
        SortedMap<ReplicaId, Integer> expected = new TreeMap<>(mine.nextSeqs());
        for (PeerSession session : bySpeaker.values()) {
            boolean counts = session.is(PeerSession.State.FETCHING) && session.isReliable();
            if (session == of || !counts || session.vector() == null) {
                continue;
            }
            VersionVector its = session.vector();
            SortedMap<ReplicaId, Integer> looked =
                    of.vector() == null ? its.nextSeqs() : of.vector().nextSeqs();
            looked.forEach((replica, unused) -> {
                int next = its.nextSeq(replica);
                if (next > 0 && session.wished().nextSeq(replica) <= mine.nextSeq(replica)) {
                    expected.merge(replica, next, Math::max);
                }
            });
        }
        return expected.size() > Limits.VECTOR_REPLICAS ? mine : new VersionVector(expected);
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

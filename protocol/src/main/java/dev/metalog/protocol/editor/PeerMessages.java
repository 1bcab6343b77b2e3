package dev.metalog.protocol.editor;

import java.util.List;

/** Parameters and results of the messages about the book of peers. Times are UTC, ISO 8601; an absent one means never. */
public final class PeerMessages {
    private PeerMessages() {}

    /** {@code meta-log/peerShow}, {@code peerBlock}, {@code peerUnblock} and {@code linkTest}: the whole id. */
    public record PeerParams(String peerId) {}

    /**
     * How often a peer was asked for what it has more.
     *
     * @param unanswered while a broker was connected; what is neither answered nor that is under way, or was not needed any
     *     more
     * @param successRate of those that are settled, from 0 to 1; absent when none is
     */
    public record Exchanges(long asked, long answered, long unanswered, Double successRate) {}

    /**
     * What came from a peer and was new here, and what was sent to it alone, because it asked. What is typed goes to all and
     * is not counted.
     */
    public record Traffic(long bundlesIn, long bytesIn, long bundlesOut, long bytesOut) {}

    /** What went wrong last. */
    public record Failure(String at, String why) {}

    /**
     * What was exchanged with a peer of one thing that is shared.
     *
     * @param path of the document, or {@code meta-log.blackboard}; absent when it is not shared here any more
     */
    public record Relation(
            String documentId,
            String path,
            String lastHeard,
            String lastSynced,
            Exchanges exchanges,
            Traffic traffic,
            Failure failure) {}

    /**
     * By which way what is said reaches a peer now.
     *
     * @param kind {@code direct}: over a link of our own to it; {@code broker}: through brokers alone
     * @param addresses where its direct links lead to; empty for {@code broker}
     */
    public record Way(String kind, List<String> addresses) {}

    /**
     * Everything that is known of a peer in this workspace.
     *
     * @param status {@code active}, {@code inactive} or {@code blocked}
     * @param way absent when nothing reaches it now, as far as is known
     * @param blockedAt absent when it is not blocked
     * @param bannedUntil until when it gets no direct link, as it sent what no signature proves; absent when it may have one
     * @param dropped messages of it that were dropped while it was blocked
     * @param failure absent when nothing ever went wrong
     * @param relations what is shared with it, that which was heard of last first
     */
    public record PeerState(
            String peerId,
            String status,
            Way way,
            String firstSeen,
            String blockedAt,
            String bannedUntil,
            long dropped,
            String lastHeard,
            String lastSynced,
            Exchanges exchanges,
            Traffic traffic,
            Failure failure,
            List<Relation> relations) {}

    /**
     * Two who do not hear each other, one of whom may be this installation: neither over a broker nor directly.
     *
     * @param through what one of them writes passes through these to the other, in this order or the reverse; empty: through
     *     nobody that is known
     */
    public record Separation(String first, String second, List<String> through) {}

    /**
     * {@code meta-log/peerList}.
     *
     * @param peers who was heard last comes first
     * @param separations as those who share something with us say; found within two minutes
     */
    public record PeerStates(List<PeerState> peers, List<Separation> separations) {}

    /**
     * The answer to {@code meta-log/peerBlock} and {@code peerUnblock}: it is in force, and kept.
     *
     * @param explanation for the person: what follows from it, and what does not
     */
    public record Decided(PeerState peer, String explanation) {}

    /**
     * What came of trying one way to a peer.
     *
     * @param way {@code direct} or {@code broker}
     * @param answers of the probes that were sent one after the other
     * @param roundTripMillis of one, on average; absent when the way does not work
     * @param failure for the person; absent when it works
     */
    public record LinkResult(String way, int answers, Double roundTripMillis, String failure) {}

    /**
     * The answer to {@code meta-log/linkTest}: the peer's sidecar sent probes back, or did not.
     *
     * @param used the way that is used now; absent when none is open
     */
    public record LinkTested(String peerId, Way used, List<LinkResult> results) {}

    /** {@code meta-log/peerStatus}. */
    public record StatusChanged(String peerId, String status) {}
}

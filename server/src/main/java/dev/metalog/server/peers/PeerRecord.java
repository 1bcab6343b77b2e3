package dev.metalog.server.peers;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import java.util.List;

/**
 * Everything that is known of one peer, as it is kept and shown.
 *
 * @param firstSeenMillis when it was heard the first time, by the clock; 0 when it was blocked before it was ever heard
 * @param blockedAtMillis when the person blocked it; 0 when it is not blocked
 * @param dropped messages of it that were dropped while it was blocked
 * @param relations what is shared with it, by who was heard about it last
 */
public record PeerRecord(
        PeerId peer,
        PeerStatus status,
        long firstSeenMillis,
        long blockedAtMillis,
        long dropped,
        Dealings dealings,
        List<Relation> relations) {
    /** What was seen of a peer in one thing that is shared with it: a document, or the blackboard. */
    public record Relation(DocumentId about, Dealings dealings) {}

    public PeerRecord {
        relations = List.copyOf(relations);
    }
}

package dev.metalog.server.workspace;

import dev.metalog.protocol.PeerId;
import dev.metalog.server.peers.PeerRecord;
import java.util.List;
import java.util.Map;

/**
 * The peers as the store gives them back at the start.
 *
 * @param heardUpTo as {@link Effect.KeepHeardUpTo} had it kept
 * @param trouble what the person has to know about that; {@code null} when all is well
 */
public record StoredPeers(List<PeerRecord> records, Map<PeerId, Long> heardUpTo, String trouble) {
    public static final StoredPeers NONE = new StoredPeers(List.of(), Map.of(), null);

    public StoredPeers {
        records = List.copyOf(records);
        heardUpTo = Map.copyOf(heardUpTo);
    }
}

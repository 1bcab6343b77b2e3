package dev.metalog.server.workspace;

import dev.metalog.server.peers.PeerRecord;
import java.util.List;

/**
 * The peers as the store gives them back at the start.
 *
 * @param trouble what the person has to know about that; {@code null} when all is well
 */
public record StoredPeers(List<PeerRecord> records, String trouble) {
    public static final StoredPeers NONE = new StoredPeers(List.of(), null);

    public StoredPeers {
        records = List.copyOf(records);
    }
}

package dev.metalog.server.sync;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.VersionVector;
import java.util.List;

/**
 * What a {@link Conversation} keeps equal among peers: events of writers, each writer's numbered without a gap, of which
 * some follow on others. Whoever has the same events has the same content.
 */
public interface Replicated {
    /**
     * A part of what a peer lacks.
     *
     * @param chunks what others follow on comes first
     * @param more whether there is more than these
     */
    record Slice(List<Chunk> chunks, boolean more) {
        public Slice {
            chunks = List.copyOf(chunks);
        }
    }

    /** Names what is here: equal exactly where the events are. */
    Digest frontier();

    /** Of what it amounts to. */
    Digest content();

    VersionVector vector();

    /** Whether nobody has to wait for it any more. */
    boolean has(EventId event);

    /** What of that which somebody says to have is of use here. */
    default VersionVector heed(VersionVector theirs) {
        return theirs;
    }

    /** What the vector does not hold, from its first on; about so many bytes, and at least one chunk if there is any. */
    Slice since(VersionVector vector, int aboutBytes);

    /** As {@link #since}, for one who may have asked before and been told a part of it. */
    default Slice answer(Speaker asker, VersionVector vector, int aboutBytes) {
        return since(vector, aboutBytes);
    }

    /** Takes in what somebody sent. Nothing about it is trusted. */
    Verdict admit(Chunk chunk);
}

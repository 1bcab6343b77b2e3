package dev.metalog.server.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.blackboard.Posting;
import java.util.Comparator;

/** A posting that stands, and the write that put it there. */
public record Posted(EventId id, Posting posting) {
    /** Of several that stand side by side, the last of this order is shown: by peer, then by replica, then by seq. */
    static final Comparator<Posted> LAST_WINS =
            Comparator.comparing((Posted posted) -> posted.posting().author()).thenComparing(Posted::id);
}

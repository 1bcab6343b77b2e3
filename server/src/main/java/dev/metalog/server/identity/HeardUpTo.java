package dev.metalog.server.identity;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Up to which moment, by an author's clock, what that one sent in public has passed: to be kept, so that a later run takes nothing of
 * it that is not newer. One run knows each thing that passed; the next one need not know more than this, as nobody who is heard
 * once more after a restart sends what is older than what arrived before.
 *
 * <p>Overflow rule: of more than {@value #MOST} authors the one that was heard longest ago is forgotten. Then what it sent in the ten
 * minutes before a restart can pass once more.
 */
final class HeardUpTo {
    static final int MOST = 1_024;

    private final Map<PeerId, Long> earlier = new LinkedHashMap<>();
    /** In the order of when each was heard last. */
    private final Map<PeerId, Long> newestMillis = new LinkedHashMap<>(16, 0.75f, true);

    /** What was kept of earlier runs. */
    void restore(Map<PeerId, Long> kept) {
        earlier.putAll(kept);
        kept.forEach(this::passed);
    }

    boolean passedInAnEarlierRun(PeerId author, long stampMillis) {
        return stampMillis <= earlier.getOrDefault(author, Long.MIN_VALUE);
    }

    void passed(PeerId author, long stampMillis) {
        newestMillis.merge(author, stampMillis, Math::max);
        if (newestMillis.size() > MOST) {
            newestMillis.remove(newestMillis.keySet().iterator().next());
        }
    }

    /** What is to be kept: nothing of whose newest is stale anyway. */
    Map<PeerId, Long> toKeep(long nowMillis) {
        newestMillis.values().removeIf(stamp -> stamp < nowMillis - Limits.ANNOUNCEMENT_SKEW_MILLIS);
        return new LinkedHashMap<>(newestMillis);
    }
}

package dev.metalog.server.sync;

import dev.metalog.protocol.PeerId;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who spoke about a document lately. Bounded: the one heard of longest ago makes room. */
final class PeersSeen {
    static final int MOST = 256;
    /** A little longer than the time between two hellos of an idle peer. */
    static final long GONE_MILLIS = DocumentSync.IDLE_MILLIS + 30_000;

    private final Map<PeerId, Long> heardAtMillis = new LinkedHashMap<>(16, 0.75f, true);

    void heard(PeerId peer, long nowMillis) {
        heardAtMillis.put(peer, nowMillis);
        if (heardAtMillis.size() > MOST) {
            heardAtMillis.remove(heardAtMillis.keySet().iterator().next());
        }
    }

    void left(PeerId peer) {
        heardAtMillis.remove(peer);
    }

    int count(long nowMillis) {
        heardAtMillis.values().removeIf(heard -> nowMillis - heard > GONE_MILLIS);
        return heardAtMillis.size();
    }
}

package dev.metalog.server.reach;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.Speaker;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Who was heard on one channel, and by which way last: whether everybody who listens there is reached by direct links, so that what is
 * said to all need not go through brokers as well.
 *
 * <p>Overflow rule: of more than {@value #MOST} speakers the one heard longest ago is forgotten, and for as long as it might
 * listen nobody can be said to be reached.
 */
public final class Audience {
    static final int MOST = 256;
    /** Who is silent for so long is not there: a little more than twice the time between two hellos of somebody idle. */
    static final long GONE_MILLIS = 300_000;
    /** The same for a run of a peer while another run of that peer is heard: mostly it has ended. */
    static final long SUCCEEDED_MILLIS = 45_000;

    private static final class Heard {
        boolean directly;
        long atMillis;
        long succeededAtMillis = Long.MAX_VALUE;
    }

    private final Map<Speaker, Heard> speakers = new LinkedHashMap<>(16, 0.75f, true);
    private long crowdedUntilMillis;

    /** @param directly whether that came over a direct link */
    public void heard(Speaker speaker, boolean directly, long nowMillis) {
        Heard heard = speakers.get(speaker);
        if (heard == null) {
            heard = new Heard();
            succeeded(speaker.peer(), nowMillis);
            speakers.put(speaker, heard);
            if (speakers.size() > MOST) {
                speakers.remove(speakers.keySet().iterator().next());
                crowdedUntilMillis = nowMillis + GONE_MILLIS;
            }
        }
        heard.directly = directly;
        heard.atMillis = nowMillis;
        heard.succeededAtMillis = Long.MAX_VALUE;
    }

    private void succeeded(PeerId peer, long nowMillis) {
        speakers.forEach((speaker, heard) -> {
            if (speaker.peer().equals(peer)) {
                heard.succeededAtMillis = Math.min(heard.succeededAtMillis, nowMillis);
            }
        });
    }

    /**
     * How many there are, if each was last heard over a link that has been up since; 0 if anybody was not, or nobody is there.
     *
     * @param upSince since when a link to a peer is up, of several the newest; {@link Long#MAX_VALUE} if none is
     */
    public int linked(ToLongFunction<PeerId> upSince, long nowMillis) {
        if (nowMillis < crowdedUntilMillis) {
            return 0;
        }
        speakers.values()
                .removeIf(heard -> nowMillis - heard.atMillis > GONE_MILLIS
                        || nowMillis - heard.succeededAtMillis > SUCCEEDED_MILLIS);
        for (Map.Entry<Speaker, Heard> entry : speakers.entrySet()) {
            Heard heard = entry.getValue();
            if (!heard.directly
                    || heard.atMillis < upSince.applyAsLong(entry.getKey().peer())) {
                return 0;
            }
        }
        return speakers.size();
    }
}

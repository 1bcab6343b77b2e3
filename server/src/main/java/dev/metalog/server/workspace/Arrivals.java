package dev.metalog.server.workspace;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.server.sync.DocumentEvents.Joined;
import dev.metalog.server.sync.SyncEffect;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What peers wrote and what was opened and not taken in yet, of the inputs that are looked at together: what one of them wrote in
 * several steps is taken in as one. So whoever has fallen behind catches up the faster the more waits. Bounded by the inputs
 * that are looked at together.
 */
final class Arrivals {
    /** What is taken in by one step. */
    interface Taker {
        void take(LiveDocument live, Speaker from, Step step);
    }

    /** Tells the conversation. */
    interface Step {
        List<SyncEffect> tell(long nowMillis);
    }

    private record Arrival(LiveDocument live, Speaker from, Chunk chunk) {}

    private final List<Arrival> arrivals = new ArrayList<>();

    void add(LiveDocument live, Speaker from, Chunk chunk) {
        arrivals.add(new Arrival(live, from, chunk));
    }

    /** Hands over everything, in the order in which it came but for what is joined with something before it. */
    void handOver(Taker taker) {
        while (!arrivals.isEmpty()) {
            Arrival first = arrivals.get(0);
            LiveDocument live = first.live();
            Speaker from = first.from();
            List<Chunk> chunks = chunksLike(first);
            Joined joined = live.events().join(chunks);
            remove(first, joined.parts());
            List<Chunk> parts = List.copyOf(chunks.subList(0, joined.parts()));
            Step step = parts.size() == 1
                    ? now -> live.sync().hear(from, new PeerMessage.Events(parts.get(0)), now)
                    : now -> live.sync().hear(from, joined.chunk(), parts, now);
            taker.take(live, from, step);
        }
    }

    /** In the order in which they came. */
    private List<Chunk> chunksLike(Arrival first) {
        List<Chunk> chunks = new ArrayList<>();
        for (Arrival arrival : arrivals) {
            if (isAlike(arrival, first)) {
                chunks.add(arrival.chunk());
            }
        }
        return chunks;
    }

    private void remove(Arrival first, int count) {
        int left = count;
        for (Iterator<Arrival> all = arrivals.iterator(); left > 0; ) {
            if (isAlike(all.next(), first)) {
                all.remove();
                left--;
            }
        }
    }

    private static boolean isAlike(Arrival one, Arrival other) {
        return one.live() == other.live() && one.from().equals(other.from());
    }
}

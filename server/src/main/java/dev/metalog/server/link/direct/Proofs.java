package dev.metalog.server.link.direct;

import dev.metalog.server.link.LinkLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;

/**
 * Whether the links that carried a message still work. A connection that was cut without a word takes everything for a minute, as
 * if it went; so somebody who has another way wants to know soon. A link has shown that it works when anything is heard from
 * its other end that was said after the message was written; an end that says nothing by itself is pinged. Of the network's
 * thread, but for what says otherwise.
 *
 * <p>Overflow rule: of more than {@link LinkLimits#DIRECT_PROOFS} messages that wait for it, one more counts as not shown.
 */
final class Proofs {
    private record Entry(long token, List<Link> links, long sentNanos) {}

    private final Network network;
    private final Queue<Entry> entries = new ArrayDeque<>();
    private boolean ticking;

    Proofs(Network network) {
        this.network = network;
    }

    /** A message is about to be written to these links. Returns whether it is watched. Any thread. */
    boolean begin(long token, List<Link> links, long nowNanos) {
        boolean starts;
        synchronized (this) {
            if (entries.size() >= LinkLimits.DIRECT_PROOFS) {
                return false;
            }
            entries.add(new Entry(token, links, nowNanos));
            starts = !ticking;
            ticking = true;
        }
        if (starts) {
            network.execute(this::tickLater);
        }
        return true;
    }

    private void tickLater() {
        var unused = network.schedule(network.times().proofTick(), this::tick);
    }

    private void tick() {
        long now = System.nanoTime();
        List<Long> proved = new ArrayList<>();
        List<Long> unproved = new ArrayList<>();
        boolean goesOn;
        synchronized (this) {
            for (Iterator<Entry> all = entries.iterator(); all.hasNext(); ) {
                Entry entry = all.next();
                if (entry.links().stream().allMatch(link -> link.hasShownLifeSince(entry.sentNanos()))) {
                    all.remove();
                    proved.add(entry.token());
                } else if (isOver(entry, now)) {
                    all.remove();
                    unproved.add(entry.token());
                } else if (now - entry.sentNanos()
                        >= network.times().proofPing().toNanos()) {
                    entry.links().forEach(link -> link.demandLifeSince(entry.sentNanos(), now));
                }
            }
            goesOn = !entries.isEmpty();
            ticking = goesOn;
        }
        proved.forEach(token -> network.tellProved(token, true));
        unproved.forEach(token -> network.tellProved(token, false));
        if (goesOn) {
            tickLater();
        }
    }

    private boolean isOver(Entry entry, long now) {
        return now - entry.sentNanos() >= network.times().proof().toNanos()
                || !entry.links().stream().allMatch(Link::isUp);
    }
}

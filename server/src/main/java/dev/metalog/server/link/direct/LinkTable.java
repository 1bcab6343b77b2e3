package dev.metalog.server.link.direct;

import dev.metalog.server.link.LinkLimits;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The link of each device. Changed by the network's thread alone; any thread may look at those that are up.
 *
 * <p>When a second link to a device comes up, one is kept. Two that came up at about the same time, because both ends dialled,
 * are told apart by what both drew for them, so both ends keep the same. An older one, or one of another run of the device, is
 * one that the other end has lost without our noticing, since nobody dials who has a link.
 */
final class LinkTable {
    private final Map<String, Link> kept = new ConcurrentHashMap<>();
    private final Set<Link> leaving = new HashSet<>();
    private final DirectTimes times;

    LinkTable(DirectTimes times) {
        this.times = times;
    }

    /** Those that carry what is said. Any thread. */
    Collection<Link> kept() {
        return kept.values();
    }

    Link of(String device) {
        return kept.get(device);
    }

    /** Why one more link to this device may not come up, or null. */
    Refusal problemOf(Link link) {
        String device = link.who().device();
        boolean known = kept.containsKey(device);
        if (!known && kept.size() >= LinkLimits.DIRECT_DEVICES) {
            return new Refusal(
                    DirectDown.FULL, "There are direct links to " + LinkLimits.DIRECT_DEVICES + " devices already.");
        }
        long others = leaving.stream()
                .filter(other -> other.who().device().equals(device))
                .count();
        if (others + (known ? 1 : 0) >= LinkLimits.DIRECT_LINKS_OF_ONE) {
            return new Refusal(
                    DirectDown.FULL,
                    "There are " + LinkLimits.DIRECT_LINKS_OF_ONE + " connections with this device already.");
        }
        return null;
    }

    /** Takes a link that is up. Whether it is the first of its device. */
    boolean add(Link link) {
        Link before = kept.get(link.who().device());
        if (before == null) {
            kept.put(link.who().device(), link);
            return true;
        }
        boolean newIsKept = before.isLeftByOther()
                || !Arrays.equals(before.spki(), link.spki())
                || before.wasUpFor(times.settled())
                || Long.compareUnsigned(link.rank(), before.rank()) < 0;
        Link loser = newIsKept ? before : link;
        Link winner = newIsKept ? link : before;
        kept.put(link.who().device(), winner);
        leaving.add(loser);
        loser.leaveFor(winner);
        return false;
    }

    /** Forgets a link that ended. Whether it was the one that was kept. */
    boolean remove(Link link) {
        leaving.remove(link);
        return link.who() != null && kept.remove(link.who().device(), link);
    }

    /** Whether this link is left for another, of this device. */
    boolean isLeaving(Link link, RemoteDevice who) {
        return leaving.contains(link) && link.who().device().equals(who.device());
    }
}

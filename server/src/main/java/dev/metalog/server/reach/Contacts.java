package dev.metalog.server.reach;

import dev.metalog.protocol.NetAddress;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.Speaker;
import dev.metalog.server.identity.BeaconKey;
import dev.metalog.server.identity.Whereabouts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Where others listen, as they said themselves, and to which of them links are up.
 *
 * <p>Overflow rules: of more than {@value #MOST} endpoints the one that was heard of longest ago and has no link is forgotten;
 * of more than {@value #MOST_TOLD} speakers the one told longest ago is told again when it speaks.
 */
public final class Contacts {
    static final int MOST = 256;
    static final int MOST_TOLD = 1_024;
    /** Whoever has no link to us hears again where we are, as the first time may have been lost. */
    static final long TELL_AGAIN_MILLIS = 30_000;

    /** A link that is up. */
    public record Up(Endpoint endpoint, NetAddress address, long sinceMillis) {}

    @SuppressWarnings("ArrayRecordComponent") // changed by nobody, compared by nobody
    private record Known(Whereabouts said, byte[] statement) {}

    private record Told(int edition, long atMillis) {}

    /** A beacon that one of them can have sealed, or somebody to whom it gave the key. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier: never compared, never a key
    public record Sighting(Endpoint endpoint, long sealedAtMillis, byte[] statement) {}

    private final Map<Endpoint, Known> known = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Endpoint, Up> up = new LinkedHashMap<>();
    private final Set<PeerId> linked = new HashSet<>();
    private final Map<Speaker, Told> told = new LinkedHashMap<>(16, 0.75f, true);
    private int edition;
    /** Rises with whatever may change who is missing. */
    private int changes;

    private int missingSeenAt = -1;
    private boolean isAnyMissing;

    /**
     * Whether that is news: not older than what is known of it, and of other addresses or another key of its beacon.
     *
     * @param statement in which it was said
     */
    public boolean learn(Whereabouts said, byte[] statement) {
        Endpoint endpoint = Endpoint.of(said);
        Known before = known.get(endpoint);
        if (before != null && before.said().sinceMillis() > said.sinceMillis()) {
            return false;
        }
        known.put(endpoint, new Known(said, statement));
        changes++;
        return before == null
                || !before.said().addresses().equals(said.addresses())
                || !Objects.equals(before.said().beaconKey(), said.beaconKey());
    }

    /** All that is known, as it was said; what was heard of last comes last. */
    public List<byte[]> statements() {
        return known.values().stream().map(Known::statement).toList();
    }

    /** Forgets who is beyond the bound, and says whom. */
    public List<Endpoint> overflow() {
        List<Endpoint> forgotten = new ArrayList<>();
        Iterator<Endpoint> oldest = known.keySet().iterator();
        while (known.size() > MOST && oldest.hasNext()) {
            Endpoint endpoint = oldest.next();
            if (!up.containsKey(endpoint)) {
                oldest.remove();
                changes++;
                forgotten.add(endpoint);
            }
        }
        return forgotten;
    }

    /** Everything that is known of a peer's whereabouts is forgotten; returns what that was, and to what links are up. */
    public List<Endpoint> forget(PeerId peer) {
        List<Endpoint> forgotten = new ArrayList<>();
        for (Endpoint endpoint : List.copyOf(known.keySet())) {
            if (endpoint.peer().equals(peer)) {
                known.remove(endpoint);
                changes++;
                forgotten.add(endpoint);
            }
        }
        // Who dialled us and never said where it is has a link all the same.
        for (Endpoint endpoint : up.keySet()) {
            if (endpoint.peer().equals(peer) && !forgotten.contains(endpoint)) {
                forgotten.add(endpoint);
            }
        }
        told.keySet().removeIf(speaker -> speaker.peer().equals(peer));
        return forgotten;
    }

    /** Where we are is another place now: everybody has to be told. */
    public void moved() {
        edition++;
    }

    /** Whether a speaker that was just heard has to be told where we are; it counts as told then. */
    public boolean isToBeTold(Speaker speaker, long nowMillis) {
        Told last = told.get(speaker);
        boolean isFresh = last != null
                && last.edition() == edition
                && (linked.contains(speaker.peer()) || nowMillis < last.atMillis() + TELL_AGAIN_MILLIS);
        if (isFresh) {
            return false;
        }
        told.put(speaker, new Told(edition, nowMillis));
        if (told.size() > MOST_TOLD) {
            told.remove(told.keySet().iterator().next());
        }
        return true;
    }

    public void up(Up link) {
        up.put(link.endpoint(), link);
        changes++;
        linked.add(link.endpoint().peer());
    }

    /** Whether it was up. */
    public boolean down(Endpoint endpoint) {
        boolean was = up.remove(endpoint) != null;
        changes++;
        boolean another = up.keySet().stream().anyMatch(other -> other.peer().equals(endpoint.peer()));
        if (!another) {
            linked.remove(endpoint.peer());
        }
        return was;
    }

    /** Whose beacon that may be, and what is said in it; {@code null} for that of a stranger. About a microsecond for each that is known. */
    public Sighting recognise(byte[] beacon) {
        if (!BeaconKey.isBeacon(beacon)) {
            return null;
        }
        for (Map.Entry<Endpoint, Known> entry : known.entrySet()) {
            BeaconKey key = entry.getValue().said().beaconKey();
            BeaconKey.Sealed sealed = key == null ? null : key.open(beacon);
            if (sealed != null) {
                return new Sighting(entry.getKey(), sealed.atMillis(), sealed.statement());
            }
        }
        return null;
    }

    /** Whether it is, to the byte, what was last heard of that. */
    public boolean isKnown(Sighting sighting) {
        Known last = known.get(sighting.endpoint());
        return last != null && Arrays.equals(last.statement(), sighting.statement());
    }

    /** Whether anybody to whom no link is up may be found by a beacon. Cheap to ask over and over. */
    public boolean isAnyMissing() {
        if (missingSeenAt != changes) {
            missingSeenAt = changes;
            isAnyMissing = false;
            for (Map.Entry<Endpoint, Known> entry : known.entrySet()) {
                isAnyMissing |= entry.getValue().said().beaconKey() != null && !up.containsKey(entry.getKey());
            }
        }
        return isAnyMissing;
    }

    public boolean isAnyUp() {
        return !up.isEmpty();
    }

    /** Whether a link to some device of it is up. */
    public boolean isUp(PeerId peer) {
        return linked.contains(peer);
    }

    /** Since when a link to some device of it is up, of several the newest; {@link Long#MAX_VALUE} if none is. */
    public long upSince(PeerId peer) {
        if (!linked.contains(peer)) {
            return Long.MAX_VALUE;
        }
        long since = 0;
        for (Up link : up.values()) {
            if (link.endpoint().peer().equals(peer)) {
                since = Math.max(since, link.sinceMillis());
            }
        }
        return since;
    }

    public Collection<Up> links() {
        return List.copyOf(up.values());
    }
}

package dev.metalog.server.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.blackboard.Posting;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The postings that stand, by their write and by their entry; how much room they take, and their digest. */
final class Standing {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final Map<EventId, Long> placeOf = new HashMap<>();
    /** In the order in which they came. Places begin at 1, and none is used twice. */
    private final NavigableMap<Long, Posted> inOrder = new TreeMap<>();

    private long lastPlace;
    private final NavigableMap<EntryName, List<Posted>> byName = new TreeMap<>();
    private final Map<EntryName, Long> bytesByName = new HashMap<>();
    private long bytes;
    private long digest;
    private long earliestExpiry = Long.MAX_VALUE;
    private boolean expiryMayBeLater;

    void put(Posted posted) {
        placeOf.put(posted.id(), ++lastPlace);
        inOrder.put(lastPlace, posted);
        byName.computeIfAbsent(posted.posting().name(), name -> new ArrayList<>(1))
                .add(posted);
        long more = bytes(posted.posting());
        bytes += more;
        bytesByName.merge(posted.posting().name(), more, Long::sum);
        digest += hash(posted);
        if (posted.posting().expiresAtMillis() != 0) {
            earliestExpiry = Math.min(earliestExpiry, posted.posting().expiresAtMillis());
        }
    }

    /** @return the entry it was of, or {@code null} when it does not stand */
    EntryName remove(EventId id) {
        Long place = placeOf.remove(id);
        if (place == null) {
            return null;
        }
        Posted posted = inOrder.remove(place);
        EntryName name = posted.posting().name();
        List<Posted> rest = byName.get(name);
        rest.remove(posted);
        long less = bytes(posted.posting());
        bytes -= less;
        bytesByName.merge(name, -less, Long::sum);
        if (rest.isEmpty()) {
            byName.remove(name);
            bytesByName.remove(name);
        }
        digest -= hash(posted);
        expiryMayBeLater |= posted.posting().expiresAtMillis() != 0;
        return name;
    }

    boolean has(EventId id) {
        return placeOf.containsKey(id);
    }

    /** Returns {@code null} when it does not stand. */
    Posted get(EventId id) {
        Long place = placeOf.get(id);
        return place == null ? null : inOrder.get(place);
    }

    Collection<Posted> all() {
        return inOrder.values();
    }

    /** What came after a place, by its place; 0 is before all. */
    NavigableMap<Long, Posted> after(long place) {
        return inOrder.tailMap(place, false);
    }

    /** All that stands side by side for one entry. */
    List<Posted> of(EntryName name) {
        return byName.getOrDefault(name, List.of());
    }

    NavigableMap<EntryName, List<Posted>> entries() {
        return byName;
    }

    int count() {
        return inOrder.size();
    }

    long bytesOf(EntryName name) {
        return bytesByName.getOrDefault(name, 0L);
    }

    long bytes() {
        return bytes;
    }

    /** A sum over what stands, so that the order in which it came does not show. */
    long digest() {
        return digest;
    }

    /** When the next posting expires, as seen at a time; {@code Long.MAX_VALUE} when none will. */
    long nextExpiry(long nowMillis) {
        if (earliestExpiry <= nowMillis || expiryMayBeLater) {
            earliestExpiry = Long.MAX_VALUE;
            expiryMayBeLater = false;
            for (Posted posted : inOrder.values()) {
                long at = posted.posting().expiresAtMillis();
                if (at > nowMillis) {
                    earliestExpiry = Math.min(earliestExpiry, at);
                }
            }
        }
        return earliestExpiry;
    }

    static long bytes(Posting posting) {
        return (long) posting.name().name().length()
                + posting.name().namespace().length()
                + posting.value().bytes();
    }

    /** FNV-1a and a last mix (both in the public domain); it finds faults, it keeps nobody out. */
    private static long hash(Posted posted) {
        Posting posting = posted.posting();
        EntryValue value = posting.value();
        String text = posted.id() + "\n" + posting.name() + "\n" + posting.kind() + "\n" + posting.author() + "\n"
                + posting.expiresAtMillis() + "\n" + posting.writtenAtMillis() + "\n" + value.json();
        long hash = FNV_OFFSET;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        return hash ^ (hash >>> 33);
    }
}

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

    private final Map<EventId, Posted> byId = new HashMap<>();
    private final NavigableMap<EntryName, List<Posted>> byName = new TreeMap<>();
    private final Map<EntryName, Long> bytesByName = new HashMap<>();
    private long bytes;
    private long digest;
    private long earliestExpiry = Long.MAX_VALUE;
    private boolean expiryMayBeLater;

    void put(Posted posted) {
        byId.put(posted.id(), posted);
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
        Posted posted = byId.remove(id);
        if (posted == null) {
            return null;
        }
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
        return byId.containsKey(id);
    }

    /** Returns {@code null} when it does not stand. */
    Posted get(EventId id) {
        return byId.get(id);
    }

    Collection<Posted> all() {
        return byId.values();
    }

    /** All that stands side by side for one entry. */
    List<Posted> of(EntryName name) {
        return byName.getOrDefault(name, List.of());
    }

    NavigableMap<EntryName, List<Posted>> entries() {
        return byName;
    }

    int count() {
        return byId.size();
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
            for (Posted posted : byId.values()) {
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

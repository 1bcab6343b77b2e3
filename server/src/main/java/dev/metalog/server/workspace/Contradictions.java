package dev.metalog.server.workspace;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.codec.TestimonyCodec;
import dev.metalog.server.authorship.Authors;
import dev.metalog.server.authorship.Equivocator;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What proves that devices signed two histories of one document: one proof for each name that they did it under. Overflow
 * rule: of a device of which {@value #MOST_OF_ONE} are known no more is kept, as nothing that it signed counts any more under
 * whatever name; of {@value #MOST} in all neither, as those are enough to know what such a document is worth.
 */
final class Contradictions {
    static final int MOST_OF_ONE = 8;
    static final int MOST = 64 * MOST_OF_ONE;

    /** What proves it, and against whom. */
    record Kept(Equivocator by, Equivocation proof) {
        StoredDocument.Item record() {
            return new StoredDocument.Item(LogKind.CONTRADICTION.number(), TestimonyCodec.encode(proof));
        }
    }

    private final Map<ReplicaId, Kept> byWriter = new LinkedHashMap<>();
    private final Map<DeviceId, Integer> devices = new HashMap<>();

    /** Returns whether it was not known. */
    boolean add(Kept found) {
        DeviceId device = found.by().device();
        boolean isNews = byWriter.size() < MOST
                && !isOut(device)
                && byWriter.putIfAbsent(found.by().writer(), found) == null;
        if (isNews) {
            devices.merge(device, 1, Integer::sum);
        }
        return isNews;
    }

    /** Whether anything is kept against the device. */
    boolean has(DeviceId device) {
        return devices.containsKey(device);
    }

    /** Whether nothing counts that the device signed. */
    boolean isOut(DeviceId device) {
        return devices.getOrDefault(device, 0) >= MOST_OF_ONE;
    }

    /** Whether somebody was proved to have written two histories under that name. */
    boolean has(ReplicaId writer) {
        return byWriter.containsKey(writer);
    }

    /** {@code null} if nothing is kept of that name. */
    Kept of(ReplicaId writer) {
        return byWriter.get(writer);
    }

    /** The name of which this very proof is kept; {@code null} if it is not. */
    ReplicaId writerOf(Equivocation proof) {
        Kept kept = byWriter.get(proof.writer());
        return kept != null && kept.proof().equals(proof) ? proof.writer() : null;
    }

    /** The names with two histories. */
    Set<ReplicaId> writers() {
        return byWriter.keySet();
    }

    Collection<Kept> all() {
        return byWriter.values();
    }

    List<StoredDocument.Item> records() {
        return byWriter.values().stream().map(Kept::record).toList();
    }

    /** Whose events count: of those that count otherwise, nobody who is out. */
    Authors among(Authors others) {
        return new Authors() {
            @Override
            public String refuses(DeviceId device, ReplicaId writer, int end) {
                return isOut(device)
                        ? "its device signed two histories of this document under " + MOST_OF_ONE + " names."
                        : others.refuses(device, writer, end);
            }

            @Override
            public boolean concerns(DeviceId device) {
                return others.concerns(device);
            }
        };
    }
}

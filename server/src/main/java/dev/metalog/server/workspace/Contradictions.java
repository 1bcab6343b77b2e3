package dev.metalog.server.workspace;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.codec.TestimonyCodec;
import dev.metalog.server.authorship.Equivocator;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What proves that devices signed two histories of one document: one proof for each. Overflow rule: when {@value #MOST} are
 * known no more is kept, as those are enough to know what such a document is worth.
 */
final class Contradictions {
    static final int MOST = 64;

    /** What proves it, and against whom. */
    record Kept(Equivocator by, Equivocation proof) {
        StoredDocument.Item record() {
            return new StoredDocument.Item(LogKind.CONTRADICTION.number(), TestimonyCodec.encode(proof));
        }
    }

    private final Map<DeviceId, Kept> byDevice = new LinkedHashMap<>();

    /** Returns whether it was not known. */
    boolean add(Kept found) {
        return byDevice.size() < MOST && byDevice.putIfAbsent(found.by().device(), found) == null;
    }

    boolean has(DeviceId device) {
        return byDevice.containsKey(device);
    }

    /** {@code null} if nothing is kept against it. */
    Kept of(DeviceId device) {
        return byDevice.get(device);
    }

    /** The device against which this very proof is kept; {@code null} if it is not. */
    DeviceId deviceOf(Equivocation proof) {
        for (Kept kept : byDevice.values()) {
            if (kept.proof().equals(proof)) {
                return kept.by().device();
            }
        }
        return null;
    }

    Collection<Kept> all() {
        return byDevice.values();
    }

    List<StoredDocument.Item> records() {
        return byDevice.values().stream().map(Kept::record).toList();
    }
}

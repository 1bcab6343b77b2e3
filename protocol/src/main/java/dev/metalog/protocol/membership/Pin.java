package dev.metalog.protocol.membership;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.ReplicaId;
import java.util.Comparator;

/**
 * How far one run of a device that may not write any longer counts in one document: its events below {@code nextSeq} do,
 * everywhere; the rest do nowhere. Ordered by document and replica.
 *
 * @param nextSeq from 1 on; a run that is not pinned has nothing that counts
 */
public record Pin(DocumentId document, ReplicaId replica, int nextSeq) implements Comparable<Pin> {
    private static final Comparator<Pin> PLACE =
            Comparator.comparing(Pin::document).thenComparing(Pin::replica);

    public Pin {
        if (nextSeq < 1) {
            throw new IllegalArgumentException("A pin lets at least one event count.");
        }
    }

    /** By where it is, not by how far it goes. */
    @Override
    public int compareTo(Pin other) {
        return PLACE.compare(this, other);
    }
}

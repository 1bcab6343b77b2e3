package dev.metalog.protocol.codec;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;

/**
 * Encodes what one writer types, each run as a bundle of its own that follows the writer's event before: the same bytes as
 * {@link BundleCodec#encode(EventRuns)}, made without columns in between, because this happens for every key.
 */
public final class RunEncoder {
    private static final int NUMBER_BYTES = 5;

    private final byte[] start;

    public RunEncoder(ReplicaId writer) {
        ByteSink out = new ByteSink(ColumnWriter.SHORT_NAME_BYTES + 1);
        boolean shortName = ColumnWriter.isShort(writer);
        out.put(ColumnWriter.FORMAT_BITS
                | ColumnWriter.ONE_RUN
                | ColumnWriter.ONE_REPLICA
                | (shortName ? ColumnWriter.SHORT_NAMES : 0));
        ColumnWriter.writeName(writer, shortName, out);
        start = out.toArray();
    }

    /**
     * @param seq of the first unit; 1 or more, since the run follows the unit before
     * @param from at which the text stands in {@code source}; the text has no lone surrogate
     */
    public byte[] insertion(int seq, int position, char[] source, int from, int length) {
        ByteSink out = head(RunKind.INSERTION, seq, position, length, 3 * length);
        if (Utf16Text.utf8Length(source, from, length) < 0) {
            throw new IllegalArgumentException("The run at seq " + seq + " inserts half a surrogate pair.");
        }
        out.utf8(source, from, length);
        if (out.size() > Limits.BATCH_BYTES) {
            throw new IllegalArgumentException(
                    "The bundle takes " + out.size() + " bytes; at most " + Limits.BATCH_BYTES + " are allowed.");
        }
        return out.toArray();
    }

    /** @param kind one of the three that delete; of length 1 any of them is the same */
    public byte[] deletion(RunKind kind, int seq, int position, int length) {
        RunKind plain = length == 1 ? RunKind.DELETION : kind;
        if (plain == RunKind.INSERTION || EventRuns.events(plain.number(), length) > Limits.BATCH_EVENTS) {
            throw new IllegalArgumentException(kind + " cannot delete " + length + " units in one bundle.");
        }
        return head(plain, seq, position, length, 0).toArray();
    }

    private ByteSink head(RunKind kind, int seq, int position, int length, int contentBytes) {
        if (seq < 1 || !EventRuns.fits(kind.number(), seq, position, length)) {
            throw new IllegalArgumentException(
                    "A run at seq " + seq + " cannot be " + length + " units long at position " + position + ".");
        }
        ByteSink out = new ByteSink(start.length + 3 * NUMBER_BYTES + contentBytes);
        out.put(start);
        out.varint(seq);
        out.varint(((long) (length - 1) << 2) | kind.number());
        out.varint(position);
        return out;
    }
}

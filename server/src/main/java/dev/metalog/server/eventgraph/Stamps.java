package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Stamp;
import java.util.ArrayList;
import java.util.List;

/**
 * From when each unit is, as its writer says: for each writer the sequence numbers at which the minute changes. A writer's
 * units come in their order, so a stamp is only ever added behind the others. See {@link Stamp}.
 */
final class Stamps {
    static final int NEVER = Integer.MAX_VALUE;

    private record Changes(IntList seqs, IntList minutes) {}

    /** By the log's number of the writer; null for one who has not said anything yet. */
    private final List<Changes> ofWriter = new ArrayList<>();

    /** The writer of each stamp in the order in which they came. */
    private final IntList writersInOrder = new IntList();

    /** A number of stamps to which they can be cut back. */
    int mark() {
        return writersInOrder.size();
    }

    /** Forgets all stamps that came since the mark. */
    void truncate(int mark) {
        for (int i = writersInOrder.size() - 1; i >= mark; i--) {
            Changes changes = ofWriter.get(writersInOrder.get(i));
            changes.seqs.truncate(changes.seqs.size() - 1);
            changes.minutes.truncate(changes.minutes.size() - 1);
        }
        writersInOrder.truncate(mark);
    }

    /** The writer's unit, behind all that it wrote before, is from this minute. */
    void add(int writer, int seq, int minutes) {
        if (minutes == Stamp.AS_BEFORE || minutes == lastMinutes(writer)) {
            return;
        }
        while (ofWriter.size() <= writer) {
            ofWriter.add(null);
        }
        if (ofWriter.get(writer) == null) {
            ofWriter.set(writer, new Changes(new IntList(), new IntList()));
        }
        ofWriter.get(writer).seqs.add(seq);
        ofWriter.get(writer).minutes.add(minutes);
        writersInOrder.add(writer);
    }

    private Changes of(int writer) {
        return writer < ofWriter.size() ? ofWriter.get(writer) : null;
    }

    private int lastMinutes(int writer) {
        Changes changes = of(writer);
        return changes == null || changes.minutes.size() == 0 ? Stamp.UNKNOWN_MINUTES : changes.minutes.last();
    }

    /** From when the unit is. */
    int minutes(int writer, int seq) {
        Changes changes = of(writer);
        int at = changes == null ? -1 : changes.seqs.indexOfFloor(seq);
        return at < 0 ? Stamp.UNKNOWN_MINUTES : changes.minutes.get(at);
    }

    /** What has to be said of the unit: its minute if it is stamped, {@link Stamp#AS_BEFORE} if not. */
    int stampAt(int writer, int seq) {
        Changes changes = of(writer);
        int at = changes == null ? -1 : changes.seqs.indexOfFloor(seq);
        return at >= 0 && changes.seqs.get(at) == seq ? changes.minutes.get(at) : Stamp.AS_BEFORE;
    }

    /** The writer's first stamped unit behind this one, or {@link #NEVER}. */
    int nextSeq(int writer, int seq) {
        Changes changes = of(writer);
        if (changes == null || changes.seqs.size() == 0 || changes.seqs.last() <= seq) {
            return NEVER;
        }
        return changes.seqs.get(changes.seqs.indexOfFloor(seq) + 1);
    }
}

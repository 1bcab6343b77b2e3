package dev.metalog.protocol.codec;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the columns of events, all but the inserted text. The form is described byte by byte in docs/format-events.md;
 * {@link ColumnReader} is its other half.
 */
final class ColumnWriter {
    /** The number of the form, in the three highest bits of the first byte. */
    static final int FORMAT = 2;
    /** The form of events some of which are stamped. */
    static final int STAMPED_FORMAT = 3;

    static final int FORMAT_SHIFT = 5;
    static final int FORMAT_BITS = FORMAT << FORMAT_SHIFT;
    /** Flags in the first byte: there is one run. */
    static final int ONE_RUN = 1;
    /** One replica is named. */
    static final int ONE_REPLICA = 2;
    /** All names are sixteen base32 characters and stand as ten bytes. */
    static final int SHORT_NAMES = 4;
    /** Some runs name their parents. */
    static final int EXPLICIT = 8;
    /** Some of these parents are not among the events. */
    static final int OUTSIDE = 16;

    static final int SHORT_NAME_BYTES = 10;
    static final int SHORT_NAME_CHARS = 16;

    private final EventRuns runs;
    private final ByteSink out;

    private ColumnWriter(EventRuns runs, ByteSink out) {
        this.runs = runs;
        this.out = out;
    }

    static void write(EventRuns runs, ByteSink out) {
        ColumnWriter writer = new ColumnWriter(runs, out);
        writer.writeHead();
        writer.writeWriters();
        writer.writeKindsAndLengths();
        writer.writeParents();
        writer.writePositions();
        writer.writeStamps();
    }

    private void writeHead() {
        boolean shortNames = hasShortNamesOnly();
        out.put(((runs.stampCount() > 0 ? STAMPED_FORMAT : FORMAT) << FORMAT_SHIFT)
                | (runs.count() == 1 ? ONE_RUN : 0)
                | (runs.replicaCount() == 1 ? ONE_REPLICA : 0)
                | (shortNames ? SHORT_NAMES : 0)
                | (runs.explicitCount() > 0 ? EXPLICIT : 0)
                | (runs.hasOutside() ? OUTSIDE : 0));
        if (runs.count() > 1) {
            out.varint(runs.count() - 2);
        }
        if (runs.replicaCount() > 1) {
            out.varint(runs.writerCount() - 1);
            out.varint(runs.replicaCount() - runs.writerCount());
        }
        for (int i = 0; i < runs.replicaCount(); i++) {
            writeName(runs.replica(i), shortNames, out);
        }
        for (int writer = 0; writer < runs.writerCount(); writer++) {
            out.varint(runs.firstSeq(writer));
        }
    }

    static void writeName(ReplicaId replica, boolean asShort, ByteSink out) {
        String name = replica.value();
        if (asShort) {
            out.put(Base32.decode(name));
        } else {
            out.put(name.length());
            out.put(name.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private boolean hasShortNamesOnly() {
        for (int i = 0; i < runs.replicaCount(); i++) {
            if (!isShort(runs.replica(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the name is what {@link ReplicaId#fromRandom} makes; sixteen characters of five bits fill ten bytes. */
    static boolean isShort(ReplicaId replica) {
        String name = replica.value();
        if (name.length() != SHORT_NAME_CHARS) {
            return false;
        }
        for (int i = 0; i < SHORT_NAME_CHARS; i++) {
            char digit = name.charAt(i);
            if ((digit < 'a' || digit > 'z') && (digit < '2' || digit > '7')) {
                return false;
            }
        }
        return true;
    }

    private void writeWriters() {
        if (runs.writerCount() == 1) {
            return;
        }
        for (int run = 0; run < runs.count(); ) {
            int writer = runs.writer(run);
            int end = run + 1;
            while (end < runs.count() && runs.writer(end) == writer) {
                end++;
            }
            out.varint(writer);
            out.varint(end - run - 1);
            run = end;
        }
    }

    private void writeKindsAndLengths() {
        for (int run = 0; run < runs.count(); run++) {
            out.varint(((long) (runs.length(run) - 1) << 2) | runs.kindNumber(run));
        }
    }

    private void writeParents() {
        if (runs.explicitCount() == 0) {
            return;
        }
        boolean hasOutside = runs.hasOutside();
        out.varint(runs.explicitCount() - 1);
        int next = 0;
        for (int i = 0; i < runs.explicitCount(); i++) {
            int run = runs.explicitRun(i);
            out.varint(run - next);
            next = run + 1;
            int end = runs.parentsEnd(i);
            out.varint(end - runs.parentsStart(i));
            for (int at = runs.parentsStart(i); at < end; at++) {
                writeParent(run, runs.parentAt(at), hasOutside);
            }
        }
    }

    private void writeParent(int run, int parent, boolean hasOutside) {
        if (parent < 0) {
            out.varint(((long) runs.outsideReplica(parent) << 1) | 1);
            out.varint(runs.outsideSeq(parent));
            return;
        }
        int parentRun = runs.runOfUnit(parent);
        int unitsAfter = runs.firstUnit(parentRun + 1) - 1 - parent;
        long back = ((long) (run - 1 - parentRun) << 1) | (unitsAfter > 0 ? 1 : 0);
        out.varint(hasOutside ? back << 1 : back);
        if (unitsAfter > 0) {
            out.varint(unitsAfter - 1);
        }
    }

    private void writePositions() {
        CursorGuess guess = new CursorGuess(runs.writerCount());
        int explicit = 0;
        for (int run = 0; run < runs.count(); run++) {
            boolean follows = explicit == runs.explicitCount() || runs.explicitRun(explicit) != run;
            explicit += follows ? 0 : 1;
            int position = runs.position(run);
            if (run == 0) {
                out.varint(position);
            } else {
                out.zigzag(position - guess.before(runs.writer(run), follows));
            }
            guess.after(runs.writer(run), RunKind.cursorAfter(runs.kindNumber(run), position, runs.length(run)));
        }
    }

    private void writeStamps() {
        int[] minutesOfWriter = new int[runs.writerCount()];
        Arrays.fill(minutesOfWriter, Stamp.AS_BEFORE);
        int next = 0;
        int run = 0;
        for (int stamp = 0; stamp < runs.stampCount(); stamp++) {
            int unit = runs.stampUnit(stamp);
            while (runs.firstUnit(run + 1) <= unit) {
                run++;
            }
            int more = stamp + 1 < runs.stampCount() ? 1 : 0;
            out.varint(((long) (unit - next) << 1) | more);
            next = unit + 1;
            int writer = runs.writer(run);
            int minutes = runs.stampMinutes(stamp);
            if (minutesOfWriter[writer] == Stamp.AS_BEFORE) {
                out.varint(minutes);
            } else {
                out.zigzag(minutes - minutesOfWriter[writer]);
            }
            minutesOfWriter[writer] = minutes;
        }
    }
}

package dev.metalog.protocol.codec;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads what {@link ColumnWriter} writes, and refuses whatever that would have written otherwise. Memory is taken in
 * proportion to the bytes that are there, never to what they claim.
 */
final class ColumnReader {
    /** The first byte of the CBOR form that stood in the first logs, before there were columns. */
    private static final int CBOR_FORM = 0x83;

    private static final int LEAST_RUN_BYTES = 2;

    private final ByteSource in;
    private final boolean stamped;
    private final int flags;
    private final ReplicaId[] replicas;
    private final int writerCount;
    private final int[] firstSeqs;
    private final byte[] kinds;
    private final int[] writers;
    private final int[] seqs;
    private final int[] positions;
    private final int[] firstUnits;
    private final int[] firstChars;

    private int[] explicitRuns = {};
    private int[] parentEnds = {};
    private final IntColumn parents = new IntColumn();
    private final IntColumn outsideReplicas = new IntColumn();
    private final IntColumn outsideSeqs = new IntColumn();
    private final IntColumn stampUnits = new IntColumn();
    private final IntColumn stampMinutes = new IntColumn();

    /** Reads the head: from then on the size of everything is known. */
    private ColumnReader(ByteSource in) throws MalformedColumnsException {
        this.in = in;
        int first = in.next();
        stamped = first >> ColumnWriter.FORMAT_SHIFT == ColumnWriter.STAMPED_FORMAT;
        flags = flagsOf(first);
        int runs = has(ColumnWriter.ONE_RUN) ? 1 : 2 + count(in.longVarint(Integer.MAX_VALUE - 2), LEAST_RUN_BYTES);
        writerCount = has(ColumnWriter.ONE_REPLICA) ? 1 : 1 + count(in.longVarint(Integer.MAX_VALUE - 1), 2);
        int others = has(ColumnWriter.ONE_REPLICA) ? 0 : count(in.varint(), 2);
        if (writerCount > runs || has(ColumnWriter.ONE_REPLICA) != (writerCount + others == 1)) {
            throw MalformedColumnsException.of("the replicas are not counted as they have to be");
        }
        replicas = new ReplicaId[writerCount + others];
        readNames();
        firstSeqs = new int[writerCount];
        for (int writer = 0; writer < writerCount; writer++) {
            firstSeqs[writer] = in.varint();
        }
        if (LEAST_RUN_BYTES * (long) runs > in.remaining()) {
            throw MalformedColumnsException.of("the bytes are too few for " + runs + " runs");
        }
        kinds = new byte[runs];
        writers = new int[runs];
        seqs = new int[runs];
        positions = new int[runs];
        firstUnits = new int[runs + 1];
        firstChars = new int[runs + 1];
    }

    /** Reads columns; the source stands at the inserted text afterwards. Their content has still to be handed in. */
    static ColumnReader read(ByteSource in) throws MalformedColumnsException {
        ColumnReader reader = new ColumnReader(in);
        reader.readWriters();
        reader.readKindsAndLengths();
        reader.readParents();
        reader.readPositions();
        if (reader.stamped) {
            reader.readStamps();
        }
        return reader;
    }

    int contentLength() {
        return firstChars[kinds.length];
    }

    /** The checked columns together with the text that their insertions insert. */
    EventRuns with(String text) throws MalformedColumnsException {
        if (text.length() != contentLength()) {
            throw MalformedColumnsException.of(
                    "the insertions are " + contentLength() + " code units long and their text " + text.length());
        }
        EventRuns.Parts parts = new EventRuns.Parts();
        parts.replicas = replicas;
        parts.writerCount = writerCount;
        parts.firstSeqs = firstSeqs;
        parts.kinds = kinds;
        parts.writers = writers;
        parts.seqs = seqs;
        parts.positions = positions;
        parts.firstUnits = firstUnits;
        parts.firstChars = firstChars;
        parts.explicitRuns = explicitRuns;
        parts.parentEnds = parentEnds;
        parts.parents = parents.toArray();
        parts.outsideReplicas = outsideReplicas.toArray();
        parts.outsideSeqs = outsideSeqs.toArray();
        parts.content = text.toCharArray();
        parts.stampUnits = stampUnits.toArray();
        parts.stampMinutes = stampMinutes.toArray();
        EventRuns runs = new EventRuns(parts);
        EventRunsCheck.check(runs);
        return runs;
    }

    private static int flagsOf(int first) throws MalformedColumnsException {
        int format = first >> ColumnWriter.FORMAT_SHIFT;
        if (first == CBOR_FORM) {
            throw MalformedColumnsException.of(
                    "these are events in form 1 (CBOR), which meta-log wrote before version 0.1"
                            + " and no longer reads; join the document again to fetch them from a peer");
        }
        if (format != ColumnWriter.FORMAT && format != ColumnWriter.STAMPED_FORMAT) {
            throw MalformedColumnsException.of(
                    "form " + format + " of events is not known here; this program reads forms " + ColumnWriter.FORMAT
                            + " and " + ColumnWriter.STAMPED_FORMAT + ", a newer one may read it");
        }
        int found = first & ((1 << ColumnWriter.FORMAT_SHIFT) - 1);
        if ((found & ColumnWriter.OUTSIDE) != 0 && (found & ColumnWriter.EXPLICIT) == 0) {
            throw MalformedColumnsException.of("there are outside parents but no parents at all");
        }
        return found;
    }

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** A number of things of which each takes some bytes. */
    private int count(long claimed, int leastBytes) throws MalformedColumnsException {
        if (claimed > in.remaining() / leastBytes) {
            throw MalformedColumnsException.of("the bytes are too few for a count of " + claimed);
        }
        return (int) claimed;
    }

    private void readNames() throws MalformedColumnsException {
        boolean shortNames = has(ColumnWriter.SHORT_NAMES);
        boolean allShort = true;
        for (int i = 0; i < replicas.length; i++) {
            replicas[i] =
                    shortNames ? new ReplicaId(Base32.encode(in.take(ColumnWriter.SHORT_NAME_BYTES))) : readName(in);
            allShort &= shortNames || ColumnWriter.isShort(replicas[i]);
            if (i > writerCount && replicas[i - 1].compareTo(replicas[i]) >= 0) {
                throw MalformedColumnsException.of("the names of the parents' writers are out of order");
            }
        }
        if (allShort && !shortNames) {
            throw MalformedColumnsException.of("names of sixteen base32 characters are spelled out");
        }
        if (replicas.length > 1) {
            Set<ReplicaId> distinct = new HashSet<>(Arrays.asList(replicas));
            if (distinct.size() < replicas.length) {
                throw MalformedColumnsException.of("a replica is named twice");
            }
        }
    }

    /** A name that is spelled out, behind its length. */
    static ReplicaId readName(ByteSource in) throws MalformedColumnsException {
        int at = in.at();
        // Latin-1 takes every byte for a character, and the shape of a replica id refuses all that are not ASCII.
        String name = new String(in.take(in.next()), StandardCharsets.ISO_8859_1);
        try {
            return new ReplicaId(name);
        } catch (IllegalArgumentException e) {
            throw new MalformedColumnsException(at, "the name of a replica is not one");
        }
    }

    private void readWriters() throws MalformedColumnsException {
        if (writerCount == 1) {
            return;
        }
        int seen = 0;
        int before = -1;
        for (int run = 0; run < writers.length; ) {
            int at = in.at();
            int writer = in.varint();
            int more = in.varint();
            if (writer > seen || writer >= writerCount || writer == before || more > writers.length - run - 1) {
                throw new MalformedColumnsException(at, "the runs are not shared out among their writers");
            }
            seen = Math.max(seen, writer + 1);
            Arrays.fill(writers, run, run + more + 1, writer);
            before = writer;
            run += more + 1;
        }
        if (seen < writerCount) {
            throw new MalformedColumnsException(in.at(), "a writer writes nothing");
        }
    }

    private void readKindsAndLengths() throws MalformedColumnsException {
        int[] nextSeqs = firstSeqs.clone();
        int units = 0;
        int chars = 0;
        for (int run = 0; run < kinds.length; run++) {
            long kindAndLength = in.longVarint((((long) Integer.MAX_VALUE - 1) << 2) | 3);
            int kind = (int) (kindAndLength & 3);
            int length = (int) (kindAndLength >> 2) + 1;
            int writer = writers[run];
            if (length > Integer.MAX_VALUE - units || length > Integer.MAX_VALUE - nextSeqs[writer]) {
                throw MalformedColumnsException.atRun(run, "units or sequence numbers overflow");
            }
            kinds[run] = (byte) kind;
            seqs[run] = nextSeqs[writer];
            nextSeqs[writer] += length;
            units += length;
            firstUnits[run + 1] = units;
            chars += kind == RunKind.INSERTION.number() ? length : 0;
            firstChars[run + 1] = chars;
        }
    }

    private void readParents() throws MalformedColumnsException {
        if (!has(ColumnWriter.EXPLICIT)) {
            if (replicas.length > writerCount) {
                throw namedInVain();
            }
            return;
        }
        int count = 1 + count(in.longVarint(Integer.MAX_VALUE - 1), 2);
        explicitRuns = new int[count];
        parentEnds = new int[count];
        boolean[] mentioned = new boolean[replicas.length];
        int next = 0;
        for (int i = 0; i < count; i++) {
            long run = (long) next + in.varint();
            if (run >= kinds.length) {
                throw new MalformedColumnsException(in.at(), "parents are given for a run that is not there");
            }
            explicitRuns[i] = (int) run;
            next = (int) run + 1;
            int parentCount = count(in.varint(), 1);
            if (parentCount > Limits.EVENT_PARENTS) {
                throw MalformedColumnsException.atRun(
                        (int) run, "there are more than the " + Limits.EVENT_PARENTS + " parents that are allowed");
            }
            for (int k = 0; k < parentCount; k++) {
                readParent((int) run, mentioned);
            }
            parentEnds[i] = parents.size();
        }
        if (has(ColumnWriter.OUTSIDE) && outsideSeqs.size() == 0) {
            throw new MalformedColumnsException(in.at(), "no parent is outside although some were to be");
        }
        for (int replica = writerCount; replica < replicas.length; replica++) {
            if (!mentioned[replica]) {
                throw namedInVain();
            }
        }
    }

    private MalformedColumnsException namedInVain() {
        return new MalformedColumnsException(in.at(), "a replica is named that neither writes nor is followed");
    }

    private void readParent(int run, boolean[] mentioned) throws MalformedColumnsException {
        long code = in.longVarint(0xffff_ffffL);
        if (has(ColumnWriter.OUTSIDE)) {
            boolean outside = (code & 1) != 0;
            code >>= 1;
            if (outside) {
                readOutsideParent(run, code, mentioned);
                return;
            }
        }
        long back = code >> 1;
        if (back >= run) {
            throw MalformedColumnsException.atRun(run, "a parent stands before the first run");
        }
        int parentRun = run - 1 - (int) back;
        int unit = firstUnits[parentRun + 1] - 1;
        if ((code & 1) != 0) {
            int unitsAfter = in.varint();
            if (unitsAfter >= unit - firstUnits[parentRun]) {
                throw MalformedColumnsException.atRun(run, "a parent lies outside of the run it is said to be in");
            }
            unit -= 1 + unitsAfter;
        }
        parents.add(unit);
    }

    private void readOutsideParent(int run, long replica, boolean[] mentioned) throws MalformedColumnsException {
        if (replica >= replicas.length) {
            throw MalformedColumnsException.atRun(run, "a parent is by replica " + replica + ", of " + replicas.length);
        }
        mentioned[(int) replica] = true;
        outsideReplicas.add((int) replica);
        outsideSeqs.add(in.varint());
        parents.add(EventRuns.outsideCode(outsideSeqs.size() - 1));
    }

    private void readPositions() throws MalformedColumnsException {
        CursorGuess guess = new CursorGuess(writerCount);
        int explicit = 0;
        for (int run = 0; run < kinds.length; run++) {
            boolean follows = explicit == explicitRuns.length || explicitRuns[explicit] != run;
            explicit += follows ? 0 : 1;
            int writer = writers[run];
            long position = run == 0 ? in.varint() : (long) guess.before(writer, follows) + in.zigzag();
            int length = firstUnits[run + 1] - firstUnits[run];
            if (position < 0
                    || position > Integer.MAX_VALUE
                    || !EventRuns.fits(kinds[run], seqs[run], (int) position, length)) {
                throw MalformedColumnsException.atRun(run, "it lies before the start of the text or too far behind it");
            }
            positions[run] = (int) position;
            guess.after(writer, RunKind.cursorAfter(kinds[run], (int) position, length));
        }
    }

    private void readStamps() throws MalformedColumnsException {
        int[] minutesOfWriter = new int[writerCount];
        Arrays.fill(minutesOfWriter, Stamp.AS_BEFORE);
        int units = firstUnits[kinds.length];
        long next = 0;
        int run = 0;
        long gapAndMore;
        do {
            int at = in.at();
            gapAndMore = in.longVarint(0xffff_ffffL);
            long unit = next + (gapAndMore >> 1);
            if (unit >= units) {
                throw new MalformedColumnsException(at, "a stamp is for a unit that is not there");
            }
            while (firstUnits[run + 1] <= unit) {
                run++;
            }
            int writer = writers[run];
            int before = minutesOfWriter[writer];
            long minutes = before == Stamp.AS_BEFORE ? in.varint() : (long) before + in.zigzag();
            if (minutes < 0 || minutes > Integer.MAX_VALUE) {
                throw new MalformedColumnsException(at, "a stamp is from before the first minute or after the last");
            }
            minutesOfWriter[writer] = (int) minutes;
            stampUnits.add((int) unit);
            stampMinutes.add((int) minutes);
            next = unit + 1;
        } while ((gapAndMore & 1) != 0);
    }
}

package dev.metalog.server.authorship;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Stamp;
import dev.metalog.protocol.codec.EventRuns;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes down what one writer did as a row of tokens, for a hash to be made over them: equal events give equal tokens,
 * however they were cut into runs and bundles, and other events give others.
 *
 * <pre>
 *  (04 ‖ minute)?  00 ‖ code point                                  inserted right behind the writer's unit before, upon it
 *  (04 ‖ minute)?  01 ‖ position ‖ parents ‖ code point             inserted anywhere else
 *  (04 ‖ minute)?  02 ‖ length ‖ position ‖ parents                 one event that deletes so many units
 *
 *  code point: one UTF-16 code unit, or both halves of a pair, two bytes each
 *  parents:    FF                                                   the writer's unit before, alone
 *              0…4 ‖ (length ‖ name ‖ seq)*                         so many, ascending
 *              FE ‖ SHA-256 of the same with a count of four bytes  more of them
 * </pre>
 *
 * <p>Numbers are four bytes, the highest first; the minute stands where it is another than that of the writer's unit before
 * (0 before the first). Each token ends where its first bytes say, so a row of bytes can be read as tokens in one way only,
 * and bytes that begin with the tokens of some events are those of these events and others behind them.
 */
final class UnitTokens {
    /** Takes the tokens, in order. */
    interface Sink {
        /** @param seq of the unit, or the first one, that the token is of */
        void token(int seq, byte[] bytes, int length);
    }

    /** Where a writer is between two tokens. */
    record Place(int nextSeq, int lastInserted, int minutes) {
        static final Place START = new Place(0, NOWHERE, Stamp.UNKNOWN_MINUTES);
    }

    private static final int NOWHERE = -2;
    static final int INLINE_PARENTS = 4;
    private static final int MAX_TOKEN_BYTES = 5 + 1 + 4 + 4 + 1 + INLINE_PARENTS * 37 + 4;

    private final ByteBuffer out = ByteBuffer.allocate(MAX_TOKEN_BYTES);
    private int nextSeq;
    private int lastInserted;
    private int minutes;

    UnitTokens(Place place) {
        goTo(place);
    }

    void goTo(Place place) {
        nextSeq = place.nextSeq();
        lastInserted = place.lastInserted();
        minutes = place.minutes();
    }

    /** Behind the last token, also while a sink is told of it. */
    Place place() {
        return new Place(nextSeq, lastInserted, minutes);
    }

    int nextSeq() {
        return nextSeq;
    }

    /**
     * Tells the tokens of the writer's units in the columns, from the next one here on.
     *
     * @param writer the writer's index in them
     * @throws IllegalArgumentException if they begin behind that one, or it is the middle of an event
     */
    void tell(EventRuns runs, int writer, Sink sink) {
        if (runs.firstSeq(writer) > nextSeq) {
            throw new IllegalArgumentException("The units before seq " + runs.firstSeq(writer) + " are missing.");
        }
        int stamp = 0;
        int stamped = Stamp.AS_BEFORE;
        for (int run = 0; run < runs.count(); run++) {
            int end = runs.firstUnit(run) + runs.length(run);
            if (runs.writer(run) != writer) {
                continue;
            }
            int from = Math.max(0, nextSeq - runs.seq(run));
            for (int k = Math.min(from, runs.length(run)); k < runs.length(run); ) {
                int unit = runs.firstUnit(run) + k;
                for (; stamp < runs.stampCount() && runs.stampUnit(stamp) <= unit; stamp++) {
                    stamped = minutesOf(runs, stamp, writer, stamped);
                }
                k += tell(runs, run, k, stamped == Stamp.AS_BEFORE ? minutes : stamped, sink);
            }
            for (; stamp < runs.stampCount() && runs.stampUnit(stamp) < end; stamp++) {
                stamped = minutesOf(runs, stamp, writer, stamped);
            }
        }
    }

    private static int minutesOf(EventRuns runs, int stamp, int writer, int before) {
        boolean own = runs.writer(runs.runOfUnit(runs.stampUnit(stamp))) == writer;
        return own ? runs.stampMinutes(stamp) : before;
    }

    /** Tells one token; returns of how many units it is. */
    private int tell(EventRuns runs, int run, int k, int minutesThen, Sink sink) {
        out.clear();
        if (minutesThen != minutes) {
            out.put((byte) 4).putInt(minutesThen);
            minutes = minutesThen;
        }
        return switch (runs.kind(run)) {
            case INSERTION -> tellInsertion(runs, run, k, sink);
            case DELETION -> {
                if (k > 0) {
                    throw new IllegalArgumentException("A deletion cannot be known in part.");
                }
                yield tellDeletion(runs, run, 0, runs.length(run), runs.position(run), sink);
            }
            case DELETE_KEYS -> tellDeletion(runs, run, k, 1, runs.position(run), sink);
            case BACKSPACES -> tellDeletion(runs, run, k, 1, runs.position(run) - k, sink);
        };
    }

    private int tellInsertion(EventRuns runs, int run, int k, Sink sink) {
        int position = runs.position(run) + k;
        List<EventId> parents = parents(runs, run, k);
        if (parents == null && lastInserted == position - 1) {
            out.put((byte) 0);
        } else {
            out.put((byte) 1).putInt(position);
            putParents(parents);
        }
        char unit = runs.contentAt(runs.contentStart(run) + k);
        out.putChar(unit);
        int units = 1;
        if (Character.isHighSurrogate(unit)) {
            out.putChar(runs.contentAt(runs.contentStart(run) + k + 1));
            units = 2;
        }
        lastInserted = position + units - 1;
        return told(units, sink);
    }

    private int tellDeletion(EventRuns runs, int run, int k, int length, int position, Sink sink) {
        out.put((byte) 2).putInt(length).putInt(position);
        putParents(parents(runs, run, k));
        lastInserted = NOWHERE;
        return told(length, sink);
    }

    private int told(int units, Sink sink) {
        int seq = nextSeq;
        nextSeq += units;
        sink.token(seq, out.array(), out.position());
        return units;
    }

    /** The parents, ascending; {@code null} if the writer's unit before is the only one. */
    private List<EventId> parents(EventRuns runs, int run, int k) {
        if (k > 0) {
            return null;
        }
        List<EventId> ids = new ArrayList<>();
        for (int parent : runs.parents(run)) {
            ids.add(parent >= 0 ? runs.idOfUnit(parent) : runs.outside(parent));
        }
        boolean follows = ids.size() == 1
                && ids.get(0).seq() == nextSeq - 1
                && ids.get(0).replica().equals(runs.replica(runs.writer(run)));
        ids.sort(null);
        return follows ? null : ids;
    }

    private void putParents(List<EventId> parents) {
        if (parents == null) {
            out.put((byte) 0xff);
        } else if (parents.size() <= INLINE_PARENTS) {
            out.put((byte) parents.size());
            parents.forEach(parent -> put(out, parent));
        } else {
            ByteBuffer all = ByteBuffer.allocate(Integer.BYTES + parents.size() * 37);
            all.putInt(parents.size());
            parents.forEach(parent -> put(all, parent));
            MessageDigest sha = Sha256.fresh();
            sha.update(all.array(), 0, all.position());
            out.put((byte) 0xfe).put(sha.digest());
        }
    }

    private static void put(ByteBuffer target, EventId event) {
        byte[] name = event.replica().value().getBytes(StandardCharsets.US_ASCII);
        target.put((byte) name.length).put(name).putInt(event.seq());
    }
}

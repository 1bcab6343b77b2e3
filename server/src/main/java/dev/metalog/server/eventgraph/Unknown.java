package dev.metalog.server.eventgraph;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Stamp;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.EventRunsBuilder;
import dev.metalog.protocol.codec.RunKind;
import dev.metalog.server.eventgraph.Admission.Reason;
import java.util.Arrays;

/**
 * Of columns that another replica has sent, the part that is not in the log yet. Of each writer the log has the first
 * units, so a run is known, unknown, or known up to one of its units; what is known has to be the same in both.
 */
final class Unknown {
    private static final int NOT_TAKEN = -1;

    private final EventLog log;
    private final EventRuns runs;
    private final EventRunsBuilder rest = new EventRunsBuilder();
    /** By run: how many of its units the log has. */
    private final int[] known;
    /** By run: the number that its first unknown unit has in the rest. */
    private final int[] taken;
    /** By writer: what its last stamp in the columns says. */
    private final int[] minutes;

    private int stamp;

    private Unknown(EventLog log, EventRuns runs) {
        this.log = log;
        this.runs = runs;
        this.known = new int[runs.count()];
        this.taken = new int[runs.count()];
        this.minutes = new int[runs.writerCount()];
        Arrays.fill(taken, NOT_TAKEN);
        Arrays.fill(minutes, Stamp.AS_BEFORE);
    }

    /**
     * What is unknown of columns that miss nothing; the same columns if all of it is, {@link EventRuns#EMPTY} if nothing is.
     *
     * @throws BadEventException if the log has something else under the same name
     */
    static EventRuns of(EventLog log, EventRuns runs) {
        for (int writer = 0; writer < runs.writerCount(); writer++) {
            if (runs.firstSeq(writer) != log.nextSeq(runs.replica(writer))) {
                return new Unknown(log, runs).rest();
            }
        }
        return runs;
    }

    private EventRuns rest() {
        int[] nextSeqs = new int[runs.writerCount()];
        for (int writer = 0; writer < nextSeqs.length; writer++) {
            nextSeqs[writer] = log.nextSeq(runs.replica(writer));
        }
        for (int run = 0; run < runs.count(); run++) {
            int length = runs.length(run);
            known[run] = Math.max(0, Math.min(length, nextSeqs[runs.writer(run)] - runs.seq(run)));
            if (known[run] > 0 && !isTheSame(run, known[run])) {
                throw new BadEventException(
                        Reason.CONFLICT,
                        runs.idOfUnit(runs.firstUnit(run)),
                        "Another event has the same name: two writers use one replica id.");
            }
            takeStamps(run, known[run]);
            for (int done = known[run]; done < length; ) {
                int end = nextStamp(run, done, length);
                take(run, done, end);
                takeStamps(run, end);
                done = end;
            }
        }
        return rest.units() == 0 ? EventRuns.EMPTY : rest.build();
    }

    private boolean isTheSame(int run, int units) {
        if (runs.kind(run) == RunKind.DELETION && units < runs.length(run)) {
            return false;
        }
        int[] parents = runs.parents(run);
        for (int i = 0; i < parents.length; i++) {
            parents[i] = log.lvOf(parents[i] >= 0 ? runs.idOfUnit(parents[i]) : runs.outside(parents[i]));
        }
        Arrays.sort(parents);
        return new KnownEvents(log).hold(runs, run, units, parents);
    }

    /** Notes what the stamps of the run say before this unit of it. */
    private void takeStamps(int run, int units) {
        int end = runs.firstUnit(run) + units;
        for (; stamp < runs.stampCount() && runs.stampUnit(stamp) < end; stamp++) {
            minutes[runs.writer(run)] = runs.stampMinutes(stamp);
        }
    }

    /** Up to where all units are of the time of this one. */
    private int nextStamp(int run, int from, int length) {
        int first = runs.firstUnit(run);
        boolean stamped = stamp < runs.stampCount() && runs.stampUnit(stamp) == first + from;
        int next = stamped ? stamp + 1 : stamp;
        return next < runs.stampCount() ? Math.min(length, runs.stampUnit(next) - first) : length;
    }

    private void take(int run, int from, int to) {
        int writer = runs.writer(run);
        int replica = rest.replica(runs.replica(writer));
        int seq = runs.seq(run) + from;
        takeStamps(run, from + 1);
        if (minutes[writer] != Stamp.AS_BEFORE) {
            rest.stamp(replica, seq, minutes[writer]);
        }
        int[] parents = parents(run, from, replica);
        if (taken[run] == NOT_TAKEN) {
            taken[run] = rest.units();
        }
        RunKind kind = runs.kind(run);
        int position = runs.position(run);
        if (kind == RunKind.INSERTION) {
            char[] text = new char[to - from];
            runs.copyContent(runs.contentStart(run) + from, to - from, text, 0);
            rest.insertion(replica, seq, parents, position + from, text, 0, text.length);
        } else {
            int start = kind == RunKind.BACKSPACES ? position - from : position;
            rest.deletion(kind, replica, seq, parents, start, to - from);
        }
    }

    private int[] parents(int run, int from, int replica) {
        if (from > known[run]) {
            return null;
        }
        if (from > 0) {
            return new int[] {rest.outside(replica, runs.seq(run) + from - 1)};
        }
        int[] parents = runs.parents(run);
        for (int i = 0; i < parents.length; i++) {
            parents[i] = parentInRest(parents[i]);
        }
        return parents;
    }

    private int parentInRest(int parent) {
        if (parent >= 0) {
            int run = runs.runOfUnit(parent);
            int offset = parent - runs.firstUnit(run);
            if (offset >= known[run]) {
                return taken[run] + offset - known[run];
            }
        }
        EventId id = parent >= 0 ? runs.idOfUnit(parent) : runs.outside(parent);
        return rest.outside(rest.replica(id.replica()), id.seq());
    }
}

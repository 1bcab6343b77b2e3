package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.EventRunsBuilder;
import dev.metalog.protocol.codec.RunEncoder;
import dev.metalog.protocol.codec.RunKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes of parts of the log what is sent and stored. */
final class Outgoing {
    private final EventLog log;
    private final Stamps stamps;
    /** The writer whose run was encoded last, who mostly writes the next. */
    private ReplicaId encodedFor;

    private RunEncoder encoder;

    Outgoing(EventLog log, Stamps stamps) {
        this.log = log;
        this.stamps = stamps;
    }

    /** Adds the run's units from one on, as events. */
    private void addEvents(int run, int fromLv, List<Event> events) {
        int length;
        for (int lv = fromLv; lv < log.end(run); lv += length) {
            length = eventLength(run, lv);
            EventId id = log.idOf(lv);
            List<EventId> parentIds = log.idsOf(log.parentsOfUnit(run, lv));
            int position = log.position(run, lv);
            Event event = log.isInsertion(run)
                    ? Event.insertion(
                            id, parentIds, position, new String(log.content(), log.contentIndex(run, lv), length))
                    : Event.deletion(id, parentIds, position, length);
            int minutes = stamps.stampAt(log.writerIndex(run), id.seq());
            events.add(minutes == Stamp.AS_BEFORE ? event : event.stamped(minutes));
        }
    }

    /** How many of the run's units, from one on, are one event: of one time, and no more than an event may have. */
    private int eventLength(int run, int lv) {
        if (log.isKeys(run)) {
            return 1;
        }
        int length = unitsOfOneMinute(run, lv);
        if (!log.isInsertion(run) || length <= Limits.EVENT_INSERTED_UNITS) {
            return length;
        }
        char last = log.content()[log.contentIndex(run, lv) + Limits.EVENT_INSERTED_UNITS - 1];
        return Character.isHighSurrogate(last) ? Limits.EVENT_INSERTED_UNITS - 1 : Limits.EVENT_INSERTED_UNITS;
    }

    /** How many of the run's units, from one on, are of one time. */
    private int unitsOfOneMinute(int run, int lv) {
        int seq = log.seq(run, lv);
        return Math.min(log.end(run) - lv, stamps.nextSeq(log.writerIndex(run), seq) - seq);
    }

    /** All units from this one on as columns; there has to be one. */
    EventRuns runsFrom(int firstLv) {
        EventRunsBuilder builder = new EventRunsBuilder();
        for (int run = log.runOf(firstLv); run < log.runs(); run++) {
            int units;
            for (int lv = Math.max(firstLv, log.start(run)); lv < log.end(run); lv += units) {
                units = unitsOfOneMinute(run, lv);
                add(run, lv, units, firstLv, builder);
            }
        }
        return builder.build();
    }

    /** One writer's units from one on to before another, as columns; all parents that are not among them are outside. */
    EventRuns unitsOf(ReplicaId writer, int fromSeq, int toSeq) {
        EventRunsBuilder builder = new EventRunsBuilder();
        for (int seq = fromSeq; seq < toSeq; ) {
            int lv = log.lvOf(new EventId(writer, seq));
            int run = log.runOf(lv);
            int units = Math.min(toSeq - seq, unitsOfOneMinute(run, lv));
            int[] parents = null;
            if (seq == fromSeq || lv == log.start(run)) {
                parents = parentsByName(builder, log.idsOf(log.parentsOfUnit(run, lv)));
            }
            add(run, lv, units, parents, builder);
            seq += units;
        }
        return builder.build();
    }

    private static int[] parentsByName(EventRunsBuilder builder, List<EventId> ids) {
        int[] parents = new int[ids.size()];
        for (int i = 0; i < parents.length; i++) {
            int replica = builder.replica(ids.get(i).replica());
            int unit = builder.unitOf(replica, ids.get(i).seq());
            parents[i] = unit >= 0 ? unit : builder.outside(replica, ids.get(i).seq());
        }
        return parents;
    }

    private void add(int run, int lv, int length, int firstLv, EventRunsBuilder builder) {
        boolean follows = lv > firstLv && (lv > log.start(run) || log.follows(run));
        add(run, lv, length, follows ? null : parentsFor(builder, log.parentsOfUnit(run, lv), firstLv), builder);
    }

    private void add(int run, int lv, int length, int[] parents, EventRunsBuilder builder) {
        int replica = builder.replica(log.writer(run));
        int seq = log.seq(run, lv);
        int minutes = stamps.stampAt(log.writerIndex(run), seq);
        if (minutes != Stamp.AS_BEFORE) {
            builder.stamp(replica, seq, minutes);
        }
        int position = log.position(run, lv);
        if (log.isInsertion(run)) {
            builder.insertion(replica, seq, parents, position, log.content(), log.contentIndex(run, lv), length);
        } else {
            builder.deletion(kind(run), replica, seq, parents, position, length);
        }
    }

    /** All units from this one on as one bundle's bytes; there has to be one unit. */
    byte[] bytesFrom(int firstLv) {
        int run = log.runOf(firstLv);
        return log.end(run) == log.units() && followsItsWriter(run, firstLv) && !isStamped(run, firstLv)
                ? bytesOfRun(run, firstLv)
                : BundleCodec.encode(runsFrom(firstLv));
    }

    /** Whether the unit's only parent is the one that its writer has written before it, as with nearly every key. */
    private boolean followsItsWriter(int run, int lv) {
        if (lv > log.start(run)) {
            return true;
        }
        return log.follows(run) && log.writer(run - 1).equals(log.writer(run));
    }

    /** Whether the minute changes at the unit or after it. */
    private boolean isStamped(int run, int lv) {
        return stamps.nextSeq(log.writerIndex(run), log.seq(run, lv) - 1) != Stamps.NEVER;
    }

    private byte[] bytesOfRun(int run, int lv) {
        ReplicaId writer = log.writer(run);
        if (!writer.equals(encodedFor)) {
            encodedFor = writer;
            encoder = new RunEncoder(writer);
        }
        int length = log.end(run) - lv;
        return log.isInsertion(run)
                ? encoder.insertion(
                        log.seq(run, lv), log.position(run, lv), log.content(), log.contentIndex(run, lv), length)
                : encoder.deletion(kind(run), log.seq(run, lv), log.position(run, lv), length);
    }

    private RunKind kind(int run) {
        if (!log.isKeys(run)) {
            return RunKind.DELETION;
        }
        return log.isBackspaces(run) ? RunKind.BACKSPACES : RunKind.DELETE_KEYS;
    }

    private int[] parentsFor(EventRunsBuilder builder, int[] lvs, int firstLv) {
        int[] parents = new int[lvs.length];
        for (int i = 0; i < lvs.length; i++) {
            if (lvs[i] >= firstLv) {
                parents[i] = lvs[i] - firstLv;
            } else {
                int run = log.runOf(lvs[i]);
                parents[i] = builder.outside(builder.replica(log.writer(run)), log.seq(run, lvs[i]));
            }
        }
        return parents;
    }

    /** All events from this unit on, as they would be sent. */
    List<Event> eventsFrom(int lv) {
        List<Event> events = new ArrayList<>();
        for (int run = lv < log.units() ? log.runOf(lv) : log.runs(); run < log.runs(); run++) {
            addEvents(run, Math.max(lv, log.start(run)), events);
        }
        return events;
    }

    /** What an event takes beside its text, about. */
    private static final int EVENT_BYTES = 16;

    /** Adds the events that the vector does not contain, parents first, and tells whether it stopped before the last. */
    boolean since(VersionVector vector, int aboutBytes, List<Event> events) {
        Map<ReplicaId, Integer> next = new HashMap<>();
        int firstRun = log.runs();
        for (ReplicaId writer : log.writers()) {
            int seq = vector.nextSeq(writer);
            next.put(writer, seq);
            int lv = log.lvOf(new EventId(writer, seq));
            firstRun = lv < 0 ? firstRun : Math.min(firstRun, log.runOf(lv));
        }
        long bytes = 0;
        for (int run = firstRun; run < log.runs(); run++) {
            int unknownFrom = next.get(log.writer(run)) - log.seq(run, log.start(run));
            if (unknownFrom < log.end(run) - log.start(run)) {
                if (bytes >= aboutBytes) {
                    return true;
                }
                int lv = firstUnitToSend(run, Math.max(0, unknownFrom));
                addEvents(run, lv, events);
                bytes += EVENT_BYTES + (log.isInsertion(run) || log.isKeys(run) ? log.end(run) - lv : 0);
            }
        }
        return false;
    }

    /** A vector from a peer may point into a pair or a deletion, which no event can start with: then go back. */
    private int firstUnitToSend(int run, int offset) {
        int lv = log.start(run) + offset;
        if (offset == 0 || log.mayHaveChildren(lv - 1)) {
            return lv;
        }
        return log.isInsertion(run) ? lv - 1 : log.start(run);
    }
}

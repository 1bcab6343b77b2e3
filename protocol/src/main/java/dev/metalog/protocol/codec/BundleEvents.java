package dev.metalog.protocol.codec;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.Stamp;
import java.util.ArrayList;
import java.util.List;

/** Turns events, one object each, into columns and back. */
final class BundleEvents {
    private BundleEvents() {}

    /** @throws IllegalArgumentException if a writer's sequence numbers leave a gap, or a parent stands behind its child */
    static EventRuns toRuns(List<Event> events) {
        EventRunsBuilder builder = new EventRunsBuilder();
        EventId previous = null;
        for (Event event : events) {
            previous = add(builder, event, previous);
        }
        return builder.build();
    }

    /** Adds one event; returns the name of its last unit, for the next call. */
    static EventId add(EventRunsBuilder builder, Event event, EventId previousOrNull) {
        int replica = builder.replica(event.id().replica());
        int[] parents = null;
        boolean follows = event.parents().size() == 1 && event.parents().get(0).equals(previousOrNull);
        if (!follows) {
            parents = event.parents().stream()
                    .mapToInt(parent -> parentOf(builder, parent))
                    .toArray();
        }
        if (event.stampMinutes() != Stamp.AS_BEFORE) {
            builder.stamp(replica, event.id().seq(), event.stampMinutes());
        }
        switch (event.kind()) {
            case INSERTION ->
                builder.insertion(
                        replica,
                        event.id().seq(),
                        parents,
                        event.position(),
                        event.inserted().toCharArray(),
                        0,
                        event.length());
            case DELETION ->
                builder.deletion(
                        RunKind.DELETION, replica, event.id().seq(), parents, event.position(), event.length());
        }
        return event.lastId();
    }

    private static int parentOf(EventRunsBuilder builder, EventId parent) {
        int replica = builder.replica(parent.replica());
        int unit = builder.unitOf(replica, parent.seq());
        return unit >= 0 ? unit : builder.outside(replica, parent.seq());
    }

    /** The events in the longest form that events may have. */
    static List<Event> toEvents(EventRuns runs) {
        return new Cutter(runs).cut();
    }

    /** Goes through the runs and cuts them into events: where one may not be longer, and where a minute begins. */
    private static final class Cutter {
        private final EventRuns runs;
        private final List<Event> events;
        private int explicit;
        private int stamp;

        Cutter(EventRuns runs) {
            this.runs = runs;
            this.events = new ArrayList<>((int) Math.min(Limits.BATCH_EVENTS, runs.events()));
        }

        List<Event> cut() {
            EventId previous = null;
            for (int run = 0; run < runs.count(); run++) {
                List<EventId> parents;
                if (explicit < runs.explicitCount() && runs.explicitRun(explicit) == run) {
                    parents = parents();
                    explicit++;
                } else {
                    parents = List.of(previous == null ? runs.outside(EventRuns.BEFORE_FIRST) : previous);
                }
                previous = cut(run, parents);
            }
            return events;
        }

        private List<EventId> parents() {
            int from = runs.parentsStart(explicit);
            int to = runs.parentsEnd(explicit);
            List<EventId> parents = new ArrayList<>(to - from);
            for (int i = from; i < to; i++) {
                int parent = runs.parentAt(i);
                parents.add(parent >= 0 ? runs.idOfUnit(parent) : runs.outside(parent));
            }
            return parents;
        }

        private EventId cut(int run, List<EventId> parents) {
            int length = runs.length(run);
            int position = runs.position(run);
            RunKind kind = runs.kind(run);
            List<EventId> follow = parents;
            EventId last = null;
            for (int k = 0; k < length; ) {
                EventId id = new EventId(runs.replica(runs.writer(run)), runs.seq(run) + k);
                int minutes = takeStamp(runs.firstUnit(run) + k);
                Event event = switch (kind) {
                    case INSERTION -> Event.insertion(id, follow, position + k, piece(run, k));
                    case DELETION -> Event.deletion(id, follow, position, length);
                    case DELETE_KEYS -> Event.deletion(id, follow, position, 1);
                    case BACKSPACES -> Event.deletion(id, follow, position - k, 1);
                };
                events.add(minutes == Stamp.AS_BEFORE ? event : event.stamped(minutes));
                k += event.length();
                last = event.lastId();
                follow = List.of(last);
            }
            return last;
        }

        private int takeStamp(int unit) {
            boolean stamped = stamp < runs.stampCount() && runs.stampUnit(stamp) == unit;
            return stamped ? runs.stampMinutes(stamp++) : Stamp.AS_BEFORE;
        }

        /** As much of an insertion as one event may hold, cut before a surrogate pair rather than through it. */
        private String piece(int run, int offset) {
            int from = runs.contentStart(run) + offset;
            int rest = runs.length(run) - offset;
            if (stamp < runs.stampCount()) {
                rest = Math.min(rest, runs.stampUnit(stamp) - runs.firstUnit(run) - offset);
            }
            int length = Math.min(rest, Limits.EVENT_INSERTED_UNITS);
            boolean parts = length < rest && Character.isHighSurrogate(runs.contentAt(from + length - 1));
            return runs.contentString(from, parts ? length - 1 : length);
        }
    }
}

package dev.metalog.protocol.codec;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
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
        List<Event> events = new ArrayList<>((int) Math.min(Limits.BATCH_EVENTS, runs.events()));
        EventId previous = null;
        int explicit = 0;
        for (int run = 0; run < runs.count(); run++) {
            List<EventId> parents;
            if (explicit < runs.explicitCount() && runs.explicitRun(explicit) == run) {
                parents = parentsOf(runs, explicit++);
            } else {
                parents = List.of(previous == null ? runs.outside(EventRuns.BEFORE_FIRST) : previous);
            }
            previous = addEvents(runs, run, parents, events);
        }
        return events;
    }

    private static List<EventId> parentsOf(EventRuns runs, int explicit) {
        List<EventId> parents = new ArrayList<>();
        for (int i = runs.parentsStart(explicit); i < runs.parentsEnd(explicit); i++) {
            int parent = runs.parentAt(i);
            parents.add(parent >= 0 ? runs.idOfUnit(parent) : runs.outside(parent));
        }
        return parents;
    }

    private static EventId addEvents(EventRuns runs, int run, List<EventId> parents, List<Event> events) {
        int length = runs.length(run);
        int position = runs.position(run);
        RunKind kind = runs.kind(run);
        List<EventId> follow = parents;
        EventId last = null;
        for (int k = 0; k < length; ) {
            EventId id = new EventId(runs.replica(runs.writer(run)), runs.seq(run) + k);
            Event event = switch (kind) {
                case INSERTION -> Event.insertion(id, follow, position + k, piece(runs, run, k));
                case DELETION -> Event.deletion(id, follow, position, length);
                case DELETE_KEYS -> Event.deletion(id, follow, position, 1);
                case BACKSPACES -> Event.deletion(id, follow, position - k, 1);
            };
            events.add(event);
            k += event.length();
            last = event.lastId();
            follow = List.of(last);
        }
        return last;
    }

    /** As much of an insertion as one event may hold, cut before a surrogate pair rather than through it. */
    private static String piece(EventRuns runs, int run, int offset) {
        int from = runs.contentStart(run) + offset;
        int length = Math.min(runs.length(run) - offset, Limits.EVENT_INSERTED_UNITS);
        boolean ends = offset + length == runs.length(run);
        return runs.contentString(
                from, ends || !Character.isHighSurrogate(runs.contentAt(from + length - 1)) ? length : length - 1);
    }
}

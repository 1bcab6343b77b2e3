package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.server.eventgraph.Admission.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Finds what stands in the way of events that arrive: those that they follow and that are neither among them nor here. */
final class MissingEvents {
    private MissingEvents() {}

    /** Why the bundle cannot be taken in now or ever; null if all that it follows is here. */
    static Admission of(EventLog log, Bundle bundle) {
        SortedSet<EventId> missing = new TreeSet<>();
        Map<ReplicaId, Integer> nextSeqs = new HashMap<>();
        for (Event event : bundle.events()) {
            ReplicaId writer = event.id().replica();
            int next = nextSeqs.computeIfAbsent(writer, log::nextSeq);
            int seq = event.id().seq();
            if (seq > next) {
                missing.add(new EventId(writer, seq - 1));
            }
            for (EventId parent : event.parents()) {
                if (parent.seq() >= nextSeqs.computeIfAbsent(parent.replica(), log::nextSeq)) {
                    missing.add(parent);
                }
            }
            // Even if it cannot be admitted now: what follows it in the bundle does not miss it.
            nextSeqs.put(writer, Math.max(next, seq + event.length()));
        }
        return missing.isEmpty() ? null : reason(bundle, missing);
    }

    private static Admission reason(Bundle bundle, SortedSet<EventId> missing) {
        for (Event event : bundle.events()) {
            SortedSet<EventId> fromHere = missing.tailSet(event.id());
            if (!fromHere.isEmpty() && fromHere.first().compareTo(event.lastId()) <= 0) {
                return new Admission.Refused(
                        Reason.UNORDERED, event.id(), "The event stands in the bundle after one that follows it.");
            }
        }
        return new Admission.Missing(List.copyOf(missing));
    }

    /** The same for columns, in which parents always stand before their children. */
    static Admission of(EventLog log, EventRuns runs) {
        SortedSet<EventId> missing = new TreeSet<>();
        for (int writer = 0; writer < runs.writerCount(); writer++) {
            if (runs.firstSeq(writer) > log.nextSeq(runs.replica(writer))) {
                missing.add(new EventId(runs.replica(writer), runs.firstSeq(writer) - 1));
            }
        }
        for (int outside = 0; outside < runs.outsideCount(); outside++) {
            if (log.lvOf(runs.outsideParent(outside)) < 0) {
                missing.add(runs.outsideParent(outside));
            }
        }
        return missing.isEmpty() ? null : new Admission.Missing(List.copyOf(missing));
    }
}

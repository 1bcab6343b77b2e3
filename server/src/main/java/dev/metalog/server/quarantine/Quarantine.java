package dev.metalog.server.quarantine;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.EventRuns;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which events of one document do not count, as a device signed two histories of it.
 *
 * <p>Under the same names some were shown one text and some another, so a name of such an event tells nobody which of the two
 * is meant, and what was typed upon it means one thing here and another there. All that is sure is what follows on none of
 * them. So three things are out, and each of them can be told from names alone, so that everybody who knows for which writers
 * there is a proof leaves out the same:
 *
 * <ul>
 *   <li>everything that was written under a name with two histories,
 *   <li>every event one of whose parents is out,
 *   <li>everything of a writer that is numbered after an event of its own that is out, since what peers say they have has no
 *       gaps.
 * </ul>
 *
 * It only ever grows. Bound: {@link Limits#VECTOR_REPLICAS} writers are remembered that go on after something that is out; what
 * comes of further ones is refused each time that it comes.
 */
public final class Quarantine {
    private final SortedSet<ReplicaId> writers = new TreeSet<>();
    private final SortedMap<ReplicaId, Integer> ends = new TreeMap<>();

    /** Everything counts. */
    public Quarantine() {}

    /** Like another one, and these writers are out. */
    public Quarantine(Quarantine known, Collection<ReplicaId> more) {
        writers.addAll(known.writers);
        writers.addAll(more);
        known.ends.forEach(this::end);
    }

    /** Of these writers everything is out. */
    public SortedSet<ReplicaId> writers() {
        return Collections.unmodifiableSortedSet(writers);
    }

    /** Of other writers, what is out from which seq on. */
    public SortedMap<ReplicaId, Integer> ends() {
        return Collections.unmodifiableSortedMap(ends);
    }

    public boolean isEmpty() {
        return writers.isEmpty();
    }

    /** How much of a writer can count at most: the seq of its first unit that is out. */
    public int end(ReplicaId writer) {
        return writers.contains(writer) ? 0 : ends.getOrDefault(writer, Integer.MAX_VALUE);
    }

    /** Whether the event is known to be out. */
    public boolean holds(EventId event) {
        return event.seq() >= end(event.replica());
    }

    /** Of this writer nothing counts from that seq on. */
    public void end(ReplicaId writer, int seq) {
        if (!writers.contains(writer) && (ends.containsKey(writer) || ends.size() < Limits.VECTOR_REPLICAS)) {
            ends.merge(writer, seq, Math::min);
        }
    }

    /** Whether the event is out; to be asked of all events in their order, parents first. */
    boolean takes(Event event) {
        if (holds(event.id())) {
            return true;
        }
        if (event.parents().stream().noneMatch(this::holds)) {
            return false;
        }
        end(event.id().replica(), event.id().seq());
        return holds(event.id());
    }

    /** Whether any of these events is known to be out. */
    public boolean meets(EventRuns runs) {
        if (isEmpty()) {
            return false;
        }
        for (int run = 0; run < runs.count(); run++) {
            if (holds(lastOf(runs, run)) || followsOnWhatIsOut(runs, run)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Remembers which of the events' writers go on after what is out, so that nothing of theirs is waited for or asked for.
     *
     * @param wrote whether it is proved that the writer wrote these events
     */
    public void note(EventRuns runs, Predicate<ReplicaId> wrote) {
        for (int run = 0; run < runs.count(); run++) {
            ReplicaId writer = runs.replica(runs.writer(run));
            boolean isNews = !holds(new EventId(writer, runs.seq(run))) && followsOnWhatIsOut(runs, run);
            if (isNews && wrote.test(writer)) {
                end(writer, runs.seq(run));
            }
        }
    }

    private boolean followsOnWhatIsOut(EventRuns runs, int run) {
        for (int parent : runs.parents(run)) {
            if (holds(parent >= 0 ? runs.idOfUnit(parent) : runs.outside(parent))) {
                return true;
            }
        }
        return false;
    }

    private static EventId lastOf(EventRuns runs, int run) {
        return new EventId(runs.replica(runs.writer(run)), runs.seq(run) + runs.length(run) - 1);
    }

    /** What of a vector can count here. */
    public VersionVector within(VersionVector vector) {
        if (isEmpty()) {
            return vector;
        }
        SortedMap<ReplicaId, Integer> within = new TreeMap<>();
        for (Map.Entry<ReplicaId, Integer> entry : vector.nextSeqs().entrySet()) {
            int next = Math.min(entry.getValue(), end(entry.getKey()));
            if (next > 0) {
                within.put(entry.getKey(), next);
            }
        }
        return new VersionVector(within);
    }
}

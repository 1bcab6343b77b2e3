package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.RunKind;
import dev.metalog.server.eventgraph.Admission.Reason;
import dev.metalog.server.text.Text;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * All events of one document, and the text that they amount to. Graphs that know the same events have the same text, in
 * whatever order the events came.
 *
 * <p>All positions and lengths are UTF-16 code units. Versions that are handed in must be known here; a method that
 * gets an unknown one throws {@link IllegalArgumentException} unless it says otherwise. Not safe for use by several
 * threads.
 *
 * <p>A writer's events need not follow one another: two editors on one sidecar write under one name, each against what
 * its own buffer showed.
 */
public final class EventGraph {
    static final String TOO_LONG =
            "The text would take more than the " + Limits.DOCUMENT_BYTES + " bytes of UTF-8 that a document may have.";

    private final EventLog log = new EventLog();
    private final History history = new History(log);
    private final Stamps stamps = new Stamps();
    private final Outgoing outgoing = new Outgoing(log, stamps);
    private final Checkpoint checkpoint = new Checkpoint(log, history);
    private final Tip tip = new Tip(log, history, checkpoint, stamps);

    /** The tip's name; null until somebody asks for it. */
    private Version tipVersion = Version.ROOT;

    /** For structure checks; null if there is none. */
    LiveReplay live() {
        return tip.live();
    }

    /** The version of everything known. */
    public Version tip() {
        if (tipVersion == null) {
            tipVersion = new Version(log.idsOf(tip.version()));
        }
        return tipVersion;
    }

    /** A copy of the text at the tip. */
    public String text() {
        return tip.text().toString();
    }

    /** The text at the tip, as a value that later edits leave alone and that shares the graph's memory. */
    public Text snapshot() {
        return tip.text();
    }

    /** The length of the text at the tip, in UTF-16 code units. */
    public int length() {
        return tip.length();
    }

    public String textAt(Version version) {
        return snapshotAt(version).toString();
    }

    /** The text at a version, as a value. */
    public Text snapshotAt(Version version) {
        int[] lvs = resolve(version);
        return Arrays.equals(lvs, tip.version())
                ? tip.text()
                : checkpoint.moveTo(lvs).text();
    }

    /** How many units the graph holds: one for each code unit that was ever inserted or deleted. */
    public int eventCount() {
        return log.units();
    }

    /** Whether all events of the version are known, and it is one that an editor can have shown. */
    public boolean knows(Version version) {
        for (EventId id : version.events()) {
            int lv = log.lvOf(id);
            if (lv < 0 || !log.mayHaveChildren(lv)) {
                return false;
            }
        }
        return true;
    }

    /** Whether every event of {@code b} is one of {@code a}. */
    public boolean includes(Version a, Version b) {
        return history.includes(resolve(a), resolve(b));
    }

    /** The version of everything that is in {@code a} or in {@code b}. */
    public Version merge(Version a, Version b) {
        int[] lvs = resolve(a);
        int[] others = resolve(b);
        int[] both = Arrays.copyOf(lvs, lvs.length + others.length);
        System.arraycopy(others, 0, both, lvs.length, others.length);
        return new Version(log.idsOf(history.frontierOf(both)));
    }

    /** The version of everything that is in both. */
    public Version common(Version a, Version b) {
        return new Version(log.idsOf(history.common(resolve(a), resolve(b))));
    }

    /**
     * The edits of the tip's text that take back what a writer's units from one to before another have done, and nothing
     * else: what is still there of what they inserted goes, what nobody else has deleted comes back where it was. To
     * undo, record these edits; to redo, take those events back in turn.
     *
     * @throws EditRefusedException if the units are not all known, or are half a change
     */
    public List<TextEdit> editsWithout(EventId first, int length) {
        return editsWithout(List.of(new Stretch(first, length)));
    }

    /** So many units of one writer, from one on. */
    public record Stretch(EventId first, int length) {}

    /** The same of several stretches of units at once, none of which has units of another. */
    public List<TextEdit> editsWithout(List<Stretch> stretches) {
        List<int[]> lvs = new ArrayList<>();
        stretches.forEach(stretch -> addUnits(stretch.first(), stretch.length(), lvs));
        lvs.sort(Comparator.comparingInt(units -> units[0]));
        IntList all = new IntList();
        for (int[] units : lvs) {
            all.add(units[0]);
            all.add(units[1]);
        }
        return all.size() == 0 ? List.of() : tip.editsWithout(all);
    }

    private void addUnits(EventId first, int length, List<int[]> units) {
        if (length < 1 || log.nextSeq(first.replica()) < (long) first.seq() + length) {
            throw new EditRefusedException(
                    Reason.UNKNOWN_VERSION,
                    "There are no " + length + " events from " + first
                            + " on to take back: fetch what is missing first.");
        }
        int firstLv = log.lvOf(first);
        int last = firstLv;
        for (int done = 0; done < length; ) {
            int lv = log.lvOf(new EventId(first.replica(), first.seq() + done));
            int here = Math.min(length - done, log.end(log.runOf(lv)) - lv);
            units.add(new int[] {lv, lv + here});
            last = lv + here - 1;
            done += here;
        }
        boolean startsInside = firstLv > log.start(log.runOf(firstLv)) && !log.mayHaveChildren(firstLv - 1);
        if (startsInside || !log.mayHaveChildren(last)) {
            throw new EditRefusedException(
                    Reason.BAD_PARENTS,
                    "The " + length + " events from " + first + " on begin or end inside of a change.");
        }
    }

    /**
     * Who has inserted what of the text at the tip, and when, in order; neighbours that go on are one. Takes a replay of the
     * whole history.
     */
    public List<Origin> origins() {
        List<Origin> origins = new ArrayList<>();
        tip.tellOrigins((id, length) -> {
            for (int lv = id; lv < id + length; ) {
                int run = log.runOf(lv);
                int writer = log.writerIndex(run);
                int seq = log.seq(run, lv);
                int units = Math.min(Math.min(id + length, log.end(run)) - lv, stamps.nextSeq(writer, seq) - seq);
                Origin origin = new Origin(log.idOf(lv), units, stamps.minutes(writer, seq));
                Origin before = origins.isEmpty() ? null : origins.get(origins.size() - 1);
                if (before != null && origin.goesOnAfter(before)) {
                    origins.set(origins.size() - 1, before.longer(units));
                } else {
                    origins.add(origin);
                }
                lv += units;
            }
        });
        return origins;
    }

    /** Where the anchor is in the text at the tip: moved by what came since, or where its neighbours were deleted. */
    public int positionOf(Anchor anchor) {
        AnchorSink sink = new AnchorSink(anchor);
        tip.tellEditsFrom(resolve(anchor.version()), sink);
        return sink.position();
    }

    /** The SHA-256 of the text at a version, as UTF-8: equal texts have equal digests. 32 bytes. */
    public byte[] digest(Version version) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(textAt(version).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }

    /** Whether all events, played once more from the first on, give the text that is here. */
    public boolean agreesWithItsHistory() {
        EventGraph again = new EventGraph();
        return log.units() == 0
                || (again.admit(runsSince(0)) instanceof Admission.Added
                        && again.snapshot().equals(snapshot()));
    }

    /** The seq of the writer's first unit that is not known here. */
    public int nextSeq(ReplicaId writer) {
        return log.nextSeq(writer);
    }

    /** When the unit was written, by its writer's clock; see {@link Stamp}. */
    public int stampMinutes(EventId unit) {
        int run = log.runOf(log.lvOf(unit));
        return stamps.minutes(log.writerIndex(run), unit.seq());
    }

    /** What is known of each writer. */
    public VersionVector vector() {
        return log.vector();
    }

    /** Everything that the vector does not contain, parents first, ready to be sent. */
    public List<Bundle> since(VersionVector vector) {
        return since(vector, Integer.MAX_VALUE).bundles();
    }

    /**
     * A part of what a vector does not contain.
     *
     * @param more whether there is more than these
     */
    public record Slice(List<Bundle> bundles, boolean more) {}

    /** The first of what the vector does not contain, parents first: about so many bytes, and one event at least. */
    public Slice since(VersionVector vector, int aboutBytes) {
        List<Event> events = new ArrayList<>();
        boolean more = outgoing.since(vector, aboutBytes, events);
        return new Slice(BundleCodec.pack(events), more);
    }

    /** Whether the event is known here. */
    public boolean has(EventId event) {
        return log.lvOf(event) >= 0;
    }

    /**
     * The sequential edits that lead the text at {@code from} to the text at {@code to}, which has to include it.
     * Neighbouring ones are joined; none splits a surrogate pair.
     */
    public List<TextEdit> editsBetween(Version from, Version to) {
        int[] fromLvs = resolve(from);
        int[] toLvs = resolve(to);
        boolean toTip = Arrays.equals(toLvs, tip.version());
        if (!toTip && !history.includes(toLvs, fromLvs)) {
            throw new IllegalArgumentException("The version " + to + " does not include " + from + ".");
        }
        EditList edits = new EditList();
        if (toTip) {
            tip.tellEditsFrom(fromLvs, edits);
        } else {
            new Walk(log, history, Plan.between(log, fromLvs, toLvs), new Walk.Target(edits, null)).run();
        }
        return edits.toList();
    }

    /**
     * Records what was typed into a text that showed the version {@code parents}, and returns it for sending.
     *
     * @param edits sequential; the first one's position counts in the text at {@code parents}
     * @return no bundle at all if the edits change nothing
     * @throws EditRefusedException if the version is unknown, or an edit does not fit its text or would make it too long;
     *     nothing is recorded then
     */
    public List<Bundle> edit(ReplicaId writer, Version parents, List<TextEdit> edits) {
        return edit(writer, parents, edits, Stamp.AS_BEFORE);
    }

    /**
     * The same, and says when it was.
     *
     * @param stampMinutes see {@link Stamp}
     */
    public List<Bundle> edit(ReplicaId writer, Version parents, List<TextEdit> edits, int stampMinutes) {
        if (!knows(parents)) {
            throw new EditRefusedException(
                    Reason.UNKNOWN_VERSION,
                    "This document has no version " + parents + ": fetch what is missing first.");
        }
        long insertedUnits =
                edits.stream().mapToLong(edit -> edit.inserted().length()).sum();
        if (insertedUnits > Limits.DOCUMENT_UNITS) {
            throw new EditRefusedException(Reason.TOO_LARGE, TOO_LONG);
        }
        int[] parentLvs = resolve(parents);
        int before = log.units();
        try {
            if (edits.size() == 1
                    && parentLvs.length <= Limits.EVENT_PARENTS
                    && Arrays.equals(parentLvs, tip.version())) {
                tip.edit(writer, edits.get(0), stampMinutes);
            } else {
                tip.commit(TypedEvents.of(log, writer, log.idsOf(parentLvs), edits, stampMinutes), tip.mostBytes());
            }
        } catch (BadEventException e) {
            throw new EditRefusedException(e.reason(), e.getMessage());
        }
        tipVersion = log.units() == before ? tipVersion : null;
        return recordedSince(before);
    }

    /**
     * Records one edit of the text at the tip, as {@link #edit} does, without making a bundle of it: {@link
     * #recordedSince} does that for as many as one likes.
     */
    public void type(ReplicaId writer, TextEdit edit) {
        type(writer, edit, Stamp.AS_BEFORE);
    }

    /**
     * The same, and says when it was.
     *
     * @param stampMinutes see {@link Stamp}
     */
    public void type(ReplicaId writer, TextEdit edit, int stampMinutes) {
        try {
            tip.edit(writer, edit, stampMinutes);
        } catch (BadEventException e) {
            throw new EditRefusedException(e.reason(), e.getMessage());
        }
        tipVersion = null;
    }

    /** Everything that has come since the graph had so many units, ready to be sent. */
    public List<Bundle> recordedSince(int eventCount) {
        return BundleCodec.pack(outgoing.eventsFrom(eventCount));
    }

    /**
     * Everything that has come since the graph had so many units, as the bytes of one bundle.
     *
     * @throws IllegalArgumentException if nothing has come, or more than one bundle holds
     */
    public byte[] updateSince(int eventCount) {
        if (eventCount >= log.units()) {
            throw new IllegalArgumentException("Nothing has come since there were " + eventCount + " units.");
        }
        return outgoing.bytesFrom(eventCount);
    }

    /**
     * Everything that has come since the graph had so many units, as columns: from 0 on, the whole history.
     *
     * @throws IllegalArgumentException if nothing has come
     */
    public EventRuns runsSince(int eventCount) {
        if (eventCount >= log.units()) {
            throw new IllegalArgumentException("Nothing has come since there were " + eventCount + " units.");
        }
        return outgoing.runsFrom(eventCount);
    }

    /**
     * Takes in what another replica has recorded, a whole history or any part of one; it is admitted as a whole or leaves no
     * trace. What is known already is only compared.
     */
    public Admission admit(EventRuns runs) {
        Admission incomplete = MissingEvents.of(log, runs);
        if (incomplete != null) {
            return incomplete;
        }
        int before = log.units();
        try {
            EventRuns unknown = Unknown.of(log, runs);
            if (unknown.count() == 0) {
                return new Admission.Duplicate();
            }
            tip.commit(unknown);
        } catch (BadEventException e) {
            return new Admission.Refused(e.reason(), e.event(), e.getMessage());
        }
        tipVersion = null;
        return new Admission.Added(log.units() - before);
    }

    /**
     * What {@link #admit(EventRuns)} would say without taking anything in; {@code null} if it would look further, as
     * something is new and lacks nothing.
     */
    public Admission weigh(EventRuns runs) {
        Admission incomplete = MissingEvents.of(log, runs);
        if (incomplete != null) {
            return incomplete;
        }
        try {
            return Unknown.of(log, runs).count() == 0 ? new Admission.Duplicate() : null;
        } catch (BadEventException e) {
            return new Admission.Refused(e.reason(), e.event(), e.getMessage());
        }
    }

    /**
     * Whether a peer may still delete so much. Several who delete the same at the same time each make as many units as that is
     * long, out of a few bytes, and a walk that has to visit them keeps a number for each. So all deletions together may be {@value
     * Limits#DELETIONS_PER_INSERTION} times as long as all insertions, and some; who deletes what they see never comes near that.
     */
    public boolean hasRoomFor(EventRuns runs) {
        long inserted = log.insertedUnits();
        long deleted = (long) log.units() - log.insertedUnits();
        for (int run = 0; run < runs.count(); run++) {
            if (runs.kind(run) == RunKind.INSERTION) {
                inserted += runs.length(run);
            } else {
                deleted += runs.length(run);
            }
        }
        return deleted <= inserted * Limits.DELETIONS_PER_INSERTION + Limits.FREE_DELETIONS;
    }

    /** A writer's units from one on to before another, as columns; both have to be known, and not the middle of an event. */
    public EventRuns unitsOf(ReplicaId writer, int fromSeq, int toSeq) {
        return outgoing.unitsOf(writer, fromSeq, toSeq);
    }

    /** Takes in what another replica has recorded; a bundle is admitted as a whole or leaves no trace. */
    public Admission admit(Bundle bundle) {
        Admission incomplete = MissingEvents.of(log, bundle);
        if (incomplete != null) {
            return incomplete;
        }
        int before = log.units();
        try {
            tip.commit(bundle.events(), Long.MAX_VALUE);
        } catch (BadEventException e) {
            return new Admission.Refused(e.reason(), e.event(), e.getMessage());
        }
        if (log.units() == before) {
            return new Admission.Duplicate();
        }
        tipVersion = null;
        return new Admission.Added(log.units() - before);
    }

    /** The units of a version; refuses an unknown one. */
    private int[] resolve(Version version) {
        if (version.equals(tipVersion)) {
            return tip.version();
        }
        if (!knows(version)) {
            throw new IllegalArgumentException("This document has no version " + version + ".");
        }
        return history.frontierOf(log.lvsOf(version.events()));
    }
}

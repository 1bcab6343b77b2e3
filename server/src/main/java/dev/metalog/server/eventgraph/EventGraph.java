package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.server.eventgraph.Admission.Reason;
import dev.metalog.server.text.Text;
import dev.metalog.server.text.TextBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

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
    private static final String TOO_LONG =
            "The text would be longer than the " + Limits.DOCUMENT_UNITS + " code units that a document may have.";

    private final EventLog log = new EventLog();
    private final History history = new History(log);
    private final TextBuffer text = new TextBuffer();
    private int[] tip = {};

    /** What can go on where the last walk in the midst of concurrency has ended; null if there is nothing to keep. */
    private LiveReplay live;

    private final RecentSteps recent = new RecentSteps();

    private Version tipVersion = Version.ROOT;

    /** The version last asked for other than the tip, and its text: what is asked for next is often a little later. */
    private int[] checkpoint = {};

    private TextBuffer checkpointText = new TextBuffer();

    /** The version of everything known. */
    public Version tip() {
        if (tipVersion == null) {
            tipVersion = new Version(log.idsOf(tip));
        }
        return tipVersion;
    }

    /** A copy of the text at the tip. */
    public String text() {
        return text.toString();
    }

    /** The text at the tip, as a value that later edits leave alone and that shares the graph's memory. */
    public Text snapshot() {
        return text.text();
    }

    /** The length of the text at the tip, in UTF-16 code units. */
    public int length() {
        return text.length();
    }

    public String textAt(Version version) {
        return snapshotAt(version).toString();
    }

    /** The text at a version, as a value. */
    public Text snapshotAt(Version version) {
        int[] lvs = resolve(version);
        return Arrays.equals(lvs, tip) ? snapshot() : checkpointAt(lvs).text();
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

    /** What is known of each writer. */
    public VersionVector vector() {
        return log.vector();
    }

    /** Everything that the vector does not contain, parents first, ready to be sent. */
    public List<Bundle> since(VersionVector vector) {
        return BundleCodec.pack(log.since(vector));
    }

    /**
     * The sequential edits that lead the text at {@code from} to the text at {@code to}, which has to include it.
     * Neighbouring ones are joined; none splits a surrogate pair.
     */
    public List<TextEdit> editsBetween(Version from, Version to) {
        int[] fromLvs = resolve(from);
        int[] toLvs = resolve(to);
        if (!history.includes(toLvs, fromLvs)) {
            throw new IllegalArgumentException("The version " + to + " does not include " + from + ".");
        }
        EditList edits = new EditList();
        if (toLvs == tip && recent.tellFrom(fromLvs, edits)) {
            return edits.toList();
        }
        if (live != null && toLvs == tip && live.reaches(fromLvs)) {
            live.editsToTip(fromLvs, edits);
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
        if (parentLvs.length > Limits.EVENT_PARENTS) {
            throw new EditRefusedException(
                    Reason.TOO_LARGE,
                    "More than " + Limits.EVENT_PARENTS + " concurrent branches meet here; an event can join no more.");
        }
        List<Event> events = eventsOf(writer, log.idsOf(parentLvs), edits);
        try {
            commit(events, Limits.DOCUMENT_UNITS);
        } catch (BadEventException e) {
            throw new EditRefusedException(e.reason(), e.getMessage());
        }
        return BundleCodec.pack(events);
    }

    /** Takes in what another replica has recorded; a bundle is admitted as a whole or leaves no trace. */
    public Admission admit(Bundle bundle) {
        SortedSet<EventId> missing = missingFor(bundle);
        if (!missing.isEmpty()) {
            return missing(bundle, missing);
        }
        int before = log.units();
        try {
            commit(bundle.events(), Integer.MAX_VALUE);
        } catch (BadEventException e) {
            return new Admission.Refused(e.reason(), e.event(), e.getMessage());
        }
        return log.units() == before ? new Admission.Duplicate() : new Admission.Added(log.units() - before);
    }

    private SortedSet<EventId> missingFor(Bundle bundle) {
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
        return missing;
    }

    private static Admission missing(Bundle bundle, SortedSet<EventId> missing) {
        for (Event event : bundle.events()) {
            SortedSet<EventId> fromHere = missing.tailSet(event.id());
            if (!fromHere.isEmpty() && fromHere.first().compareTo(event.lastId()) <= 0) {
                return new Admission.Refused(
                        Reason.UNORDERED, event.id(), "The event stands in the bundle after one that follows it.");
            }
        }
        return new Admission.Missing(List.copyOf(missing));
    }

    private List<Event> eventsOf(ReplicaId writer, List<EventId> parents, List<TextEdit> edits) {
        List<Event> events = new ArrayList<>();
        int seq = log.nextSeq(writer);
        List<EventId> follow = parents;
        // No version's text is longer than all that was ever inserted, here and by these edits.
        long longest = log.units();
        for (TextEdit edit : edits) {
            if ((long) edit.position() + edit.deleted() > longest) {
                throw new EditRefusedException(
                        Reason.OUT_OF_RANGE,
                        "An edit at " + edit.position() + " that deletes " + edit.deleted()
                                + " code units lies outside of any text this document had.");
            }
            longest += edit.inserted().length();
            if (edit.deleted() > 0) {
                Event event = Event.deletion(new EventId(writer, seq), follow, edit.position(), edit.deleted());
                events.add(event);
                seq += edit.deleted();
                follow = List.of(event.lastId());
            }
            String text = edit.inserted();
            for (int from = 0; from < text.length(); ) {
                int to = endOfPiece(text, from);
                Event event = Event.insertion(
                        new EventId(writer, seq), follow, edit.position() + from, text.substring(from, to));
                events.add(event);
                seq += to - from;
                from = to;
                follow = List.of(event.lastId());
            }
        }
        return events;
    }

    private static int endOfPiece(String text, int from) {
        int to = Math.min(text.length(), from + Limits.EVENT_INSERTED_UNITS);
        return to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? to - 1 : to;
    }

    /**
     * Adds what is new of the events, whose parents are all here, to the log, the tip and its text; or, if one of them is
     * bad, takes all of it back and throws.
     */
    private void commit(List<Event> events, int maxTextUnits) {
        EventLog.Mark mark = log.mark();
        int[] tipBefore = tip;
        Journal journal = new Journal(log, text);
        try {
            append(events, journal);
            if (text.length() > maxTextUnits) {
                throw new BadEventException(
                        Reason.TOO_LARGE, events.get(events.size() - 1).id(), TOO_LONG);
            }
        } catch (RuntimeException e) {
            journal.revert();
            live = null;
            tip = tipBefore;
            log.truncate(mark);
            if (checkpoint.length > 0 && checkpoint[checkpoint.length - 1] >= log.units()) {
                forgetCheckpoint();
            }
            throw e;
        }
        if (log.units() > mark.units()) {
            recent.add(tipBefore, journal);
            tipVersion = null;
        }
    }

    private void append(List<Event> events, Journal journal) {
        Admittance admittance = new Admittance(log, text, this::checkpointAt);
        int[] frontier = tip;
        int firstWalked = -1;
        boolean allOnTip = true;
        boolean allReached = live != null;
        for (Event event : events) {
            int known = knownPart(event);
            if (known == event.length()) {
                continue;
            }
            int[] parents = known == 0 ? log.lvsOf(event.parents()) : new int[] {log.lvOf(event.id()) + known - 1};
            checkParents(event, parents);
            int first = log.units();
            int last = log.append(event, known, parents);
            boolean onTip = Arrays.equals(parents, tip);
            boolean direct = onTip && frontier == tip;
            frontier = History.advance(frontier, parents, last);
            if (direct) {
                // Nobody else has changed this text: the event means what it says.
                applyToTip(event, first, admittance, journal);
                tip = frontier;
            } else {
                firstWalked = firstWalked < 0 ? first : firstWalked;
                allOnTip &= onTip || (parents.length > 0 && parents[0] >= firstWalked);
                allReached = allReached && live.reaches(parents);
            }
        }
        if (frontier != tip) {
            walk(frontier, firstWalked, allOnTip, allReached, new Walk.Target(journal, admittance));
            tip = frontier;
        }
    }

    /** Leads the tip's text to the new frontier, by what has been kept of earlier walks or by a new one. */
    private void walk(int[] frontier, int firstLv, boolean allOnTip, boolean allReached, Walk.Target target) {
        if (allReached && !(tip.length <= 1 && live.isOverdue(firstLv))) {
            live.apply(firstLv, target);
            return;
        }
        Plan plan = allOnTip ? Plan.from(log, firstLv) : Plan.between(log, tip, frontier);
        Replay last = new Walk(log, history, plan, target).run();
        live = last == null ? null : new LiveReplay(log, last);
    }

    /** How many of the event's units are here already, which have to be the same. */
    private int knownPart(Event event) {
        int known = Math.max(
                0,
                Math.min(
                        event.length(),
                        log.nextSeq(event.id().replica()) - event.id().seq()));
        boolean cutDeletion = event.kind() == Event.Kind.DELETION && known < event.length();
        if (known > 0 && (cutDeletion || !log.holds(event, known))) {
            throw new BadEventException(
                    Reason.CONFLICT, event.id(), "Another event has the same name: two writers use one replica id.");
        }
        return known;
    }

    private void checkParents(Event event, int[] parents) {
        for (int parent : parents) {
            if (!log.mayHaveChildren(parent)) {
                throw new BadEventException(
                        Reason.BAD_PARENTS, event.id(), "The parent " + log.idOf(parent) + " is half a change.");
            }
        }
        if (history.frontierOf(parents).length < parents.length) {
            throw new BadEventException(Reason.BAD_PARENTS, event.id(), "One parent is an ancestor of another.");
        }
        if (log.units() > EventLog.MAX_UNITS - event.length()) {
            throw new BadEventException(Reason.TOO_LARGE, event.id(), "The document's history is full.");
        }
    }

    private void applyToTip(Event event, int firstLv, Admittance admittance, Journal journal) {
        int length = log.units() - firstLv;
        int run = log.runOf(firstLv);
        int position = log.position(run, firstLv);
        boolean insertion = event.kind() == Event.Kind.INSERTION;
        admittance.checkAtTip(firstLv, length);
        if (insertion) {
            journal.insert(position, log.content(), log.contentIndex(run, firstLv), length);
        } else {
            journal.delete(position, length);
        }
    }

    /** The units of a version; refuses an unknown one. */
    private int[] resolve(Version version) {
        if (version.equals(tipVersion)) {
            return tip;
        }
        if (!knows(version)) {
            throw new IllegalArgumentException("This document has no version " + version + ".");
        }
        return history.frontierOf(log.lvsOf(version.events()));
    }

    private TextBuffer checkpointAt(int[] version) {
        if (!history.includes(version, checkpoint)) {
            forgetCheckpoint();
        }
        new Walk(
                        log,
                        history,
                        Plan.between(log, checkpoint, version),
                        new Walk.Target(new TextSink(checkpointText), null))
                .run();
        checkpoint = version;
        return checkpointText;
    }

    private void forgetCheckpoint() {
        checkpoint = new int[0];
        checkpointText = new TextBuffer();
    }
}

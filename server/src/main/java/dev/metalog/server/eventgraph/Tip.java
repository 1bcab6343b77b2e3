package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.server.eventgraph.Admission.Reason;
import dev.metalog.server.text.Text;
import dev.metalog.server.text.TextBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The version of everything known and its text, and how events get there: appended to the log, checked, and applied to
 * the text; all of them, or none.
 */
final class Tip {
    private final EventLog log;
    private final History history;
    private final Checkpoint checkpoint;
    private final Stamps stamps;
    private final TextBuffer text = new TextBuffer();
    private final Admittance admittance;
    private final RecentSteps recent = new RecentSteps();
    private int[] version = {};

    /** What can go on where the last walk in the midst of concurrency has ended; null if there is nothing to keep. */
    private LiveReplay live;

    Tip(EventLog log, History history, Checkpoint checkpoint, Stamps stamps) {
        this.log = log;
        this.history = history;
        this.checkpoint = checkpoint;
        this.stamps = stamps;
        this.admittance = new Admittance(log, text, checkpoint::moveTo);
    }

    /** Ascending; to be read only. */
    int[] version() {
        return version;
    }

    /** For structure checks; null if there is none. */
    LiveReplay live() {
        return live;
    }

    Text text() {
        return text.text();
    }

    int length() {
        return text.length();
    }

    /** How many bytes of UTF-8 a local edit may lead to; where others have gone beyond the limit, no more than now. */
    long mostBytes() {
        return text.fits(Limits.DOCUMENT_BYTES) ? Limits.DOCUMENT_BYTES : text.utf8Length();
    }

    /** Tells the sequential edits that lead from a version to this one. */
    void tellEditsFrom(int[] from, EditSink target) {
        if (from.length == 0 && length() > 0) {
            // Who shows nothing yet is told the whole text, not its history.
            char[] whole = text.toString().toCharArray();
            target.insert(0, whole, 0, whole.length);
            return;
        }
        if (recent.tellFrom(from, target)) {
            return;
        }
        if (live != null && live.reaches(from)) {
            live.editsToTip(from, target);
        } else {
            new Walk(log, history, Plan.between(log, from, version), new Walk.Target(target, null)).run();
        }
    }

    /** A replay of everything from the unit on, and of whatever that is concurrent with. */
    private Replay replayFrom(int firstLv) {
        int run = log.runOf(firstLv);
        Plan plan = Plan.between(log, log.parentsOfUnit(run, firstLv), version);
        Replay replay = new Replay(log, history, plan.base());
        applyAll(plan, replay);
        return replay;
    }

    private static void applyAll(Plan plan, Replay replay) {
        if (plan.size() > 0) {
            replay.apply(plan, 0, plan.size(), null, null);
        }
    }

    /** The edits of this text that take the events in these stretches back, and nothing else. */
    List<TextEdit> editsWithout(IntList lvs) {
        int first = Integer.MAX_VALUE;
        for (int i = 0; i < lvs.size(); i += 2) {
            first = Math.min(first, lvs.get(i));
        }
        Replay replay = replayFrom(first);
        EditList edits = new EditList();
        replay.tellWithout(version, lvs, new Tracker.UndoSink() {
            @Override
            public void delete(int position, int length) {
                edits.delete(position, length);
            }

            @Override
            public void bringBack(int position, int id, int length) {
                if (id >= 0) {
                    edits.insert(position, log.content(), log.contentIndex(log.runOf(id), id), length);
                } else {
                    int from = id - Tracker.BASE_ID;
                    char[] old = checkpoint
                            .moveTo(replay.base())
                            .substring(from, from + length)
                            .toCharArray();
                    edits.insert(position, old, 0, length);
                }
            }
        });
        return edits.toList();
    }

    /** Tells which units have inserted this text, in order. */
    void tellOrigins(OriginSink sink) {
        if (log.units() > 0) {
            Replay replay = new Replay(log, history, new int[0]);
            applyAll(Plan.inOrder(log, 0), replay);
            replay.tellOrigins((id, length) -> {
                // Less than zero is the base's text, which is empty at the very beginning.
                if (id >= 0) {
                    sink.span(id, length);
                }
            });
        }
    }

    /**
     * Records one edit of the tip's text, which is the quickest way of all: nobody else has changed that text, so the edit
     * means what it says.
     *
     * @param stampMinutes when it was typed; see {@link Stamp}
     * @throws BadEventException if the edit does not fit the text, or would make it too long
     */
    void edit(ReplicaId writer, TextEdit edit, int stampMinutes) {
        admittance.checkEdit(edit);
        if (edit.deleted() == 0 && edit.inserted().isEmpty()) {
            return;
        }
        int position = edit.position();
        int deleted = edit.deleted();
        String inserted = edit.inserted();
        recent.clear();
        int writerIndex = log.indexOf(writer);
        int first = log.units();
        if (deleted > 0) {
            log.appendDeletion(writerIndex, position, deleted, version);
            text.delete(position, deleted);
            version = new int[] {log.units() - 1};
        }
        for (int from = 0; from < inserted.length(); ) {
            int to = Pieces.end(inserted, from);
            int at = log.appendInsertion(writerIndex, position + from, inserted, from, to, version);
            text.insert(position + from, log.content(), at, to - from);
            version = new int[] {log.units() - 1};
            from = to;
        }
        stamps.add(writerIndex, log.seq(log.runOf(first), first), stampMinutes);
    }

    /** Puts a batch of events into the log, one after the other, and walks where they are not on top of the tip. */
    private interface Batch {
        void append(Arrivals arrivals);
    }

    /**
     * Adds what is new of the events, whose parents are all here, to the log, the tip and its text; or, if one of them is
     * bad, takes all of it back and throws.
     *
     * @throws BadEventException if an event is not one that anybody can have written
     */
    void commit(List<Event> events, long maxTextBytes) {
        commit(arrivals -> {
            for (Event event : events) {
                append(event, arrivals);
            }
            arrivals.walk();
            if (!text.fits(maxTextBytes)) {
                throw new BadEventException(
                        Reason.TOO_LARGE, events.get(events.size() - 1).id(), EventGraph.TOO_LONG);
            }
        });
    }

    /** The same for events all of which are new. */
    void commit(EventRuns runs) {
        if (log.units() == 0 && runs.count() > 0) {
            commitHistory(runs);
            return;
        }
        commit(arrivals -> {
            append(runs, arrivals);
            arrivals.walk();
        });
    }

    private void commit(Batch batch) {
        EventLog.Mark mark = log.mark();
        int stampMark = stamps.mark();
        int[] before = version;
        Journal journal = new Journal(log, text);
        try {
            Arrivals arrivals = new Arrivals(journal);
            batch.append(arrivals);
        } catch (RuntimeException e) {
            journal.revert();
            live = null;
            version = before;
            log.truncate(mark);
            stamps.truncate(stampMark);
            checkpoint.truncate();
            throw e;
        }
        if (version != before) {
            recent.add(before, journal);
        }
    }

    /** Nothing was here before, so taking all of it back takes no journal, and nobody shows a step of it. */
    private void commitHistory(EventRuns runs) {
        EventLog.Mark mark = log.mark();
        try {
            checkRoom(runs.idOfUnit(0), runs.units());
            log.appendHistory(runs);
            Walk.Target target = Walk.Target.text(text, admittance);
            if (runs.explicitRuns().length > 1) {
                Plan plan = Plan.from(log, 0);
                Replay last = new Walk(log, history, plan, target).run();
                live = last == null ? null : new LiveReplay(log, last);
                version = plan.heads();
            } else {
                Walk.passThroughAll(log, target);
                version = new int[] {log.units() - 1};
            }
        } catch (RuntimeException e) {
            text.clear();
            log.truncate(mark);
            throw e;
        }
        addStamps(runs, 0);
        recent.clear();
    }

    private void append(Event event, Arrivals arrivals) {
        int known = knownPart(event);
        if (known == event.length()) {
            return;
        }
        int[] parents = known == 0 ? log.lvsOf(event.parents()) : new int[] {log.lvOf(event.id()) + known - 1};
        checkParents(event.id(), parents);
        checkRoom(event.id(), event.length());
        int first = log.units();
        log.append(event, known, parents);
        stamps.add(log.writerIndex(log.runOf(first)), event.id().seq() + known, event.stampMinutes());
        arrivals.add(first, parents);
    }

    private void append(EventRuns runs, Arrivals arrivals) {
        int base = log.units();
        int[] writers = new int[runs.writerCount()];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = log.indexOf(runs.replica(i));
        }
        checkRoom(runs.idOfUnit(0), runs.units());
        int[] explicitRuns = runs.explicitRuns();
        int explicit = 0;
        for (int run = 0; run < runs.count(); run++) {
            int[] parents;
            if (run == 0 || (explicit < explicitRuns.length && explicitRuns[explicit] == run)) {
                explicit += explicit < explicitRuns.length && explicitRuns[explicit] == run ? 1 : 0;
                parents = lvsOf(runs, runs.parents(run), base);
                checkParents(runs.idOfUnit(runs.firstUnit(run)), parents);
            } else {
                parents = new int[] {log.units() - 1};
            }
            int first = log.units();
            log.append(runs, run, writers[runs.writer(run)], parents);
            arrivals.add(first, parents);
        }
        addStamps(runs, base);
    }

    private void addStamps(EventRuns runs, int base) {
        for (int stamp = 0; stamp < runs.stampCount(); stamp++) {
            int lv = base + runs.stampUnit(stamp);
            int run = log.runOf(lv);
            stamps.add(log.writerIndex(run), log.seq(run, lv), runs.stampMinutes(stamp));
        }
    }

    private int[] lvsOf(EventRuns runs, int[] parents, int base) {
        int[] lvs = new int[parents.length];
        for (int i = 0; i < lvs.length; i++) {
            lvs[i] = parents[i] >= 0 ? base + parents[i] : log.lvOf(runs.outside(parents[i]));
        }
        Arrays.sort(lvs);
        return lvs;
    }

    /** What a batch has brought so far. As long as all of it is on top of the tip it is applied at once. */
    private final class Arrivals {
        private final Heads frontier = new Heads(version);
        private boolean behind;
        private int firstWalked = -1;
        private boolean allOnTip = true;
        private boolean allReached = live != null;

        private final Journal journal;

        Arrivals(Journal journal) {
            this.journal = journal;
        }

        /** Takes the units from this one to the last in the log, all of one run. */
        void add(int firstLv, int[] parents) {
            boolean onTip = Arrays.equals(parents, version);
            boolean direct = onTip && !behind;
            frontier.advance(parents, log.units() - 1);
            if (direct) {
                apply(firstLv);
                version = frontier.toVersion();
                return;
            }
            behind = true;
            firstWalked = firstWalked < 0 ? firstLv : firstWalked;
            allOnTip &= onTip || (parents.length > 0 && parents[0] >= firstWalked);
            allReached = allReached && live.reaches(parents);
        }

        private void apply(int firstLv) {
            int length = log.units() - firstLv;
            int run = log.runOf(firstLv);
            int position = log.position(run, firstLv);
            admittance.checkAtTip(run, firstLv, length);
            if (log.isInsertion(run)) {
                journal.insert(position, log.content(), log.contentIndex(run, firstLv), length);
            } else {
                journal.delete(log.isBackspaces(run) ? position - length + 1 : position, length);
            }
        }

        /** Leads the text to the new frontier, by what has been kept of earlier walks or by a new one. */
        void walk() {
            if (!behind) {
                return;
            }
            int[] reached = frontier.toVersion();
            Walk.Target target = new Walk.Target(journal, admittance);
            if (allReached && !(version.length <= 1 && live.isOverdue(firstWalked))) {
                live.apply(firstWalked, target);
            } else {
                Plan plan = allOnTip ? Plan.from(log, firstWalked) : Plan.between(log, version, reached);
                Replay last = new Walk(log, history, plan, target).run();
                live = last == null ? null : new LiveReplay(log, last);
            }
            version = reached;
        }
    }

    /** How many of the event's units are here already, which have to be the same. */
    private int knownPart(Event event) {
        int known = Math.max(
                0,
                Math.min(
                        event.length(),
                        log.nextSeq(event.id().replica()) - event.id().seq()));
        boolean cutDeletion = event.kind() == Event.Kind.DELETION && known < event.length();
        if (known > 0 && (cutDeletion || !new KnownEvents(log).hold(event, known))) {
            throw new BadEventException(
                    Reason.CONFLICT, event.id(), "Another event has the same name: two writers use one replica id.");
        }
        return known;
    }

    private void checkParents(EventId event, int[] parents) {
        for (int parent : parents) {
            if (!log.mayHaveChildren(parent)) {
                throw new BadEventException(
                        Reason.BAD_PARENTS, event, "The parent " + log.idOf(parent) + " is half a change.");
            }
        }
        if (parents.length > 1 && !history.isVersion(parents)) {
            throw new BadEventException(Reason.BAD_PARENTS, event, BadEventException.ANCESTOR);
        }
    }

    private void checkRoom(EventId event, int units) {
        if (log.units() > EventLog.MAX_UNITS - units) {
            throw new BadEventException(Reason.TOO_LARGE, event, "The document's history is full.");
        }
    }
}

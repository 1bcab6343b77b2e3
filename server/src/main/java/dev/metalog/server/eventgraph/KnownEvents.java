package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.RunKind;
import java.util.Arrays;

/** Compares events that come again with those in the log: under one name there is only one. */
final class KnownEvents {
    private final EventLog log;

    KnownEvents(EventLog log) {
        this.log = log;
    }

    /** Whether the first {@code length} units of the event, all of them known by name, are the same here. */
    boolean hold(Event event, int length) {
        int previous = -1;
        for (int k = 0; k < length; ) {
            int lv = log.lvOf(new EventId(event.id().replica(), event.id().seq() + k));
            int run = log.runOf(lv);
            int step = log.isBackspaces(run) ? 1 : Math.min(length - k, log.end(run) - lv);
            boolean insertion = event.kind() == Event.Kind.INSERTION;
            int[] expected = k > 0 ? new int[] {previous} : log.lvsOf(event.parents());
            if (insertion != log.isInsertion(run)
                    || (!insertion && !isDeletion(run, event.length()))
                    || log.position(run, lv) != (insertion ? event.position() + k : event.position())
                    || !Arrays.equals(log.parentsOfUnit(run, lv), expected)
                    || (insertion && !holdText(log.contentIndex(run, lv), event.inserted(), k, step))) {
                return false;
            }
            k += step;
            previous = lv + step - 1;
        }
        return true;
    }

    /** The same of the first units of a run of columns, whose first unit has these parents there, known or -1. */
    boolean hold(EventRuns runs, int inRuns, int length, int[] parents) {
        EventId id = runs.idOfUnit(runs.firstUnit(inRuns));
        boolean insertion = runs.kind(inRuns) == RunKind.INSERTION;
        boolean backspaces = runs.kind(inRuns) == RunKind.BACKSPACES;
        int eventLength = runs.kind(inRuns) == RunKind.DELETION ? runs.length(inRuns) : 1;
        int[] expected = parents;
        for (int k = 0; k < length; ) {
            int lv = log.lvOf(new EventId(id.replica(), id.seq() + k));
            int run = log.runOf(lv);
            int step = Math.min(length - k, log.end(run) - lv);
            // A single deletion is of either kind.
            boolean sameKeys = step == 1 || log.isBackspaces(run) == backspaces;
            int position = runs.position(inRuns) + (insertion ? k : backspaces ? -k : 0);
            if (insertion != log.isInsertion(run)
                    || (!insertion && (!isDeletion(run, eventLength) || !sameKeys))
                    || log.position(run, lv) != position
                    || !Arrays.equals(log.parentsOfUnit(run, lv), expected)
                    || (insertion && !holdText(log.contentIndex(run, lv), runs, runs.contentStart(inRuns) + k, step))) {
                return false;
            }
            k += step;
            expected = new int[] {lv + step - 1};
        }
        return true;
    }

    /** Whether the run is one event that deletes so many units, or, for a single one, any that are deleted one by one. */
    private boolean isDeletion(int run, int length) {
        return log.isKeys(run) ? length == 1 : log.end(run) - log.start(run) == length;
    }

    private boolean holdText(int index, String text, int from, int length) {
        for (int i = 0; i < length; i++) {
            if (log.content()[index + i] != text.charAt(from + i)) {
                return false;
            }
        }
        return true;
    }

    private boolean holdText(int index, EventRuns runs, int from, int length) {
        for (int i = 0; i < length; i++) {
            if (log.content()[index + i] != runs.contentAt(from + i)) {
                return false;
            }
        }
        return true;
    }
}

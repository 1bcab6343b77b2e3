package dev.metalog.protocol.codec;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.Version;
import java.util.ArrayList;
import java.util.List;

/** What holds for events that are the whole history of a document, over what holds for all columns. */
final class HistoryCheck {
    private HistoryCheck() {}

    static void check(EventRuns history) throws MalformedColumnsException {
        if (history.units() > Limits.HISTORY_UNITS) {
            throw MalformedColumnsException.of("the history holds more than " + Limits.HISTORY_UNITS + " units");
        }
        if (history.hasOutside()) {
            throw MalformedColumnsException.of("a parent is not in the history");
        }
        for (int writer = 0; writer < history.writerCount(); writer++) {
            if (history.firstSeq(writer) != 0) {
                throw MalformedColumnsException.of("the first events of " + history.replica(writer) + " are missing");
            }
        }
        for (int run = 0; run < history.count(); run++) {
            // No version of the text is longer than all that had been inserted until then.
            if (lastPosition(history, run) > history.contentStart(run)) {
                throw MalformedColumnsException.atRun(run, "it lies behind the end of any text there was");
            }
        }
    }

    private static long lastPosition(EventRuns history, int run) {
        long position = history.position(run);
        return switch (history.kind(run)) {
            case INSERTION -> position;
            case DELETION, DELETE_KEYS -> position + history.length(run);
            case BACKSPACES -> position + 1;
        };
    }

    /** The version that a history leads to: the last units of those runs that no event follows there. */
    static Version tip(EventRuns history) {
        boolean[] followed = new boolean[history.count()];
        int explicit = 0;
        for (int run = 0; run < history.count(); run++) {
            if (explicit == history.explicitCount() || history.explicitRun(explicit) != run) {
                followed[run - 1] = true;
                continue;
            }
            for (int i = history.parentsStart(explicit); i < history.parentsEnd(explicit); i++) {
                int parentRun = history.runOfUnit(history.parentAt(i));
                followed[parentRun] |= history.parentAt(i) == history.firstUnit(parentRun + 1) - 1;
            }
            explicit++;
        }
        List<EventId> heads = new ArrayList<>();
        for (int run = 0; run < followed.length; run++) {
            if (!followed[run]) {
                heads.add(history.idOfUnit(history.firstUnit(run + 1) - 1));
            }
        }
        return new Version(heads);
    }
}

package dev.metalog.server.workspace;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Finds a version for the text of an editor that turned out to show something else than was thought. Nothing of what it
 * shows is overwritten: it is recorded as it is, like typing, and what should not be so is taken back by events of its own,
 * which reach the editor like anybody's edits, while typing goes on.
 */
final class Resumption {
    private final LiveDocument live;
    private final Timeline time;

    Resumption(LiveDocument live, Timeline time) {
        this.live = live;
        this.time = time;
    }

    /**
     * Returns the version at which the text is what is shown.
     *
     * @param wantsBack whether the editor is to get this, which it lacks. It may have been deleted there and not reported,
     *     or never have been shown: a key too many is better than one lost
     */
    Version of(View doubted, Text shown, Predicate<String> wantsBack) throws BadChange {
        int screen = doubted.screen();
        Version at = doubted.frontier();
        Text right = live.graph().snapshotAt(at);
        List<TextEdit> done = MinimalDiff.between(right, shown);
        List<TextEdit> since = MinimalDiff.between(doubted.text(), shown);
        // It may have been shown what was wrong here.
        boolean isWronged = MinimalDiff.cost(since) < MinimalDiff.cost(done);
        List<TextEdit> wrong = new ArrayList<>();
        if (isWronged) {
            wrong.addAll(MinimalDiff.between(right, doubted.text()));
        }
        List<TextEdit> typed = isWronged ? since : done;
        if (wantsBack.test(deletedBy(typed, isWronged ? doubted.text() : right))) {
            wrong.addAll(deletions(typed));
            typed = insertions(typed);
        }
        EventId first = live.nextEvent();
        Version wronged = live.type(screen, at, wrong, time);
        Version version = live.type(screen, wronged, typed, time);
        if (!wronged.equals(at)) {
            int length = wronged.events().get(0).seq() - first.seq() + 1;
            List<TextEdit> back = live.graph().editsWithout(first, length);
            live.type(ShownVersions.NO_SCREEN, live.graph().tip(), back, time);
        }
        return version;
    }

    private static String deletedBy(List<TextEdit> edits, Text text) {
        StringBuilder deleted = new StringBuilder();
        Text at = text;
        for (TextEdit edit : deletions(edits)) {
            int end = edit.position() + edit.deleted();
            deleted.append(at.substring(edit.position(), end));
            at = at.replace(edit.position(), end, "");
        }
        return deleted.toString();
    }

    /** What edits in sequence, from the start of the text to its end, delete. */
    static List<TextEdit> deletions(List<TextEdit> edits) {
        List<TextEdit> deletions = new ArrayList<>();
        int inserted = 0;
        for (TextEdit edit : edits) {
            if (edit.deleted() > 0) {
                deletions.add(new TextEdit(edit.position() - inserted, edit.deleted(), ""));
            }
            inserted += edit.inserted().length();
        }
        return deletions;
    }

    /** What they insert, once everything is deleted. */
    static List<TextEdit> insertions(List<TextEdit> edits) {
        return edits.stream()
                .filter(edit -> !edit.inserted().isEmpty())
                .map(edit -> new TextEdit(edit.position(), 0, edit.inserted()))
                .toList();
    }
}

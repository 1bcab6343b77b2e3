package dev.metalog.server.workspace;

import dev.metalog.protocol.TextEdit;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * Says of another text what was typed into the one that an editor shows, while that is no version of the document: it has
 * what went out of it. What both have is found by their difference. What was typed into something that only the editor shows
 * goes where that begins; what was deleted of it is gone already; what only the other text has stays.
 */
final class Rebasing {
    private final Text base;
    private final List<Replacement> differences;

    /** @param shown the text that is typed into */
    private Rebasing(Text base, Text shown) {
        this.base = base;
        this.differences = SimultaneousEdits.of(base.length(), MinimalDiff.between(base, shown));
    }

    /**
     * @param edits in sequence, the first one on {@code shown}
     * @return edits in sequence, the first one on {@code base}
     */
    static List<TextEdit> onto(Text base, Text shown, List<TextEdit> edits) {
        List<TextEdit> rebased = new ArrayList<>();
        Text here = base;
        Text there = shown;
        for (TextEdit edit : edits) {
            for (TextEdit one : new Rebasing(here, there).of(edit)) {
                rebased.add(one);
                here = here.replace(one.position(), one.position() + one.deleted(), one.inserted());
            }
            there = there.replace(edit.position(), edit.position() + edit.deleted(), edit.inserted());
        }
        return rebased;
    }

    private List<TextEdit> of(TextEdit edit) {
        int end = edit.position() + edit.deleted();
        int at = base.length();
        boolean placed = false;
        List<TextEdit> deletions = new ArrayList<>();
        int baseFrom = 0;
        int shownFrom = 0;
        for (int i = 0; i <= differences.size(); i++) {
            Replacement difference = i < differences.size() ? differences.get(i) : null;
            int same = (difference == null ? base.length() : difference.start()) - baseFrom;
            int from = Math.max(edit.position(), shownFrom);
            int to = Math.min(end, shownFrom + same);
            if (from < to) {
                deletions.add(0, new TextEdit(baseFrom + from - shownFrom, to - from, ""));
            }
            shownFrom += same;
            if (!placed && edit.position() <= shownFrom) {
                at = baseFrom + same - (shownFrom - edit.position());
                placed = true;
            }
            if (difference != null) {
                if (!placed && edit.position() < shownFrom + difference.text().length()) {
                    at = difference.start();
                    placed = true;
                }
                baseFrom = difference.end();
                shownFrom += difference.text().length();
            }
        }
        // From the end on, so that none moves another; nothing is deleted before the place of what was typed.
        List<TextEdit> all = new ArrayList<>(deletions);
        if (!edit.inserted().isEmpty()) {
            all.add(new TextEdit(at, 0, edit.inserted()));
        }
        return all;
    }
}

package dev.metalog.server.workspace;

import com.github.difflib.DiffUtils;
import com.github.difflib.patch.AbstractDelta;
import dev.metalog.protocol.TextEdit;
import java.util.ArrayList;
import java.util.List;

/**
 * The difference of two texts when nobody reported how one became the other: a whole-text change, or a document that is
 * opened again. What is equal at both ends is left alone; the rest is compared by lines, and each differing block again
 * loses what its ends have in common. No edit splits a surrogate pair.
 */
final class MinimalDiff {
    /** Beyond this many lines on one side the middle is replaced whole: Myers's algorithm is quadratic at its worst. */
    private static final int LINES = 20_000;

    private MinimalDiff() {}

    /** Edits that apply one after the other. */
    static List<TextEdit> between(String before, String after) {
        List<TextEdit> edits = new ArrayList<>();
        int start = commonPrefix(before, after);
        int tail = commonSuffix(before, after, start);
        String oldMiddle = before.substring(start, before.length() - tail);
        String newMiddle = after.substring(start, after.length() - tail);
        List<String> oldLines = lines(oldMiddle);
        List<String> newLines = lines(newMiddle);
        if (oldLines.size() <= 1 || newLines.size() <= 1 || oldLines.size() > LINES || newLines.size() > LINES) {
            add(edits, start, oldMiddle, newMiddle);
            return edits;
        }
        // Positions refer to the text as it is after the edits before: everything before a delta is already new.
        int line = 0;
        int at = start;
        for (AbstractDelta<String> delta : DiffUtils.diff(oldLines, newLines).getDeltas()) {
            while (line < delta.getTarget().getPosition()) {
                at += newLines.get(line++).length();
            }
            String removed = String.join("", delta.getSource().getLines());
            String added = String.join("", delta.getTarget().getLines());
            add(edits, at, removed, added);
        }
        return edits;
    }

    /** How many units the edits delete and insert: the smaller, the likelier that this is what happened. */
    static long cost(List<TextEdit> edits) {
        long cost = 0;
        for (TextEdit edit : edits) {
            cost += edit.deleted() + edit.inserted().length();
        }
        return cost;
    }

    private static void add(List<TextEdit> edits, int at, String removed, String added) {
        int head = commonPrefix(removed, added);
        int tail = commonSuffix(removed, added, head);
        int deleted = removed.length() - head - tail;
        String inserted = added.substring(head, added.length() - tail);
        if (deleted > 0 || !inserted.isEmpty()) {
            edits.add(new TextEdit(at + head, deleted, inserted));
        }
    }

    private static int commonPrefix(String one, String other) {
        int most = Math.min(one.length(), other.length());
        int same = 0;
        while (same < most && one.charAt(same) == other.charAt(same)) {
            same++;
        }
        return same > 0 && Character.isHighSurrogate(one.charAt(same - 1)) ? same - 1 : same;
    }

    private static int commonSuffix(String one, String other, int prefix) {
        int most = Math.min(one.length(), other.length()) - prefix;
        int same = 0;
        while (same < most && one.charAt(one.length() - 1 - same) == other.charAt(other.length() - 1 - same)) {
            same++;
        }
        return same > 0 && Character.isLowSurrogate(one.charAt(one.length() - same)) ? same - 1 : same;
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', start)) {
            lines.add(text.substring(start, feed + 1));
            start = feed + 1;
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }
}

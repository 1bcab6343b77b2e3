package dev.metalog.server.workspace;

import com.github.difflib.DiffUtils;
import com.github.difflib.patch.AbstractDelta;
import dev.metalog.protocol.TextEdit;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * The difference of two texts when nobody reported how one became the other: a whole-text change, or a document that is
 * opened again. What is equal at both ends is left alone; the rest is compared by lines, each block that differs by words,
 * and each of those by characters. Fineness matters: what is deleted and inserted again is new to everybody else, so a
 * key that somebody deleted in between would come back. No edit splits a surrogate pair.
 */
final class MinimalDiff {
    /** Against that of a deleted unit: about how many bits one of a few dozen usual characters tells more. */
    private static final int INSERTED_WEIGHT = 4;

    /** By what a text is cut, and into how many parts at most: Myers's algorithm is quadratic at its worst. */
    private enum Grain {
        LINES(20_000),
        WORDS(2_000),
        CHARACTERS(2_000);

        private final int most;

        Grain(int most) {
            this.most = most;
        }

        List<String> parts(String text) {
            List<String> parts = new ArrayList<>();
            int start = 0;
            for (int at = 0; at < text.length(); ) {
                int character = text.codePointAt(at);
                at += Character.charCount(character);
                if (at == text.length() || endsPart(character, text.codePointAt(at))) {
                    parts.add(text.substring(start, at));
                    start = at;
                }
            }
            return parts;
        }

        private boolean endsPart(int character, int next) {
            return switch (this) {
                case LINES -> character == '\n';
                case WORDS -> !isInsideWord(character) || !isInsideWord(next);
                case CHARACTERS -> true;
            };
        }

        /** An ideograph is a word: in Chinese and Japanese a whole line would be one otherwise. */
        private static boolean isInsideWord(int character) {
            return Character.isLetterOrDigit(character) && !Character.isIdeographic(character);
        }

        Grain finer() {
            return this == LINES ? WORDS : CHARACTERS;
        }
    }

    private MinimalDiff() {}

    /** Edits that apply one after the other. */
    static List<TextEdit> between(Text before, Text after) {
        int head = before.commonPrefix(after);
        if (head > 0 && Character.isHighSurrogate(before.charAt(head - 1))) {
            head--;
        }
        int most = Math.min(before.length(), after.length()) - head;
        int tail = Math.min(before.commonSuffix(after), most);
        if (tail > 0 && Character.isLowSurrogate(before.charAt(before.length() - tail))) {
            tail--;
        }
        // Of long texts only what differs is copied.
        String removed = before.substring(head, before.length() - tail);
        String added = after.substring(head, after.length() - tail);
        List<TextEdit> edits = new ArrayList<>();
        refine(edits, head, removed, added, Grain.LINES);
        return edits;
    }

    /** @param at where {@code removed} stands, in the text as it is after the edits so far */
    private static void refine(List<TextEdit> edits, int at, String removed, String added, Grain grain) {
        int head = commonPrefix(removed, added);
        int tail = commonSuffix(removed, added, head);
        String old = removed.substring(head, removed.length() - tail);
        String fresh = added.substring(head, added.length() - tail);
        if (old.isEmpty() && fresh.isEmpty()) {
            return;
        }
        List<String> oldParts = grain.parts(old);
        List<String> newParts = grain.parts(fresh);
        if (old.isEmpty() || fresh.isEmpty() || oldParts.size() > grain.most || newParts.size() > grain.most) {
            edits.add(new TextEdit(at + head, old.length(), fresh));
            return;
        }
        int part = 0;
        int place = at + head;
        for (AbstractDelta<String> delta : DiffUtils.diff(oldParts, newParts).getDeltas()) {
            while (part < delta.getTarget().getPosition()) {
                place += newParts.get(part++).length();
            }
            String less = String.join("", delta.getSource().getLines());
            String more = String.join("", delta.getTarget().getLines());
            if (grain == Grain.CHARACTERS) {
                edits.add(new TextEdit(place, less.length(), more));
            } else {
                refine(edits, place, less, more, grain.finer());
            }
        }
    }

    /**
     * How much the edits delete and insert: the smaller, the likelier that this is what happened. To have inserted exactly
     * these characters is a far greater coincidence than to have deleted some that were there: a text that holds a part of
     * what was offered comes from the offer, and nobody typed that part.
     */
    static long cost(List<TextEdit> edits) {
        long cost = 0;
        for (TextEdit edit : edits) {
            cost += edit.deleted() + (long) INSERTED_WEIGHT * edit.inserted().length();
        }
        return cost;
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
}

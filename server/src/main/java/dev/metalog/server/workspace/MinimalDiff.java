package dev.metalog.server.workspace;

import dev.metalog.protocol.TextEdit;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The difference of two texts when nobody reported how one became the other: a whole-text change, or a document that is
 * opened again. What is equal at both ends is left alone; the rest is compared by lines, each block that differs by words,
 * and each of those by characters. No edit splits a surrogate pair.
 *
 * <p>Fineness matters. What is deleted and inserted again is new to everybody else, so a key that somebody deleted in
 * between would come back; and when two say it of the same stretch at the same time, that stretch is there twice. So no
 * stretch is replaced as a whole only because it is long: see {@link Alignment}.
 */
final class MinimalDiff {
    /** Against that of a deleted unit: about how many bits one of a few dozen usual characters tells more. */
    private static final int INSERTED_WEIGHT = 4;

    /** About how many steps the comparing takes at most: some tenths of a second. */
    private static final long MOST_STEPS = 50_000_000;

    /** Up to so many differences at a stretch are found in texts of any length. */
    private static final int LEAST_DIFFERENCES = 32;

    /** In texts up to this long it is looked for differences that are smaller when nobody minds lines and words. */
    private static final int SHORT = 1_000_000;

    /** More characters without a line end, a space or a chance cut, in both texts, are not compared one by one. */
    private static final int MOST_PARTS = 8_000_000;

    /** By what a text is cut. */
    private enum Grain {
        LINES,
        WORDS,
        CHARACTERS;

        private boolean endsPart(int character, int next) {
            return switch (this) {
                case LINES -> character == '\n';
                case WORDS -> !isInsideWord(character) || !isInsideWord(next) || isChanceCut(character, next);
                case CHARACTERS -> true;
            };
        }

        /** An ideograph is a word: in Chinese and Japanese a whole line would be one otherwise. */
        private static boolean isInsideWord(int character) {
            return Character.isLetterOrDigit(character) && !Character.isIdeographic(character);
        }

        /** There are words of any length; cut after one of 256 pairs they are cut in both texts where these are the same. */
        private static boolean isChanceCut(int character, int next) {
            int mixed = (31 * character + next) * 0x9E3779B9;
            return (mixed >>> 24) == 0;
        }

        Grain finer() {
            return this == LINES ? WORDS : CHARACTERS;
        }
    }

    /**
     * A text that is cut into parts.
     *
     * @param starts where each begins, and at last the end
     * @param symbols equal for equal parts
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier: never compared
    private record Parts(String text, int[] starts, int[] symbols) {
        static Parts of(String text, Grain grain, Map<String, Integer> words) {
            int count = count(text, grain);
            int[] starts = new int[count + 1];
            int[] symbols = new int[count];
            int at = 0;
            for (int part = 0; part < count; part++) {
                starts[part] = at;
                at = endOfPart(text, at, grain);
                symbols[part] = grain == Grain.CHARACTERS
                        ? text.codePointAt(starts[part])
                        : words.computeIfAbsent(text.substring(starts[part], at), none -> words.size());
            }
            starts[count] = at;
            return new Parts(text, starts, symbols);
        }

        private static int count(String text, Grain grain) {
            int count = 0;
            for (int at = 0; at < text.length(); at = endOfPart(text, at, grain)) {
                count++;
            }
            return count;
        }

        private static int endOfPart(String text, int start, Grain grain) {
            int at = start;
            int character;
            do {
                character = text.codePointAt(at);
                at += Character.charCount(character);
            } while (at < text.length() && !grain.endsPart(character, text.codePointAt(at)));
            return at;
        }

        int count() {
            return symbols.length;
        }

        String between(int from, int to) {
            return text.substring(starts[from], starts[to]);
        }
    }

    private final List<TextEdit> edits = new ArrayList<>();
    private final int mostDifferences;

    private MinimalDiff(int length) {
        mostDifferences = (int) Math.max(LEAST_DIFFERENCES, MOST_STEPS / Math.max(1, length));
    }

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
        List<TextEdit> edits = between(head, removed, added, Grain.LINES);
        if (removed.length() + added.length() > SHORT || isLeast(edits, removed.length(), added.length())) {
            return edits;
        }
        // Of equal lines or words another one may have been taken for the one that changed.
        List<TextEdit> others = between(head, removed, added, Grain.CHARACTERS);
        return cost(others) < cost(edits) ? others : edits;
    }

    private static List<TextEdit> between(int at, String removed, String added, Grain grain) {
        MinimalDiff diff = new MinimalDiff(removed.length() + added.length());
        diff.refine(at, removed, added, grain);
        return diff.edits;
    }

    /** Whether the edits only insert or only delete, so that there are no smaller ones. */
    private static boolean isLeast(List<TextEdit> edits, int removed, int added) {
        long least = added > removed ? (long) INSERTED_WEIGHT * (added - removed) : removed - added;
        return cost(edits) <= least;
    }

    /** @param at where {@code removed} stands, in the text as it is after the edits so far */
    private void refine(int at, String removed, String added, Grain grain) {
        int head = commonPrefix(removed, added);
        int tail = commonSuffix(removed, added, head);
        String old = removed.substring(head, removed.length() - tail);
        String fresh = added.substring(head, added.length() - tail);
        if (old.isEmpty() && fresh.isEmpty()) {
            return;
        }
        boolean isTooMuch = grain == Grain.CHARACTERS && (long) old.length() + fresh.length() > MOST_PARTS;
        if (old.isEmpty() || fresh.isEmpty() || isTooMuch) {
            edits.add(new TextEdit(at + head, old.length(), fresh));
            return;
        }
        Map<String, Integer> words = new HashMap<>();
        walk(at + head, Parts.of(old, grain, words), Parts.of(fresh, grain, words), grain);
    }

    /** Leaves alone what the two have in common, and refines what lies between. */
    private void walk(int at, Parts oldParts, Parts newParts, Grain grain) {
        Alignment alignment = Alignment.of(oldParts.symbols(), newParts.symbols(), mostDifferences);
        int old = 0;
        int fresh = 0;
        while (old < oldParts.count() || fresh < newParts.count()) {
            int oldEnd = alignment.onlyInOne().nextClearBit(old);
            int newEnd = alignment.onlyInOther().nextClearBit(fresh);
            if (oldEnd > old || newEnd > fresh) {
                String less = oldParts.between(old, oldEnd);
                String more = newParts.between(fresh, newEnd);
                int place = at + newParts.starts()[fresh];
                if (grain == Grain.CHARACTERS) {
                    edits.add(new TextEdit(place, less.length(), more));
                } else {
                    refine(place, less, more, grain.finer());
                }
            }
            // Behind a difference one part is the same in both, unless both are at their end.
            old = oldEnd + 1;
            fresh = newEnd + 1;
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

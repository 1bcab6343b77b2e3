package dev.metalog.server.simulate;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Every key ever typed: each is a character that nobody types again, into whatever document, so one that is lost, doubled or
 * in another document shows in the texts.
 */
final class Keys {
    private static final int FIRST = 0x4E00;
    /** More than anybody types into one document. */
    private static final int OF_ONE = 0x1000;

    private static final int MOST_DOCUMENTS = 3;

    private final Set<Integer> deleted = new HashSet<>();
    private final Set<Integer> excused = new HashSet<>();
    private final int[] typed;

    Keys(int documents) {
        typed = new int[documents];
    }

    int type(int document) {
        return first(document) + typed[document]++;
    }

    private static int first(int document) {
        return FIRST + document * OF_ONE;
    }

    /** Somebody took it away, or what became of it in somebody's memory. */
    void delete(int key) {
        deleted.add(key);
        deleted.add(key ^ MemoryFlip.BIT);
    }

    /** Keys that a text holds changed. */
    static Set<Integer> flippedIn(String text) {
        Set<Integer> flipped = new HashSet<>();
        text.codePoints()
                .map(key -> key ^ MemoryFlip.BIT)
                .filter(key -> key >= FIRST && key < FIRST + MOST_DOCUMENTS * OF_ONE && (key & MemoryFlip.BIT) != 0)
                .forEach(flipped::add);
        return flipped;
    }

    /** Changed keys in the text that nothing excuses. */
    int flipped(String text) {
        Set<Integer> flipped = flippedIn(text);
        flipped.removeAll(excused);
        return flipped.size();
    }

    /** It was nowhere but in what a power loss, a damaged record or a dead editor took with it. */
    void excuse(Collection<Integer> keys) {
        excused.addAll(keys);
    }

    boolean isExcused(int key) {
        return excused.contains(key);
    }

    int typed() {
        return Arrays.stream(typed).sum();
    }

    /** Keys that should be in the text of the document and are not. */
    int lost(int document, String text) {
        Set<Integer> there = of(text);
        int lost = 0;
        for (int key = first(document); key < first(document) + typed[document]; key++) {
            if (!there.contains(key) && !deleted.contains(key) && !excused.contains(key)) {
                lost++;
            }
        }
        return lost;
    }

    /** Keys that are in the text more than once. */
    static int doubled(String text) {
        Set<Integer> there = new HashSet<>();
        return (int)
                text.codePoints().filter(key -> key >= FIRST && !there.add(key)).count();
    }

    /** Keys that were typed into another document. */
    int strange(int document, String text) {
        return (int) text.codePoints()
                .filter(key -> key >= FIRST && (key - FIRST) / OF_ONE != document)
                .filter(key -> (key - FIRST) / OF_ONE < typed.length)
                .filter(key -> (key - FIRST) % OF_ONE < typed[(key - FIRST) / OF_ONE])
                .count();
    }

    static Set<Integer> of(String text) {
        Set<Integer> there = new HashSet<>();
        text.codePoints().forEach(there::add);
        return there;
    }
}

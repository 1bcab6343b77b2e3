package dev.metalog.server.simulate;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Every key ever typed: each is a character that nobody types again, so a lost or doubled one shows in the text. */
final class Keys {
    private static final int FIRST = 0x4E00;

    private final Set<Integer> deleted = new HashSet<>();
    private final Set<Integer> excused = new HashSet<>();
    private int next = FIRST;

    int type() {
        return next++;
    }

    /** Somebody took it away. */
    void delete(int key) {
        deleted.add(key);
    }

    /** It was nowhere but in what a power loss, a damaged record or a dead editor took with it. */
    void excuse(Collection<Integer> keys) {
        excused.addAll(keys);
    }

    int typed() {
        return next - FIRST;
    }

    /** Keys that should be in the text and are not. */
    int lost(String text) {
        Set<Integer> there = new HashSet<>();
        text.codePoints().forEach(there::add);
        int lost = 0;
        for (int key = FIRST; key < next; key++) {
            if (!there.contains(key) && !deleted.contains(key) && !excused.contains(key)) {
                lost++;
            }
        }
        return lost;
    }

    /** Keys that are in the text more than once. */
    int doubled(String text) {
        Set<Integer> there = new HashSet<>();
        return (int) text.codePoints()
                .filter(key -> key >= FIRST && key < next && !there.add(key))
                .count();
    }
}

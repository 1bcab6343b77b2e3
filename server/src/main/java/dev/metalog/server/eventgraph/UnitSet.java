package dev.metalog.server.eventgraph;

/** A set of units from a first one on, as bits, that also knows how many of its members stand before a unit. */
final class UnitSet {
    private final int firstLv;
    private final long[] words;
    /** How many members the words before each have; made by {@link #count}. */
    private final int[] before;

    UnitSet(int firstLv, int endLv) {
        this.firstLv = firstLv;
        this.words = new long[(endLv - firstLv + Long.SIZE - 1) / Long.SIZE + 1];
        this.before = new int[words.length];
    }

    void add(int lv) {
        int bit = lv - firstLv;
        words[bit >> 6] |= 1L << bit;
    }

    /** To be called when all are added: how many members there are. */
    int count() {
        int count = 0;
        for (int word = 0; word < words.length; word++) {
            before[word] = count;
            count += Long.bitCount(words[word]);
        }
        return count;
    }

    /** How many members stand before the unit. */
    int rank(int lv) {
        int bit = lv - firstLv;
        return before[bit >> 6] + Long.bitCount(words[bit >> 6] & ((1L << bit) - 1));
    }

    /** All members, ascending, in an array with room for one more. */
    int[] toArray(int count) {
        int[] members = new int[count + 1];
        int size = 0;
        for (int word = 0; word < words.length; word++) {
            for (long rest = words[word]; rest != 0; rest &= rest - 1) {
                members[size++] = firstLv + (word << 6) + Long.numberOfTrailingZeros(rest);
            }
        }
        return members;
    }
}

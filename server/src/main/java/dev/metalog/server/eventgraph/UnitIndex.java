package dev.metalog.server.eventgraph;

import java.util.Arrays;

/**
 * A sorted map from ints to pairs of ints, asked for the entry at or before a key: stretches of units that begin at a
 * key, and something about each.
 *
 * <p>Entries stand in blocks, and the blocks in a sorted row, so an entry is found by two binary searches and a new one
 * moves little. Most keys come in ascending order and are just appended.
 */
final class UnitIndex {
    private static final int BLOCK = 128;

    private int[] keys = new int[2 * BLOCK];
    private int[] values = new int[2 * BLOCK];
    private int[] others = new int[2 * BLOCK];
    private int[] sizes = new int[2];
    private int blocks = 1;

    /** The blocks in the order of their keys, and the first key of each. */
    private int[] row = new int[2];

    private int[] firsts = new int[2];

    UnitIndex() {
        firsts[0] = Integer.MIN_VALUE;
    }

    /** The place of the last entry at or before the key; there has to be one. Good until the next change. */
    int floor(int key) {
        int block = row[blockAt(key)];
        return floorIn(block, key);
    }

    int key(int place) {
        return keys[place];
    }

    int value(int place) {
        return values[place];
    }

    int other(int place) {
        return others[place];
    }

    void setValue(int place, int value) {
        values[place] = value;
    }

    /** Adds an entry; its key must be new. */
    void add(int key, int value, int other) {
        int at = blockAt(key);
        int block = row[at];
        if (sizes[block] == BLOCK) {
            split(at);
            at = blockAt(key);
            block = row[at];
        }
        int place = floorIn(block, key) + 1;
        int end = block * BLOCK + sizes[block];
        System.arraycopy(keys, place, keys, place + 1, end - place);
        System.arraycopy(values, place, values, place + 1, end - place);
        System.arraycopy(others, place, others, place + 1, end - place);
        keys[place] = key;
        values[place] = value;
        others[place] = other;
        sizes[block]++;
    }

    /** Removes the entry with the key, which must exist. */
    void remove(int key) {
        int block = row[blockAt(key)];
        int place = floorIn(block, key);
        int end = block * BLOCK + sizes[block];
        System.arraycopy(keys, place + 1, keys, place, end - place - 1);
        System.arraycopy(values, place + 1, values, place, end - place - 1);
        System.arraycopy(others, place + 1, others, place, end - place - 1);
        // An empty block stays in the row; whoever looks for what would be in it finds the block before.
        sizes[block]--;
    }

    /** The place in the row of the block that has, or would have, the key. */
    private int blockAt(int key) {
        int high = blocks - 1;
        if (sizes[row[high]] > 0 && keys[row[high] * BLOCK] <= key) {
            return high;
        }
        int low = 0;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (firsts[middle] <= key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        while (low > 0 && (sizes[row[low]] == 0 || keys[row[low] * BLOCK] > key)) {
            low--;
        }
        return low;
    }

    /** The place of the last entry of the block at or before the key; one before the block's first if there is none. */
    private int floorIn(int block, int key) {
        int low = block * BLOCK - 1;
        int high = block * BLOCK + sizes[block] - 1;
        if (high > low && keys[high] <= key) {
            return high;
        }
        while (low < high) {
            int middle = (low + high + 1) >> 1;
            if (keys[middle] <= key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private void split(int at) {
        int block = row[at];
        int second = blocks++;
        if (second == sizes.length) {
            int room = 2 * blocks;
            keys = Arrays.copyOf(keys, room * BLOCK);
            values = Arrays.copyOf(values, room * BLOCK);
            others = Arrays.copyOf(others, room * BLOCK);
            sizes = Arrays.copyOf(sizes, room);
            row = Arrays.copyOf(row, room);
            firsts = Arrays.copyOf(firsts, room);
        }
        // Who only ever appends fills its blocks.
        int kept = at == second - 1 ? BLOCK - 8 : BLOCK / 2;
        int from = block * BLOCK + kept;
        int to = second * BLOCK;
        System.arraycopy(keys, from, keys, to, BLOCK - kept);
        System.arraycopy(values, from, values, to, BLOCK - kept);
        System.arraycopy(others, from, others, to, BLOCK - kept);
        sizes[block] = kept;
        sizes[second] = BLOCK - kept;
        System.arraycopy(row, at + 1, row, at + 2, second - at - 1);
        System.arraycopy(firsts, at + 1, firsts, at + 2, second - at - 1);
        row[at + 1] = second;
        firsts[at + 1] = keys[to];
    }
}

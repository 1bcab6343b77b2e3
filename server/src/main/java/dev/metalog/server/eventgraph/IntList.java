package dev.metalog.server.eventgraph;

import java.util.Arrays;

/** A growing list of ints that are never boxed. */
final class IntList {
    private int[] items = new int[16];
    private int size;

    int size() {
        return size;
    }

    int get(int index) {
        return items[index];
    }

    void set(int index, int item) {
        items[index] = item;
    }

    int last() {
        return items[size - 1];
    }

    void add(int item) {
        if (size == items.length) {
            items = Arrays.copyOf(items, 2 * size);
        }
        items[size++] = item;
    }

    void insert(int index, int item) {
        add(item);
        System.arraycopy(items, index, items, index + 1, size - 1 - index);
        items[index] = item;
    }

    void remove(int index) {
        size--;
        System.arraycopy(items, index + 1, items, index, size - index);
    }

    void truncate(int newSize) {
        size = newSize;
    }

    int[] toArray() {
        return Arrays.copyOf(items, size);
    }

    /** In an ascending list, the index of the last item that is not above the key; -1 if all are above. */
    int indexOfFloor(int key) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (items[middle] <= key) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}

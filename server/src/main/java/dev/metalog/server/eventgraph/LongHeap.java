package dev.metalog.server.eventgraph;

import java.util.Arrays;

/** A heap of longs, the greatest on top. */
final class LongHeap {
    private long[] items = new long[16];
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    long top() {
        return items[0];
    }

    void clear() {
        size = 0;
    }

    void push(long item) {
        if (size == items.length) {
            items = Arrays.copyOf(items, 2 * size);
        }
        int hole = size++;
        while (hole > 0 && items[(hole - 1) / 2] < item) {
            items[hole] = items[(hole - 1) / 2];
            hole = (hole - 1) / 2;
        }
        items[hole] = item;
    }

    long pop() {
        long top = items[0];
        long item = items[--size];
        int hole = 0;
        while (true) {
            int child = 2 * hole + 1;
            if (child + 1 < size && items[child + 1] > items[child]) {
                child++;
            }
            if (child >= size || items[child] <= item) {
                break;
            }
            items[hole] = items[child];
            hole = child;
        }
        items[hole] = item;
        return top;
    }
}

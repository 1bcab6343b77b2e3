package dev.metalog.server.eventgraph;

import java.util.Arrays;

/**
 * A version that grows event by event. A batch may have thousands of heads on its way; copying them for each event would
 * take memory by the square of that.
 */
final class Heads {
    private int[] lvs;
    private int size;

    Heads(int[] version) {
        lvs = Arrays.copyOf(version, version.length + 1);
        size = version.length;
    }

    /** One more event has come, which ends with a unit later than all others. */
    void advance(int[] parents, int lastLv) {
        for (int parent : parents) {
            int at = Arrays.binarySearch(lvs, 0, size, parent);
            if (at >= 0) {
                size--;
                System.arraycopy(lvs, at + 1, lvs, at, size - at);
            }
        }
        if (size == lvs.length) {
            lvs = Arrays.copyOf(lvs, 2 * size);
        }
        lvs[size++] = lastLv;
    }

    int[] toVersion() {
        return Arrays.copyOf(lvs, size);
    }
}

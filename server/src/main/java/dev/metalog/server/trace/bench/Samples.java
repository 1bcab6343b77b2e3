package dev.metalog.server.trace.bench;

import java.util.Arrays;

/** Measured values, of which percentiles are asked. */
final class Samples {
    private double[] values;
    private int size;

    Samples(int expected) {
        values = new double[Math.max(1, expected)];
    }

    void add(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    /** By linear interpolation between the nearest two; 0 is the least, 100 the greatest. At least one value is there. */
    double percentile(double percent) {
        double[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        double rank = percent / 100 * (size - 1);
        int below = (int) rank;
        int above = Math.min(size - 1, below + 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
}

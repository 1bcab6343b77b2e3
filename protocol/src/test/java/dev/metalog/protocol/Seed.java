package dev.metalog.protocol;

/** The seed of a randomized test: a fresh one each time, or that of {@code -Dmetalog.seed=...} to see a failure again. */
public final class Seed {
    private Seed() {}

    /** Draws and prints the seed. */
    public static long draw(String test) {
        long seed = Long.getLong("metalog.seed", System.nanoTime());
        System.out.println(test + ": seed " + seed + " (repeat with -Dmetalog.seed=" + seed + ")");
        return seed;
    }
}

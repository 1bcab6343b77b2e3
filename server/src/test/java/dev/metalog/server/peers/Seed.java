package dev.metalog.server.peers;

/** The seed of a randomized test: a fresh one each time, or that of {@code -Dmetalog.seed=...} to see a failure again. */
final class Seed {
    /** One for all tests of a run: a test that is tried again meets the same. */
    private static final long FRESH = System.nanoTime();

    private Seed() {}

    /** Draws and prints the seed. */
    static long draw(String test) {
        long seed = Long.getLong("metalog.seed", FRESH);
        System.out.println(test + ": seed " + seed + " (repeat with -Dmetalog.seed=" + seed + ")");
        return seed;
    }
}

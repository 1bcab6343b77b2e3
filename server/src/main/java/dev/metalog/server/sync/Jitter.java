package dev.metalog.server.sync;

/** Chance, handed in: it keeps peers from all speaking in the same moment. */
public interface Jitter {
    /** Any whole number from 0 to below the bound, which is 1 or more. */
    long below(long bound);
}

package dev.metalog.server.trace.bench;

/**
 * What was measured of one contender in one operation on one trace.
 *
 * @param unit of the values
 * @param median of the rounds; null if it failed
 * @param p99 median of the rounds' 99th percentiles; null where a round is one sample
 * @param min the best round
 * @param max the worst round
 * @param rounds how many counted
 * @param ratioToOurs the median divided by ours; null if either is missing
 * @param differs whether it ended in another text: it orders concurrent insertions at one place in another way
 * @param failure why there is no figure; null if there is one
 */
record Figure(
        String trace,
        String operation,
        String contender,
        String unit,
        Double median,
        Double p99,
        Double min,
        Double max,
        int rounds,
        Double ratioToOurs,
        boolean differs,
        String failure) {}

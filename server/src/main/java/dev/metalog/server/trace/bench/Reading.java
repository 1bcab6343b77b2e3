package dev.metalog.server.trace.bench;

/**
 * What one run gave.
 *
 * @param value in the operation's unit: the whole run's, or the median of its samples
 * @param tail the 99th percentile of the samples; NaN of a run that is one sample
 * @param differs whether it ended in another text than the recorded one, because it orders what was inserted at one
 *     place at the same time in another way; ours never does
 */
record Reading(double value, double tail, boolean differs) {
    static Reading of(double value) {
        return new Reading(value, Double.NaN, false);
    }
}

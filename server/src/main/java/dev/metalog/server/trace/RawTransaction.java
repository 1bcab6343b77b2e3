package dev.metalog.server.trace;

import java.util.List;

/**
 * A transaction as it stands in a trace. What a format does not have is {@link #ABSENT} or null.
 *
 * @param parents numbers of transactions, or, where there is a span, of events; null if the format has none
 * @param agent the writer's number, if writers have numbers
 * @param agentName the writer's name, if writers have names
 * @param seqStart how many events the writer had written before, in code points
 * @param spanStart the number of its first event, in code points
 * @param spanEnd the number after its last event
 */
record RawTransaction(
        List<Integer> parents,
        int agent,
        String agentName,
        int seqStart,
        int spanStart,
        int spanEnd,
        List<Patch> patches) {
    static final int ABSENT = -1;

    boolean hasSpan() {
        return spanStart != ABSENT;
    }
}

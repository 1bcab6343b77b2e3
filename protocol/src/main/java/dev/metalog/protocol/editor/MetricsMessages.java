package dev.metalog.protocol.editor;

import java.util.List;

/** {@code meta-log/metrics}: how full every bounded queue is and was, and what went over each link. Counts fit in 53 bits. */
public final class MetricsMessages {
    private MetricsMessages() {}

    /**
     * A queue with a bound.
     *
     * @param name what waits there; docs/protocol-editor.md has the list, with what happens beyond each bound
     * @param about which one of several, such as a broker or a document; may be absent
     * @param size what waits now
     * @param bound how much may
     * @param most how much did at one time since the sidecar started
     * @param overflows how often there was no room since then, and the queue's rule was applied
     */
    public record Queue(String name, String about, long size, long bound, long most, long overflows) {}

    /**
     * A link, and what went over it since the sidecar started; over a direct one, since it came up.
     *
     * @param kind {@code broker} or {@code direct}
     * @param where the broker's URL, or the address of the other end
     * @param peerId the other end of a direct link; absent for a broker
     * @param refused what was not taken for sending, and what came and was not wanted
     * @param connections how often it came up since the sidecar started: one more than it was lost, if it is up
     */
    public record Traffic(
            String kind,
            String where,
            String peerId,
            boolean up,
            long messagesIn,
            long bytesIn,
            long messagesOut,
            long bytesOut,
            long refused,
            long connections) {}

    /** All of them. */
    public record Metrics(List<Queue> queues, List<Traffic> links) {}
}

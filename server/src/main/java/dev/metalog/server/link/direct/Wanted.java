package dev.metalog.server.link.direct;

import dev.metalog.protocol.DirectFrame;
import dev.metalog.server.link.LinkLimits;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The topics we want to hear. Thread-safe.
 *
 * <p>Overflow rule: other ends are told the first {@link LinkLimits#DIRECT_TOPICS}; the others wait in line, and the first of
 * them is told when one of those is given up. When {@link LinkLimits#SUBSCRIPTIONS} are here one more is not taken.
 */
final class Wanted {
    private final Set<String> told = new LinkedHashSet<>();
    private final Set<String> waiting = new LinkedHashSet<>();

    /** What other ends are now to be told. */
    record Change(List<String> on, List<String> off) {
        static final Change NONE = new Change(List.of(), List.of());
    }

    /** @throws IllegalArgumentException when it is no topic */
    synchronized Change want(String topic) {
        String problem = DirectFrame.problemOfTopic(topic);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        if (told.contains(topic) || waiting.contains(topic)) {
            return Change.NONE;
        }
        if (told.size() < LinkLimits.DIRECT_TOPICS) {
            told.add(topic);
            return new Change(List.of(topic), List.of());
        }
        if (told.size() + waiting.size() < LinkLimits.SUBSCRIPTIONS) {
            waiting.add(topic);
        }
        return Change.NONE;
    }

    /** Those that others are not told of, as there is no room. */
    synchronized int waiting() {
        return waiting.size();
    }

    synchronized int told() {
        return told.size();
    }

    synchronized Change drop(String topic) {
        waiting.remove(topic);
        if (!told.remove(topic)) {
            return Change.NONE;
        }
        Iterator<String> line = waiting.iterator();
        if (!line.hasNext()) {
            return new Change(List.of(), List.of(topic));
        }
        String next = line.next();
        line.remove();
        told.add(next);
        return new Change(List.of(next), List.of(topic));
    }

    /** Whether others were, or are about to be, told that we want it. */
    synchronized boolean isTold(String topic) {
        return told.contains(topic);
    }

    synchronized List<String> allTold() {
        return List.copyOf(told);
    }
}

package dev.metalog.protocol;

import java.util.List;

/** Puts event ids in their one order, so that equal sets are equal lists and encode to equal bytes. */
final class SortedEventIds {
    private SortedEventIds() {}

    /** The same ids in ascending order, unmodifiable; a duplicate is refused. */
    static List<EventId> of(List<EventId> events) {
        List<EventId> sorted = events.size() <= 1
                ? List.copyOf(events)
                : events.stream().sorted().toList();
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).equals(sorted.get(i - 1))) {
                throw new IllegalArgumentException("The event " + sorted.get(i) + " is named twice.");
            }
        }
        return sorted;
    }
}

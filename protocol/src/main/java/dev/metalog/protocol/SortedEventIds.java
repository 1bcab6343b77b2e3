package dev.metalog.protocol;

import java.util.Arrays;
import java.util.List;

/** Puts event ids in their one order, so that equal sets are equal lists and encode to equal bytes. */
final class SortedEventIds {
    private SortedEventIds() {}

    /** The same ids in ascending order, unmodifiable; a duplicate is refused. */
    static List<EventId> of(List<EventId> events) {
        if (events.size() <= 1) {
            return List.copyOf(events);
        }
        EventId[] ids = events.toArray(EventId[]::new);
        Arrays.sort(ids);
        List<EventId> sorted = List.of(ids);
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).equals(sorted.get(i - 1))) {
                throw new IllegalArgumentException("The event " + sorted.get(i) + " is named twice.");
            }
        }
        return sorted;
    }
}

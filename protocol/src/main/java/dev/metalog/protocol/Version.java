package dev.metalog.protocol;

import java.util.List;

/**
 * One state of a document, named by its frontier: the events of that state that no other event of it follows.
 *
 * <p>The same state always has the same frontier, so two versions of one document are the same state exactly when they
 * are equal. Only the event graph can tell whether a list is a frontier (no element an ancestor of another); this
 * record keeps it sorted, without duplicates, and unmodifiable.
 */
public record Version(List<EventId> events) {
    /** The empty document, before any event. */
    public static final Version ROOT = new Version(List.of());

    public Version {
        events = SortedEventIds.of(events);
    }

    /** The version of everything up to and including one event. */
    public static Version of(EventId event) {
        return new Version(List.of(event));
    }

    @Override
    public String toString() {
        return events.isEmpty() ? "ROOT" : events.toString();
    }
}

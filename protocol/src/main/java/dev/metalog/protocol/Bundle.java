package dev.metalog.protocol;

import java.util.List;

/**
 * Events of one document that are sent and stored together, parents before children.
 *
 * @param events 1 to {@link #MAX_EVENTS}
 */
public record Bundle(List<Event> events) {
    public static final int MAX_EVENTS = 4_096;

    /** Of the encoded form, in bytes. */
    public static final int MAX_BYTES = 256 * 1024;

    public Bundle {
        events = List.copyOf(events);
        if (events.isEmpty() || events.size() > MAX_EVENTS) {
            throw new IllegalArgumentException(
                    "A bundle holds 1 to " + MAX_EVENTS + " events, not " + events.size() + ".");
        }
    }
}

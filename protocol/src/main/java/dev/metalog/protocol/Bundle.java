package dev.metalog.protocol;

import java.util.List;

/**
 * Events of one document that are sent and stored together, parents before children.
 *
 * @param events 1 to {@link Limits#BATCH_EVENTS}; encoded, at most {@link Limits#BATCH_BYTES}, and
 *     {@link Limits#BATCH_UNITS} in all
 */
public record Bundle(List<Event> events) {
    public Bundle {
        events = List.copyOf(events);
        if (events.isEmpty() || events.size() > Limits.BATCH_EVENTS) {
            throw new IllegalArgumentException(
                    "A bundle holds 1 to " + Limits.BATCH_EVENTS + " events, not " + events.size() + ".");
        }
    }
}

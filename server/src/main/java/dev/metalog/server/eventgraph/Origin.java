package dev.metalog.server.eventgraph;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Stamp;

/**
 * Where a stretch of the text comes from.
 *
 * @param firstId the unit that has inserted its first code unit; those of the others follow it
 * @param length in UTF-16 code units
 * @param stampMinutes when all of it was written, as its writer says: see {@link Stamp}; 0 if it does not
 */
public record Origin(EventId firstId, int length, int stampMinutes) {
    /** Whether the two are one: what the one before inserted last is followed by the unit that this one inserted first. */
    boolean goesOnAfter(Origin before) {
        return before.stampMinutes == stampMinutes
                && before.firstId.replica().equals(firstId.replica())
                && before.firstId.seq() + before.length == firstId.seq();
    }

    Origin longer(int units) {
        return new Origin(firstId, length + units, stampMinutes);
    }
}

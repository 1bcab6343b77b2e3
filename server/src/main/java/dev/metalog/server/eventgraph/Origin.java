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
public record Origin(EventId firstId, int length, int stampMinutes) {}

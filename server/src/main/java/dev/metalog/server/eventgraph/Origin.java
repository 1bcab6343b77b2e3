package dev.metalog.server.eventgraph;

import dev.metalog.protocol.EventId;

/**
 * Where a stretch of the text comes from.
 *
 * @param firstId the unit that has inserted its first code unit; those of the others follow it
 * @param length in UTF-16 code units
 */
public record Origin(EventId firstId, int length) {}

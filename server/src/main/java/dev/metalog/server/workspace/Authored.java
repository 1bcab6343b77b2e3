package dev.metalog.server.workspace;

import dev.metalog.protocol.PeerId;

/**
 * A stretch of a document's text that one writer has inserted within one minute.
 *
 * @param from where it begins in the text, in UTF-16 code units
 * @param length the same
 * @param peer who wrote it; {@code null} if that is not proved for all of it
 * @param minutes when, by the writer's clock; see {@link dev.metalog.protocol.Stamp}
 */
public record Authored(int from, int length, PeerId peer, int minutes) {}

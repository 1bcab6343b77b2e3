package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;

/**
 * What was typed in one editor where the person may only read, for a file that they are told of.
 *
 * @param sinceMillis when it began, by our clock
 * @param number of it in this run; what comes later under the same one holds all that this holds
 * @param isFirst whether nobody was told of it yet
 */
public record Aside(
        EditorId editor,
        DocumentId document,
        String path,
        long sinceMillis,
        long number,
        String text,
        boolean isFirst) {
    /** UTF-16 units of a file that is added to; what is typed after that begins another one. */
    static final int MOST_UNITS = 256 << 10;
}

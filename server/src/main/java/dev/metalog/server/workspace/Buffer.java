package dev.metalog.server.workspace;

/**
 * What an editor shows.
 *
 * @param version the editor's own count of changes
 * @param text with {@code \n} where the editor shows {@code \r\n}
 */
record Buffer(int version, String text) {
    static Buffer shown(int version, String text) {
        return new Buffer(version, LineEnds.shared(text));
    }
}

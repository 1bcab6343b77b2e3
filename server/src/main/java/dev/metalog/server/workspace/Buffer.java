package dev.metalog.server.workspace;

import dev.metalog.server.text.Text;

/**
 * What an editor shows.
 *
 * @param version the editor's own count of changes
 * @param text with {@code \n} where the editor shows {@code \r\n}
 */
record Buffer(int version, Text text) {
    static Buffer shown(int version, String text) {
        return new Buffer(version, Text.of(LineEnds.shared(text)));
    }
}

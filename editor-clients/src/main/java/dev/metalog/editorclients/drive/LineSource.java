package dev.metalog.editorclients.drive;

import java.io.IOException;

/** Where lines come from. */
interface LineSource {
    /**
     * The next line without its end, or null when no more will come.
     *
     * @throws BadCommandException when the line is too long or not UTF-8; it has been skipped, and the next can be read
     */
    String next() throws IOException;
}

package dev.metalog.server.eventgraph;

import dev.metalog.protocol.TextEdit;
import java.util.List;

/** Does to a text what an editor would do. */
final class Texts {
    private Texts() {}

    static String apply(String text, List<TextEdit> edits) {
        StringBuilder buffer = new StringBuilder(text);
        for (TextEdit edit : edits) {
            int end = edit.position() + edit.deleted();
            if (end > buffer.length()) {
                throw new IllegalArgumentException(edit + " does not fit a text of " + buffer.length() + " units.");
            }
            buffer.replace(edit.position(), end, edit.inserted());
        }
        return buffer.toString();
    }
}

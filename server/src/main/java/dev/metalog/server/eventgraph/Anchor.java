package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Version;

/**
 * A place between two characters that survives edits: of a caret, a mark, a comment.
 *
 * @param version the version whose text the position counts in
 * @param position in UTF-16 code units
 * @param side which of its neighbours the place stays with when something is inserted right there
 */
public record Anchor(Version version, int position, Side side) {
    public enum Side {
        BEFORE_INSERTED,
        AFTER_INSERTED
    }

    public Anchor {
        if (position < 0) {
            throw new IllegalArgumentException("A position is not negative: " + position);
        }
    }
}

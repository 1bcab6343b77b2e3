package dev.metalog.server.authorship;

import dev.metalog.protocol.Equivocation;

/**
 * What came of comparing what somebody has of a writer's signatures with what is here.
 *
 * @param contradiction what proves that the writer signed two histories; only of {@link Kind#TWO_HISTORIES}
 */
public record Comparison(Kind kind, Equivocation contradiction) {
    /** The three that there are. */
    public enum Kind {
        /** Both are of one history, or it is nothing that can be compared with anything here. */
        NOTHING_FOUND,
        /** It is of more than is here: the other one has to compare it with what we have. */
        THEIRS_IS_LONGER,
        /** The writer signed both, and one does not begin with the other. */
        TWO_HISTORIES
    }

    static final Comparison NOTHING_FOUND = new Comparison(Kind.NOTHING_FOUND, null);
    static final Comparison THEIRS_IS_LONGER = new Comparison(Kind.THEIRS_IS_LONGER, null);
}

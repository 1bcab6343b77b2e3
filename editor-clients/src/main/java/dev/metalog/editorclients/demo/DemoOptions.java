package dev.metalog.editorclients.demo;

/**
 * What a demonstration shall be like.
 *
 * @param editors which editors take part
 * @param edits how many random edits each person makes, at most {@value #MOST_EDITS}
 * @param seed makes the same edits again
 */
public record DemoOptions(Kind editors, int edits, long seed) {
    /** Every edit carries a character of its own, so that its arrival can be seen; there are this many for each person. */
    public static final int MOST_EDITS = 10_000;

    /** Which editors take part. */
    public enum Kind {
        /** Emacs when it is installed, or else the headless editor. */
        BEST,
        EMACS,
        HEADLESS
    }

    public DemoOptions {
        if (edits < 1 || edits > MOST_EDITS) {
            throw new IllegalArgumentException("--edits is a number from 1 to " + MOST_EDITS + ", not " + edits);
        }
    }
}

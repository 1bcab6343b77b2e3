package dev.metalog.protocol;

/**
 * One caret of an editor, or one selection: what is selected lies between the two places.
 *
 * @param anchor where the selection began, in UTF-16 code units
 * @param head where the caret is; equal to {@code anchor} when nothing is selected
 */
public record Caret(int anchor, int head) {
    public Caret {
        if (anchor < 0 || head < 0) {
            throw new IllegalArgumentException("A caret is at 0 or after it: " + anchor + ", " + head);
        }
    }

    public int start() {
        return Math.min(anchor, head);
    }

    public int end() {
        return Math.max(anchor, head);
    }
}

package dev.metalog.server.workspace;

/**
 * What an editor reports: {@code text} now stands in place of a range, or, when both positions are {@code null}, in place
 * of the whole document.
 */
public record RangeChange(TextPosition start, TextPosition end, String text) {
    public RangeChange {
        if ((start == null) != (end == null)) {
            throw new IllegalArgumentException("A range has both ends or none.");
        }
    }

    boolean isWhole() {
        return start == null;
    }
}

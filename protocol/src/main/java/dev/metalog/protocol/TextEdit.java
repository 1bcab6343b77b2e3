package dev.metalog.protocol;

/**
 * One replacement in a text: at {@code position}, {@code deleted} UTF-16 code units give way to {@code inserted}.
 *
 * <p>In a list the edits are sequential: each one's position counts in the text that the ones before it have left.
 *
 * @param position in UTF-16 code units from the start, 0 or more
 * @param deleted in UTF-16 code units, 0 or more
 * @param inserted whole characters only: no lone surrogate
 */
public record TextEdit(int position, int deleted, String inserted) {
    public TextEdit {
        if (position < 0 || deleted < 0) {
            throw new IllegalArgumentException(
                    "An edit cannot start at " + position + " or delete " + deleted + " code units.");
        }
        int lone = Utf16.loneSurrogate(inserted);
        if (lone >= 0) {
            throw new IllegalArgumentException("The inserted text has half a surrogate pair at index " + lone + ".");
        }
    }
}

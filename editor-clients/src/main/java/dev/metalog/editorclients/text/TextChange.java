package dev.metalog.editorclients.text;

/**
 * One stretch of text replaced by another.
 *
 * @param at UTF-16 offset of the first unit that goes
 * @param length UTF-16 units that go
 * @param text what comes in their place
 */
public record TextChange(int at, int length, String text) {
    public TextChange {
        if (at < 0 || length < 0) {
            throw new BadTextException("offset " + at + " and length " + length + " may not be negative");
        }
    }

    /** How much longer the text is afterwards. */
    public int growth() {
        return text.length() - length;
    }
}

package dev.metalog.protocol;

/** Tells whether UTF-16 text is whole: every high surrogate followed by its low one. */
final class Utf16 {
    private Utf16() {}

    /** The index of the first surrogate that has no partner, or -1. */
    static int loneSurrogate(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            boolean alone = Character.isHighSurrogate(unit)
                    ? i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))
                    : Character.isLowSurrogate(unit) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
            if (alone) {
                return i;
            }
        }
        return -1;
    }

    /** How many bytes the text takes as UTF-8; the text has no lone surrogate. */
    static int utf8Length(CharSequence text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            // A pair is four bytes, so two for each of its units.
            bytes += unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
        }
        return bytes;
    }
}

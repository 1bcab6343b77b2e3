package dev.metalog.protocol.codec;

/** UTF-16 code units that are to become UTF-8. */
final class Utf16Text {
    private Utf16Text() {}

    /** The length as UTF-8, or -1 if there is a surrogate without a partner. */
    static int utf8Length(char[] text, int from, int length) {
        int bytes = 0;
        int end = from + length;
        for (int i = from; i < end; i++) {
            char unit = text[i];
            if (Character.isSurrogate(unit)) {
                i++;
                if (Character.isLowSurrogate(unit) || i == end || !Character.isLowSurrogate(text[i])) {
                    return -1;
                }
                bytes += 4;
            } else {
                bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
            }
        }
        return bytes;
    }
}

package dev.metalog.server.text;

import dev.metalog.protocol.editor.PositionEncoding;

/**
 * Counts over UTF-16 code units. Of a surrogate pair the high half counts nothing and the low half all of it, so sums
 * over neighbouring pieces are right even where a pair is parted.
 */
final class Units {
    private Units() {}

    static boolean isPair(char before, char after) {
        return Character.isHighSurrogate(before) && Character.isLowSurrogate(after);
    }

    /** What the units take when they are counted in an encoding. */
    static long width(char[] units, int from, int to, PositionEncoding encoding) {
        return switch (encoding) {
            case UTF_8 -> utf8Width(units, from, to);
            case UTF_16 -> to - from;
            case UTF_32 -> to - from - highs(units, from, to);
        };
    }

    static int width(char unit, PositionEncoding encoding) {
        return switch (encoding) {
            case UTF_8 -> utf8Width(unit);
            case UTF_16 -> 1;
            case UTF_32 -> Character.isHighSurrogate(unit) ? 0 : 1;
        };
    }

    static int highs(char[] units, int from, int to) {
        int highs = 0;
        for (int i = from; i < to; i++) {
            if (Character.isHighSurrogate(units[i])) {
                highs++;
            }
        }
        return highs;
    }

    static long utf8Width(char[] units, int from, int to) {
        long width = 0;
        for (int i = from; i < to; i++) {
            width += utf8Width(units[i]);
        }
        return width;
    }

    private static int utf8Width(char unit) {
        if (unit < 0x80) {
            return 1;
        }
        if (unit < 0x800) {
            return 2;
        }
        return Character.isHighSurrogate(unit) ? 0 : Character.isLowSurrogate(unit) ? 4 : 3;
    }

    /** The line breaks that begin in these units: {@code \n}, {@code \r\n} and {@code \r} are one each. */
    static int breaks(char[] units, int from, int to) {
        int breaks = 0;
        for (int i = from; i < to; i++) {
            if (isBreak(units, from, i)) {
                breaks++;
            }
        }
        return breaks;
    }

    /** The index after the break of this number (from 1), counted from the start of the units; there is one. */
    static int afterBreak(char[] units, int number) {
        int left = number;
        int i = 0;
        while (true) {
            if (isBreak(units, 0, i) && --left == 0) {
                return i + 1;
            }
            i++;
        }
    }

    /** Whether a break begins at {@code i}: the second half of a CR LF begins none. */
    private static boolean isBreak(char[] units, int from, int i) {
        char unit = units[i];
        return unit <= '\r' && (unit == '\r' || (unit == '\n' && (i == from || units[i - 1] != '\r')));
    }
}

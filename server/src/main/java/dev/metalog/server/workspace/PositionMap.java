package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.PositionEncoding;

/**
 * Translates between LSP positions and UTF-16 offsets of one text. Lines end at {@code \n}, {@code \r\n} or {@code \r}
 * and nowhere else (LSP 3.17, Text Documents).
 */
final class PositionMap {
    private final String text;
    private final PositionEncoding encoding;

    PositionMap(String text, PositionEncoding encoding) {
        this.text = text;
        this.encoding = encoding;
    }

    /**
     * The offset of a position. A character past the end of its line means the end of that line, as LSP asks; the line
     * after the last one at character 0 means the end of the text, as several clients write it.
     *
     * @throws BadChange when there is no such line, or the position is inside a character
     */
    int offset(TextPosition position) throws BadChange {
        if (position.line() < 0 || position.character() < 0) {
            throw new BadChange("A position is negative: " + describe(position) + ".");
        }
        int start = 0;
        for (int line = 0; line < position.line(); line++) {
            int next = nextLine(start);
            if (next < 0) {
                if (line + 1 == position.line() && position.character() == 0) {
                    return text.length();
                }
                throw new BadChange("There is no " + describe(position) + ": the text has " + (line + 1) + " lines.");
            }
            start = next;
        }
        return start + unitsInto(start, position);
    }

    TextPosition position(int offset) {
        int line = 0;
        int start = 0;
        for (int next = nextLine(0); next >= 0 && next <= offset; next = nextLine(start)) {
            start = next;
            line++;
        }
        return new TextPosition(line, width(start, offset));
    }

    private int unitsInto(int start, TextPosition position) throws BadChange {
        int left = position.character();
        int at = start;
        while (left > 0 && at < text.length() && !isBreak(text.charAt(at))) {
            int character = text.codePointAt(at);
            int units = Character.charCount(character);
            left -= widthOf(character);
            at += units;
        }
        if (left < 0) {
            throw new BadChange("The position " + describe(position) + " is inside a character (counted in "
                    + encoding.lspName() + ").");
        }
        return at - start;
    }

    private int width(int from, int to) {
        if (encoding == PositionEncoding.UTF_16) {
            return to - from;
        }
        int width = 0;
        for (int at = from; at < to; ) {
            int character = text.codePointAt(at);
            width += widthOf(character);
            at += Character.charCount(character);
        }
        return width;
    }

    private int widthOf(int character) {
        return switch (encoding) {
            case UTF_8 -> character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
            case UTF_16 -> Character.charCount(character);
            case UTF_32 -> 1;
        };
    }

    /** Where the line after the one that holds {@code from} starts, or -1 when that one is the last. */
    private int nextLine(int from) {
        int lineFeed = text.indexOf('\n', from);
        int carriageReturn = indexOfReturn(from, lineFeed < 0 ? text.length() : lineFeed);
        if (carriageReturn >= 0) {
            return carriageReturn + 1 == lineFeed ? lineFeed + 1 : carriageReturn + 1;
        }
        return lineFeed < 0 ? -1 : lineFeed + 1;
    }

    private int indexOfReturn(int from, int to) {
        for (int at = from; at < to; at++) {
            if (text.charAt(at) == '\r') {
                return at;
            }
        }
        return -1;
    }

    private static boolean isBreak(char unit) {
        return unit == '\n' || unit == '\r';
    }

    private static String describe(TextPosition position) {
        return "line " + position.line() + ", character " + position.character() + " (both from 0)";
    }
}

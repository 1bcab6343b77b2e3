package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.text.Text;

/**
 * Translates between LSP positions and UTF-16 offsets of one text. Lines end at {@code \n}, {@code \r\n} or {@code \r}
 * and nowhere else (LSP 3.17, Text Documents).
 */
final class PositionMap {
    private final Text text;
    private final PositionEncoding encoding;

    PositionMap(Text text, PositionEncoding encoding) {
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
        int lines = text.lineCount();
        if (position.line() == lines && position.character() == 0) {
            return text.length();
        }
        if (position.line() >= lines) {
            throw new BadChange("There is no " + describe(position) + ": the text has " + lines + " lines.");
        }
        int end = text.lineEnd(position.line());
        long width = text.widthBefore(text.lineStart(position.line()), encoding) + position.character();
        if (width >= text.widthBefore(end, encoding)) {
            return end;
        }
        int offset = text.offsetOf(width, encoding);
        if (text.widthBefore(offset, encoding) != width || text.splitsPair(offset)) {
            throw new BadChange("The position " + describe(position) + " is inside a character (counted in "
                    + encoding.lspName() + ").");
        }
        return offset;
    }

    TextPosition position(int offset) {
        int line = text.lineAt(offset);
        long character = text.widthBefore(offset, encoding) - text.widthBefore(text.lineStart(line), encoding);
        return new TextPosition(line, (int) character);
    }

    private static String describe(TextPosition position) {
        return "line " + position.line() + ", character " + position.character() + " (both from 0)";
    }
}

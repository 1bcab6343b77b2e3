package dev.metalog.server.text;

import dev.metalog.protocol.editor.PositionEncoding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The oracle: the same answers as {@link Text} gives, each found by looking through a whole string. */
final class PlainText {
    private final String text;
    /** Where each line starts and where its break begins. */
    private final List<Integer> starts = new ArrayList<>();

    private final List<Integer> ends = new ArrayList<>();

    PlainText(String text) {
        this.text = text;
        starts.add(0);
        for (int i = 0; i < text.length(); i++) {
            boolean pair = text.startsWith("\r\n", i);
            if (pair || text.charAt(i) == '\n' || text.charAt(i) == '\r') {
                ends.add(i);
                i += pair ? 1 : 0;
                starts.add(i + 1);
            }
        }
        ends.add(text.length());
    }

    int lineCount() {
        return starts.size();
    }

    int lineStart(int line) {
        return starts.get(line);
    }

    int lineEnd(int line) {
        return ends.get(line);
    }

    int lineAt(int offset) {
        int line = 0;
        while (line + 1 < starts.size() && starts.get(line + 1) <= offset) {
            line++;
        }
        return line;
    }

    boolean splitsPair(int offset) {
        return offset > 0
                && offset < text.length()
                && Character.isSurrogatePair(text.charAt(offset - 1), text.charAt(offset));
    }

    /** The offset is at a character's edge. */
    long widthBefore(int offset, PositionEncoding encoding) {
        return switch (encoding) {
            case UTF_8 -> text.substring(0, offset).getBytes(StandardCharsets.UTF_8).length;
            case UTF_16 -> offset;
            case UTF_32 -> text.codePointCount(0, offset);
        };
    }

    int offsetOf(long width, PositionEncoding encoding) {
        if (encoding == PositionEncoding.UTF_16) {
            return (int) width;
        }
        int offset = 0;
        for (long passed = 0; passed < width; ) {
            String character = Character.toString(text.codePointAt(offset));
            passed += encoding == PositionEncoding.UTF_32 ? 1 : character.getBytes(StandardCharsets.UTF_8).length;
            offset += character.length();
        }
        return offset;
    }
}

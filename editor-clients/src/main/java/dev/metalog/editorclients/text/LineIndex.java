package dev.metalog.editorclients.text;

import java.util.Arrays;

/**
 * Where the lines of a text start. Lines end with {@code \n}, {@code \r\n} or {@code \r} and with nothing else (LSP 3.17).
 *
 * <p>Found lazily from the front and kept: a change throws away what lies behind it, a question scans only as far as it
 * has to. Typing in one place therefore costs the distance from there to the next question, not the whole text.
 */
final class LineIndex {
    private final CharSequence text;
    private int[] starts = new int[64];
    private int known = 1;
    /** Everything before this offset has been looked at; it is at least the last known start. */
    private int scannedTo;

    LineIndex(CharSequence text) {
        this.text = text;
    }

    /** The text changed at this offset or behind it. */
    void changedFrom(int offset) {
        // A start at the offset itself may be wrong too: a \n put there makes \r\n of the \r before it.
        while (known > 1 && starts[known - 1] >= offset) {
            known--;
        }
        scannedTo = Math.min(scannedTo, starts[known - 1]);
    }

    /** The number of the line that holds the offset; an offset behind a line's end belongs to the next line. */
    int lineOf(int offset) {
        while (scannedTo < text.length() && starts[known - 1] <= offset) {
            scanOneLine();
        }
        int found = Arrays.binarySearch(starts, 0, known, offset);
        return found >= 0 ? found : -found - 2;
    }

    int startOf(int line) {
        while (known <= line && scannedTo < text.length()) {
            scanOneLine();
        }
        if (line < 0 || line >= known) {
            throw new BadTextException("line " + line + " is not in a text of " + known + " lines");
        }
        return starts[line];
    }

    /** The offset behind the line's last character, before its line end. */
    int endOf(int line) {
        int at = startOf(line);
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            at++;
        }
        return at;
    }

    private void scanOneLine() {
        int at = scannedTo;
        while (at < text.length()) {
            char unit = text.charAt(at++);
            if (unit == '\n' || unit == '\r') {
                if (unit == '\r' && at < text.length() && text.charAt(at) == '\n') {
                    at++;
                }
                remember(at);
                break;
            }
        }
        scannedTo = at;
    }

    private void remember(int start) {
        if (known == starts.length) {
            starts = Arrays.copyOf(starts, known * 2);
        }
        starts[known++] = start;
    }
}

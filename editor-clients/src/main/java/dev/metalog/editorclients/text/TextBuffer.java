package dev.metalog.editorclients.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.eclipse.lsp4j.Position;

/**
 * One buffer's text, in UTF-16 code units. Not for several threads at once.
 *
 * <p>A change never splits a surrogate pair and never brings half of one, so the text can always be written as UTF-8.
 */
public final class TextBuffer {
    private final StringBuilder text;
    private final LineIndex lines;
    private int carriageReturns;
    /** The text as one string, as long as nothing has changed since it was asked for. */
    private String whole;

    public TextBuffer(String initial) {
        requireWhole(initial);
        text = new StringBuilder(initial);
        lines = new LineIndex(text);
        carriageReturns = countCarriageReturns(initial);
        whole = initial;
    }

    public int length() {
        return text.length();
    }

    public String text() {
        if (whole == null) {
            whole = text.toString();
        }
        return whole;
    }

    /** The UTF-16 range {@code [from, to)}. */
    public String text(int from, int to) {
        return text.substring(from, to);
    }

    /** Whether a carriage return is in the text, so that lines may end with more than {@code \n}. */
    public boolean hasCarriageReturns() {
        return carriageReturns > 0;
    }

    /** The offset in this text of an offset in the same text with {@code \n} line ends. */
    public int offsetOfLfOffset(int lfOffset) {
        int at = lfOffset;
        if (hasCarriageReturns()) {
            int pairs = 0;
            for (int end = text.indexOf("\r\n");
                    end >= 0 && end - pairs < lfOffset;
                    end = text.indexOf("\r\n", end + 2)) {
                pairs++;
            }
            at += pairs;
        }
        return at;
    }

    /**
     * Throws what {@link #apply} would throw, and changes nothing.
     *
     * @throws BadTextException when the change does not fit
     */
    public void check(TextChange change) {
        int end = change.at() + change.length();
        if (end < 0 || end > text.length()) {
            throw new BadTextException("offsets " + change.at() + " to " + (change.at() + (long) change.length())
                    + " are not in a text of " + text.length() + " UTF-16 units");
        }
        requireBoundary(change.at());
        requireBoundary(end);
        requireWhole(change.text());
    }

    /** @throws BadTextException when the change does not fit; the text is as before then */
    public void apply(TextChange change) {
        check(change);
        int end = change.at() + change.length();
        if (carriageReturns > 0) {
            carriageReturns -= countCarriageReturns(text.substring(change.at(), end));
        }
        carriageReturns += countCarriageReturns(change.text());
        text.replace(change.at(), end, change.text());
        whole = null;
        lines.changedFrom(change.at());
    }

    public Position positionOf(int offset, PositionEncoding encoding) {
        int line = lines.lineOf(offset);
        int start = lines.startOf(line);
        return new Position(line, encoding.count(text, start, offset));
    }

    /** @throws BadTextException when the position is not in the text, or inside a character */
    public int offsetOf(Position position, PositionEncoding encoding) {
        int line = position.getLine();
        int start = lines.startOf(line);
        return encoding.advance(text, start, lines.endOf(line), position.getCharacter());
    }

    /** SHA-256 of the text with {@code \n} line ends as UTF-8, in 64 hex digits. */
    public static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(withLf(text).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The same text with every line ended by {@code \n}. */
    public static String withLf(String text) {
        return text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n").replace('\r', '\n');
    }

    private static int countCarriageReturns(String text) {
        int count = 0;
        for (int at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) {
            count++;
        }
        return count;
    }

    private void requireBoundary(int offset) {
        if (offset > 0
                && offset < text.length()
                && Character.isLowSurrogate(text.charAt(offset))
                && Character.isHighSurrogate(text.charAt(offset - 1))) {
            throw new BadTextException("offset " + offset + " is inside a surrogate pair");
        }
    }

    private static void requireWhole(String text) {
        int at = 0;
        while (at < text.length()) {
            int codePoint = text.codePointAt(at);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                throw new BadTextException("the text has half a surrogate pair at " + at + ", which UTF-8 cannot hold");
            }
            at += Character.charCount(codePoint);
        }
    }
}

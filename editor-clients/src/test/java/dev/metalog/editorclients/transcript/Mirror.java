package dev.metalog.editorclients.transcript;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;

/**
 * One document as a sidecar knows it, from what it was told. Written as plainly as possible, and sharing no code with the
 * editor it checks.
 */
public final class Mirror {
    private final String encoding;
    private String text;
    private int version;

    Mirror(String encoding, String text, int version) {
        this.encoding = encoding;
        this.text = text;
        this.version = version;
    }

    public String text() {
        return text;
    }

    public int version() {
        return version;
    }

    void change(int newVersion, List<TextDocumentContentChangeEvent> changes) {
        if (newVersion <= version) {
            throw new AssertionError("version " + newVersion + " came after version " + version);
        }
        version = newVersion;
        for (TextDocumentContentChangeEvent change : changes) {
            if (change.getRange() == null) {
                text = change.getText();
            } else {
                int start = offset(change.getRange().getStart());
                int end = offset(change.getRange().getEnd());
                text = text.substring(0, start) + change.getText() + text.substring(end);
            }
        }
    }

    private int offset(Position position) {
        int at = 0;
        for (int line = 0; line < position.getLine(); line++) {
            at = afterLineEnd(at);
        }
        int units = 0;
        while (units < position.getCharacter()) {
            if (at >= text.length() || text.charAt(at) == '\n' || text.charAt(at) == '\r') {
                throw new AssertionError(position + " is beyond its line's end in " + text);
            }
            int codePoint = text.codePointAt(at);
            units += units(codePoint);
            at += Character.charCount(codePoint);
        }
        if (units != position.getCharacter()) {
            throw new AssertionError(position + " is inside a character of " + text);
        }
        return at;
    }

    private int afterLineEnd(int from) {
        for (int at = from; at < text.length(); at++) {
            if (text.startsWith("\r\n", at)) {
                return at + 2;
            }
            if (text.charAt(at) == '\n' || text.charAt(at) == '\r') {
                return at + 1;
            }
        }
        throw new AssertionError("there is no further line in " + text);
    }

    private int units(int codePoint) {
        String character = Character.toString(codePoint);
        return switch (encoding) {
            case "utf-8" -> character.getBytes(StandardCharsets.UTF_8).length;
            case "utf-16" -> character.length();
            case "utf-32" -> 1;
            default -> throw new AssertionError(encoding);
        };
    }
}

package dev.metalog.server.editor;

/**
 * A stretch of text between two positions, the end not included. Lines and characters count from 0; characters in the
 * session's {@link dev.metalog.protocol.editor.PositionEncoding}.
 */
public record TextRange(int startLine, int startCharacter, int endLine, int endCharacter) {
    public TextRange {
        if (startLine < 0 || startCharacter < 0 || endLine < 0 || endCharacter < 0) {
            throw new IllegalArgumentException("A position is negative.");
        }
        if (endLine < startLine || (endLine == startLine && endCharacter < startCharacter)) {
            throw new IllegalArgumentException("A range ends before it starts.");
        }
    }

    /** Whether this range ends where the other starts, or before. */
    boolean endsBefore(TextRange other) {
        return endLine < other.startLine || (endLine == other.startLine && endCharacter <= other.startCharacter);
    }
}

package dev.metalog.server.workspace;

/** What an editor is asked to do: put {@code text} in place of a range. */
public record RangeEdit(TextPosition start, TextPosition end, String text) {}

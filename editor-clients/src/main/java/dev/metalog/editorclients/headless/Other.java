package dev.metalog.editorclients.headless;

/**
 * Somebody else who is shown in a document.
 *
 * @param name what it is called, or empty
 * @param at where its caret is, in UTF-16 units of the buffer; -1 when that is not known
 * @param after the text after it, a few characters
 */
public record Other(String peerId, String name, int at, String after) {}

package dev.metalog.server.editor;

/**
 * One change that an editor reports. The changes of one {@code didChange} follow each other: each refers to the text
 * that the ones before it made.
 *
 * @param range what is replaced; absent (null) when the text is the whole new text of the document
 * @param text as it came, which may hold {@code \r\n} and half a surrogate pair
 */
public record Change(TextRange range, String text) {}

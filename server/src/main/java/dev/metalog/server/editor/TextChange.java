package dev.metalog.server.editor;

/**
 * One part of an edit that the sidecar asks an editor to apply. All parts of one edit refer to the text before it.
 *
 * @param range what is replaced, in the text of the version the edit names
 */
public record TextChange(TextRange range, String newText) {}

package dev.metalog.server.workspace;

/** One editor's session with this sidecar; never reused. */
public record EditorId(long value) {}

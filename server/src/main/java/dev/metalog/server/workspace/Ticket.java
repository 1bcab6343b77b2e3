package dev.metalog.server.workspace;

/** Which request of which editor an answer belongs to. */
record Ticket(EditorId editor, long number) {}

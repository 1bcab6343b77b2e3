package dev.metalog.server.workspace;

/** What an editor answered when it was asked to apply an edit. */
public enum EditOutcome {
    APPLIED,
    REFUSED
}

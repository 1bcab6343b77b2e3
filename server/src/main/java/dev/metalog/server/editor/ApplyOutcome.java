package dev.metalog.server.editor;

/**
 * What an editor answered to an edit.
 *
 * @param reason why it was not applied, in the editor's words; absent (null) when it was applied
 */
public record ApplyOutcome(Kind kind, String reason) {
    /** The three ways an edit ends. */
    public enum Kind {
        /** The editor says so; the changes that follow tell whether it is true. */
        APPLIED,
        /** The editor kept its text, as a rule because its version had moved on. */
        REFUSED,
        /** The editor answered with an error or with something that is no answer. */
        FAILED
    }
}

package dev.metalog.server.editor.frame;

/**
 * What a JSON-RPC message is, before anybody looks at what it says.
 *
 * @param id JSON text, a string or a whole number of 32 bits; {@code null} in letters for a notification
 * @param method null for a response
 * @param params the JSON text of the parameters; null when they are absent or JSON {@code null}
 */
public record Heading(Kind kind, String id, String method, String params) {
    /** The three kinds of JSON-RPC 2.0. */
    public enum Kind {
        REQUEST,
        NOTIFICATION,
        RESPONSE
    }
}

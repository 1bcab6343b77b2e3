package dev.metalog.editorclients.headless;

/**
 * Something that happened without being asked for.
 *
 * @param name {@code connection}, {@code documentStatus}, {@code peerDiscovered}, {@code peerLeft}, {@code
 *     messageReceived}, {@code fileReceived}, {@code peerMessage}, {@code blackboardChanged}, {@code message}, {@code repaired}, {@code readOnly}, {@code sidecarStarted} or {@code sidecarEnded}
 * @param body what the sidecar sent with it, or one of the records below
 */
public record EditorEvent(String name, Object body) {
    /** What a person is shown: {@code error}, {@code warning}, {@code info} or {@code log}. */
    public record Message(String type, String message) {}

    /** A buffer that differed from the shared text was reported whole. */
    public record Repaired(String uri) {}

    /** The person is kept from typing in a document from now on, or no longer. */
    public record ReadOnly(String uri, boolean readOnly) {}

    /** The sidecar ended; the editor starts it again unless {@code explanation} says why not. */
    public record SidecarEnded(int exitCode, String explanation) {}

    /** A sidecar answered {@code initialize}. */
    public record SidecarStarted(String positionEncoding) {}
}

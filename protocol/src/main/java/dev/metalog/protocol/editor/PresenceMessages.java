package dev.metalog.protocol.editor;

import java.util.List;

/** Parameters of the messages about where people look. Positions are those of LSP, in the encoding of the session. */
public final class PresenceMessages {
    private PresenceMessages() {}

    /**
     * {@code presence} of the {@code initializationOptions}: the editor wants {@code meta-log/presenceChanged}.
     *
     * @param name what the person is called there where others see it; absent: by the id
     */
    public record Wish(String name) {}

    /** A position; both from 0. */
    public record Place(int line, int character) {}

    /**
     * A caret, or a selection with its direction.
     *
     * @param anchor where the selection began; equal to {@code head} when nothing is selected
     * @param head where the caret is
     */
    public record Span(Place anchor, Place head) {}

    /**
     * {@code meta-log/presence}: where the person looks now.
     *
     * @param version of the document whose text the positions are of
     * @param selections the first is the main one, and the first 16 are told; absent: nothing is to be told any more
     * @param focused whether the person has the document in front
     */
    public record Look(String uri, int version, List<Span> selections, boolean focused) {}

    /**
     * Somebody else who is in a document.
     *
     * @param name what it calls itself; absent when it does not
     * @param selections the first is the main one; none while it is not known where they are
     * @param focused whether it has the document in front
     * @param idle whether nothing has happened there for a minute
     * @param colour from 0 to 7, to tell people apart
     */
    public record Person(
            String peerId, String name, List<Span> selections, boolean focused, boolean idle, int colour) {}

    /**
     * {@code meta-log/presenceChanged}: everybody else who is in a document.
     *
     * @param version of the document whose text the positions are of
     */
    public record Changed(String uri, int version, List<Person> people) {}
}

package dev.metalog.editorclients.headless;

import dev.metalog.editorclients.text.TextChange;
import java.util.List;

/**
 * A change of a buffer that has just happened.
 *
 * @param origin who made it
 * @param version the document's version afterwards
 * @param changes in the order they were made, each told in the text the one before it left
 * @param nanoTime when it was done, by {@link System#nanoTime}
 */
public record BufferChange(Origin origin, int version, List<TextChange> changes, long nanoTime) {
    /** Who made a change. */
    public enum Origin {
        PERSON,
        SIDECAR
    }
}

package dev.metalog.editorclients.headless;

/** Hears of every change of a buffer, in order, right after it. Must be quick: the editor waits for it. */
@FunctionalInterface
public interface BufferListener {
    void changed(BufferChange change);
}

package dev.metalog.server.editor.frame;

/** Where the next message begins can no longer be said. */
public final class FramingLost extends Exception {
    FramingLost(String why) {
        super(why);
    }
}

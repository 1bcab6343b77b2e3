package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Limits;

/** How a long inserted text is cut, so that each piece fits an event and no surrogate pair is parted. */
final class Pieces {
    private Pieces() {}

    /** The end of the piece that starts here. */
    static int end(String text, int from) {
        int to = Math.min(text.length(), from + Limits.EVENT_INSERTED_UNITS);
        return to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? to - 1 : to;
    }
}

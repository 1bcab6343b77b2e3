package dev.metalog.server.trace.bench;

/** Where two people type in a finished document; the peers' script has the same places. */
final class Keys {
    static final int COUNT = 500;

    private Keys() {}

    /** A third into the text, in UTF-16 code units. */
    static int annasPlace(String text) {
        return wholeAt(text, text.length() / 3);
    }

    /** Two thirds into it. Before each of Ben's keys come all of his and of Anna's so far. */
    static int bensPlace(String text) {
        return wholeAt(text, 2 * (text.length() / 3));
    }

    private static int wholeAt(String text, int position) {
        boolean insidePair = position > 0
                && position < text.length()
                && Character.isLowSurrogate(text.charAt(position))
                && Character.isHighSurrogate(text.charAt(position - 1));
        return insidePair ? position - 1 : position;
    }
}

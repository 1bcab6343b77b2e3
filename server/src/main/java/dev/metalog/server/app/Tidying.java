package dev.metalog.server.app;

/**
 * When to give memory back that a time of much work took: once little is heard after much was. The collector by itself keeps what it
 * took, and an editor may be left open for days.
 */
final class Tidying {
    /** Of so many inputs together what they left behind is worth a collection, which takes some hundredths of a second. */
    static final int MUCH = 500;
    /** With so few in {@link #WINDOW_MILLIS} nobody types: these are peers who say that they are there. */
    static final int FEW = 40;

    static final long WINDOW_MILLIS = 20_000;

    private long windowSinceMillis;
    private int inWindow;
    private int sinceLast;

    Tidying(long nowMillis) {
        windowSinceMillis = nowMillis;
    }

    /** So many inputs were heard just now. Returns whether it is time; it counts as done then. */
    boolean isDue(int inputs, long nowMillis) {
        sinceLast += inputs;
        boolean isOver = nowMillis - windowSinceMillis >= WINDOW_MILLIS || nowMillis < windowSinceMillis;
        boolean isDue = isOver && inWindow <= FEW && sinceLast >= MUCH;
        if (isOver) {
            windowSinceMillis = nowMillis;
            inWindow = 0;
        }
        inWindow += inputs;
        if (isDue) {
            sinceLast = 0;
        }
        return isDue;
    }
}

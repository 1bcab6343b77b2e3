package dev.metalog.protocol.codec;

/** Bytes that are no columns of events; the codecs say of what they were to be a part. */
final class MalformedColumnsException extends Exception {
    private final int runIndex;

    /** @param at the byte where reading stopped */
    MalformedColumnsException(int at, String why) {
        super("at byte " + at + ", " + why + ".");
        this.runIndex = -1;
    }

    private MalformedColumnsException(String why, int runIndex) {
        super(why);
        this.runIndex = runIndex;
    }

    static MalformedColumnsException atRun(int runIndex, String why) {
        return new MalformedColumnsException("at run " + runIndex + ", " + why + ".", runIndex);
    }

    static MalformedColumnsException of(String why) {
        return new MalformedColumnsException(why + ".", -1);
    }

    /** The run, counted from 0; -1 if no single one is at fault. */
    int runIndex() {
        return runIndex;
    }
}

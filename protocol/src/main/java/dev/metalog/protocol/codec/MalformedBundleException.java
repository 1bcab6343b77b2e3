package dev.metalog.protocol.codec;

/** Bytes that are not a bundle. Nothing of them was kept; whoever sent them is faulty or hostile. */
public final class MalformedBundleException extends Exception {
    private final int runIndex;

    MalformedBundleException(int runIndex, String why, Throwable cause) {
        super("Not a bundle: " + why, cause);
        this.runIndex = runIndex;
    }

    /** The run, counted from 0, at which something is wrong; -1 if it is not at a single one. */
    public int runIndex() {
        return runIndex;
    }
}

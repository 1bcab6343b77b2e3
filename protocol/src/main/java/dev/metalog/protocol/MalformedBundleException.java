package dev.metalog.protocol;

/** Bytes that are not a bundle. Nothing of them was kept; whoever sent them is faulty or hostile. */
public final class MalformedBundleException extends Exception {
    private final int eventIndex;

    MalformedBundleException(int eventIndex, String why, Throwable cause) {
        super((eventIndex < 0 ? "Not a bundle: " : "Not a bundle, at event " + eventIndex + ": ") + why, cause);
        this.eventIndex = eventIndex;
    }

    /** The event, counted from 0, at which reading stopped; -1 outside of any. */
    public int eventIndex() {
        return eventIndex;
    }
}

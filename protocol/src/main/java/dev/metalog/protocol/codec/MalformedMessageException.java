package dev.metalog.protocol.codec;

/** Bytes that are no peer message. Says why; nothing was kept of them. */
public final class MalformedMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean newer;

    MalformedMessageException(String message) {
        this(message, false);
    }

    private MalformedMessageException(String message, boolean newer) {
        super(message);
        this.newer = newer;
    }

    static MalformedMessageException ofNewer(int kind) {
        return new MalformedMessageException(
                "A message of kind " + kind + ", which only a newer meta-log understands. Upgrade this one.", true);
    }

    /** Whether a newer meta-log wrote it and means it to be understood: this one needs an upgrade. */
    public boolean isOfNewer() {
        return newer;
    }
}

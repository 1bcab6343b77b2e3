package dev.metalog.server.editor;

/** Why a conversation with an editor ended. The exit codes are those of {@code docs/protocol-editor.md}. */
public enum EndReason {
    /** The editor sent {@code shutdown} and {@code exit}. */
    SHUTDOWN_AND_EXIT(0),
    /** The editor closed our standard input, or went away while we wrote. */
    END_OF_INPUT(0),
    /** The process that {@code initialize} named as the editor is gone. */
    CLIENT_DIED(0),
    /** The sidecar itself closed the session. */
    CLOSED(0),
    /** The editor sent {@code exit} without {@code shutdown}. */
    EXIT_WITHOUT_SHUTDOWN(1),
    /** Nobody can say any more where the next message begins. */
    FRAMING_LOST(2),
    /** The editor stopped reading until the outbox was full; started again, it is brought up to date. */
    OUTBOX_FULL(2),
    /** The sidecar that we passed messages on to went away. */
    HOST_GONE(3);

    private final int exitCode;

    EndReason(int exitCode) {
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}

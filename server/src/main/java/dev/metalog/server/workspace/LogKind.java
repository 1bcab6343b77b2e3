package dev.metalog.server.workspace;

/** What a record of a document's log holds. The numbers are part of the disk format. */
public enum LogKind {
    /** A bundle of events that a peer sent. */
    BUNDLE(1),
    /** What an editor showed and was offered; see {@link ShownRecord}. */
    SHOWN(2),
    /**
     * A bundle of events typed here. The editor that showed its parents shows it too: one record says both, so that a
     * process killed between two writes cannot know the key and not know that the editor has it.
     */
    TYPED(3);

    private final int number;

    LogKind(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}

package dev.metalog.server.workspace;

/** What a record of a document's log holds. The numbers are part of the disk format. */
public enum LogKind {
    /** A bundle of events, ours or another's. */
    BUNDLE(1),
    /** What an editor showed and was offered; see {@link ShownRecord}. */
    SHOWN(2);

    private final int number;

    LogKind(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}

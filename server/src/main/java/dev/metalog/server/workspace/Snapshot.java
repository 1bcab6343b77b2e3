package dev.metalog.server.workspace;

import java.util.List;

/** Everything that a log amounts to at one moment, to take the place of its records. */
public interface Snapshot {
    /** As records of a log. */
    List<StoredDocument.Item> records();

    /**
     * What differs between the records that a snapshot is to replace and those it consists of, when both are replayed;
     * {@code null} when nothing does.
     */
    String differs(List<StoredDocument.Item> replaced, List<StoredDocument.Item> written);
}

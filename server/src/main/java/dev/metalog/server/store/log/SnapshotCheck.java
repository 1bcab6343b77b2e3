package dev.metalog.server.store.log;

import dev.metalog.server.store.file.StoreRefused;

/** Decides whether a snapshot may stand for the records that it is to replace. What records mean only its owner knows. */
@FunctionalInterface
public interface SnapshotCheck {
    /**
     * @param replaced what the snapshot is to stand for, as it is read back from the disk
     * @param snapshot what the snapshot says, as it is read back from the disk
     * @return {@code null} if both amount to the same, or else what differs
     */
    String difference(RecordSource replaced, RecordSource snapshot) throws StoreRefused;
}

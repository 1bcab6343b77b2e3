package dev.metalog.server.store.log;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.nio.file.Path;

/** The logs of one workspace, each in a folder of its own. To open one is for the holder of the workspace's lock. */
public final class DocumentLogs {
    private final StoreFiles files;
    private final Path folder;
    private final DocumentLog.Bounds bounds;
    private final Unwritten.Room room = new Unwritten.Room(Unwritten.MOST_BYTES);

    /** @param folder the workspace's */
    public DocumentLogs(StoreFiles files, Path folder) {
        this(files, folder, DocumentLog.Bounds.USUAL);
    }

    public DocumentLogs(StoreFiles files, Path folder, DocumentLog.Bounds bounds) {
        this.files = files;
        this.folder = folder;
        this.bounds = bounds;
    }

    /** Opens a document's log, making it when it is missing; mended, if something is wrong with it. */
    public DocumentLog open(DocumentId id) throws StoreRefused {
        return DocumentLog.open(place(id), bounds, room);
    }

    /** Reads a document's log and changes nothing; works without the lock, beside a sidecar that writes. */
    public LogReading read(DocumentId id) throws StoreRefused {
        return LogReading.of(files, folder.resolve(id.value()), id);
    }

    private DocumentLog.Place place(DocumentId id) {
        return new DocumentLog.Place(files, folder.resolve(id.value()), id);
    }
}

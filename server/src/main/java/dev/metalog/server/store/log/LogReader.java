package dev.metalog.server.store.log;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.file.Path;

/** Tells the records of files that were found good before. */
final class LogReader {
    /** The length of a segment that is read as far as it goes. */
    static final long ALL = -1;

    private final StoreFiles files;
    private final Path folder;
    private final DocumentId id;

    LogReader(DocumentLog.Place place) {
        this.files = place.files();
        this.folder = place.folder();
        this.id = place.id();
    }

    /**
     * The records of a snapshot and of the segments behind it.
     *
     * @param snapshot {@code null} for the first segment on
     * @param last the number of the last segment
     * @param endOfLast how long that one is, or {@link #ALL}
     * @throws StoreRefused when one of them is not as it was
     */
    void tell(LogName snapshot, int last, long endOfLast, RecordConsumer consumer) throws StoreRefused {
        try {
            int number = firstSegment();
            if (snapshot != null) {
                tellSnapshot(snapshot.in(folder), snapshot, consumer);
                number = snapshot.number();
            }
            for (; number <= last; number++) {
                LogName name = LogName.segment(number);
                LogFile found = LogFile.readAgain(files, name.in(folder), name, id, consumer);
                demandGood(found, number == last && endOfLast != ALL ? endOfLast : found.bytes());
            }
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Reading the log", e);
        }
    }

    /** The records of a snapshot, which may lie under another name still. */
    void tellSnapshot(Path file, LogName name, RecordConsumer consumer) throws StoreRefused {
        try {
            LogFile found = SnapshotFile.read(files, file, name, id, consumer);
            demandGood(found, found.bytes());
        } catch (IOException e) {
            throw StoreRefused.because(file, "Reading a snapshot", e);
        }
    }

    private int firstSegment() throws IOException {
        if (files.exists(LogName.SINGLE_FILE.in(folder))) {
            return 0;
        }
        int first = Integer.MAX_VALUE;
        for (Path file : files.list(folder)) {
            LogName name = LogName.parse(file);
            if (name != null && !name.isSnapshot()) {
                first = Math.min(first, name.number());
            }
        }
        return first;
    }

    private void demandGood(LogFile file, long end) throws StoreRefused {
        if (!file.isClean() || file.goodBytes() != end) {
            throw new StoreRefused(
                    StoreRefused.Reason.DAMAGED,
                    file.name().in(folder),
                    "It changed while it was open: good up to byte " + file.goodBytes() + " of " + end + ".",
                    "Something else writes here, or the disk fails. Restart meta-log; it keeps a copy and goes on.");
        }
    }
}

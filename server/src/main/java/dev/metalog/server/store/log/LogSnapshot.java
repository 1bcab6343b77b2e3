package dev.metalog.server.store.log;

import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeSet;

/**
 * A snapshot on its way: it takes the place of a log's older snapshot and of the segments up to where it was begun. The
 * order of steps is what keeps the log whole at every moment:
 *
 * <pre>
 * write under a name that does not count ─▶ force ─▶ read back and compare with what it replaces ─▶ give it its name
 *   ─▶ force the folder ─▶ only now remove what is older than the snapshot <em>before</em> this one
 * </pre>
 *
 * <p>So a log always has two ways to the same text, as soon as there was one snapshot: the newest one, and the one before
 * (or the first segment) with all that follows it. The older way is taken when the newest snapshot is found damaged.
 */
public final class LogSnapshot {
    static final String UNFINISHED = ".unfinished";

    private final StoreFiles files;
    private final DocumentLog.Place place;
    private final DocumentLog log;
    private final LogName before;
    private final LogName name;
    private final byte[] previous;

    LogSnapshot(DocumentLog.Place place, DocumentLog log, LogName before, LogName name, byte[] previous) {
        this.files = place.files();
        this.place = place;
        this.log = log;
        this.before = before;
        this.name = name;
        this.previous = previous;
    }

    /**
     * Writes it, checks it, and lets it count. May take long; runs on any thread, and the log goes on meanwhile.
     *
     * @throws StoreRefused when it could not be written, or says something else than what it replaces; then the log is as
     *     it was
     */
    public void write(RecordSource records, SnapshotCheck check) throws StoreRefused {
        Path unfinished = place.folder().resolve(name.in(place.folder()).getFileName() + UNFINISHED);
        boolean counts = false;
        long bytes = 0;
        try {
            files.delete(unfinished);
            SnapshotFile.write(files, unfinished, name, LogFormat.header(name, place.id(), previous), records);
            demandEqual(check, unfinished);
            synchronized (log) {
                if (!log.isUsable()) {
                    return;
                }
                files.rename(unfinished, name.in(place.folder()));
            }
            files.forceFolder(place.folder());
            counts = true;
            log.sync();
            bytes = SnapshotFile.read(files, name.in(place.folder()), name, place.id(), (type, body) -> {})
                    .bytes();
            removeOlderThan(before);
        } catch (IOException e) {
            throw StoreRefused.because(place.folder(), "Writing a snapshot", e);
        } finally {
            if (!counts && log.isUsable()) {
                forget(unfinished);
            }
            log.snapshotEnded(counts ? name : null, bytes);
        }
    }

    /** It will not be written. */
    public void abandon() {
        log.snapshotEnded(null, 0);
    }

    private void demandEqual(SnapshotCheck check, Path unfinished) throws StoreRefused {
        LogReader reader = new LogReader(place);
        RecordSource replaced = consumer -> reader.tell(before, name.number() - 1, LogReader.ALL, consumer);
        RecordSource written = consumer -> reader.tellSnapshot(unfinished, name, consumer);
        String difference = check.difference(replaced, written);
        if (difference != null) {
            throw new StoreRefused(
                    StoreRefused.Reason.DAMAGED,
                    place.folder(),
                    "A snapshot is not what it was to replace, and was not used: " + difference + ".",
                    "Nothing was changed, and the log goes on. Check this disk and its memory, and report this.");
        }
    }

    /** What the snapshot before this one does not need either. */
    private void removeOlderThan(LogName oldest) throws IOException {
        if (oldest == null) {
            return;
        }
        TreeSet<LogName> names = new TreeSet<>();
        for (Path file : files.list(place.folder())) {
            LogName found = LogName.parse(file);
            if (found != null) {
                names.add(found);
            }
        }
        if (files.exists(LogName.SINGLE_FILE.in(place.folder()))) {
            names.add(LogName.SINGLE_FILE);
        }
        for (LogName found : names) {
            if (found.number() < oldest.number()) {
                files.delete(found.in(place.folder()));
            }
        }
    }

    /** A file that does not count is swept away the next time the log is opened, if not now. */
    private void forget(Path unfinished) {
        try {
            files.delete(unfinished);
        } catch (IOException e) {
            // Left for the sweep.
            return;
        }
    }
}

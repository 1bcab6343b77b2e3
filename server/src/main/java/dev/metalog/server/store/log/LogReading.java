package dev.metalog.server.store.log;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is in a document's log, read without changing anything and without the workspace's lock. A sidecar may append
 * meanwhile: then the last record may be there in part, which is no damage. It may also replace old files by a snapshot;
 * then reading begins anew.
 */
public final class LogReading {
    private static final int MOST_TRIES = 20;

    /** A file that is not as it was written, and from which byte on. */
    public record Damage(Path file, long atByte) {}

    @SuppressWarnings("ArrayRecordComponent") // a carrier: never compared
    private record Kept(byte type, byte[] body) {}

    private final List<Kept> records = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private final List<Path> aside = new ArrayList<>();
    private long bytes;
    private long tornBytes;
    private boolean hasSnapshot;

    private LogReading() {}

    /** @param folder the document's */
    static LogReading of(StoreFiles files, Path folder, DocumentId id) throws StoreRefused {
        try {
            for (int tries = 1; ; tries++) {
                try {
                    LogReading reading = new LogReading();
                    reading.read(files, folder, id);
                    return reading;
                } catch (NoSuchFileException replacedMeanwhile) {
                    if (tries == MOST_TRIES) {
                        throw replacedMeanwhile;
                    }
                }
            }
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Reading the log", e);
        }
    }

    private void read(StoreFiles files, Path folder, DocumentId id) throws IOException, StoreRefused {
        LogSurvey survey = LogSurvey.of(files, folder, id);
        RecordConsumer keep = (type, body) -> records.add(new Kept(type, body));
        LogFile snapshot = survey.snapshot();
        if (snapshot != null) {
            hasSnapshot = true;
            bytes += snapshot.bytes();
            SnapshotFile.read(files, snapshot.name().in(folder), snapshot.name(), id, keep);
        }
        for (LogFile segment : survey.segments()) {
            bytes += segment.bytes();
            LogFile.read(files, segment.name().in(folder), segment.name(), id, segment.previous(), keep);
            if (segment.ending() == LogFormat.Ending.TORN) {
                tornBytes = segment.bytes() - segment.goodBytes();
            }
        }
        survey.damages().forEach(damage -> damages.add(new Damage(damage.name().in(folder), damage.atByte())));
        readOlder(files, folder, id, survey);
        if (files.exists(folder)) {
            for (Path file : files.list(folder)) {
                if (file.getFileName().toString().contains(LogName.ASIDE)) {
                    aside.add(file);
                }
            }
        }
    }

    /** What is kept in case that the newest snapshot is damaged should not be damaged either. */
    private void readOlder(StoreFiles files, Path folder, DocumentId id, LogSurvey survey) throws IOException {
        if (survey.snapshot() == null) {
            return;
        }
        for (LogName name : survey.names()) {
            if (name.number() >= survey.snapshot().name().number()) {
                continue;
            }
            Path path = name.in(folder);
            LogFile file = name.isSnapshot()
                    ? SnapshotFile.read(files, path, name, id, (type, body) -> {})
                    : LogFile.read(files, path, name, id, null, (type, body) -> {});
            if (!file.isClean()) {
                damages.add(new Damage(path, file.goodBytes()));
            }
        }
    }

    /** Hands over every record that is good. */
    public void tell(RecordConsumer consumer) {
        records.forEach(record -> consumer.record(record.type(), record.body()));
    }

    /** What is wrong, also in files that are kept for the case that others are. */
    public List<Damage> damages() {
        return List.copyOf(damages);
    }

    /** Files that were found damaged earlier and are kept as they were. */
    public List<Path> aside() {
        return List.copyOf(aside);
    }

    /** How long the files in use are. */
    public long bytes() {
        return bytes;
    }

    /** How much of a last record is there that is not all there: it is being written, or was when a process ended. */
    public long tornBytes() {
        return tornBytes;
    }

    public boolean hasSnapshot() {
        return hasSnapshot;
    }
}

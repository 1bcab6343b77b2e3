package dev.metalog.server.store.log;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/**
 * Which of a log's files count, and what is wrong with the rest. It reads and changes nothing.
 *
 * <p>A log is the newest snapshot that is whole, and the segments behind it, each of which names the hash of the one
 * before. Is the newest snapshot damaged, then the one before it counts, and the segments behind that, which are kept for
 * as long. So reading stops only at damage in a segment that no whole snapshot covers.
 */
final class LogSurvey {
    /** A file that is not as it was written, and from which byte on. */
    record Damage(LogName name, long atByte, boolean isInUse) {}

    private final StoreFiles files;
    private final Path folder;
    private final DocumentId id;
    private final TreeSet<LogName> names = new TreeSet<>();
    private final List<LogFile> segments = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private final List<LogName> empty = new ArrayList<>();
    private LogFile snapshot;

    private LogSurvey(StoreFiles files, Path folder, DocumentId id) {
        this.files = files;
        this.folder = folder;
        this.id = id;
    }

    /**
     * @param folder the document's, which may be missing
     * @throws StoreRefused when some file is of a newer program, or of another document
     */
    static LogSurvey of(StoreFiles files, Path folder, DocumentId id) throws IOException, StoreRefused {
        LogSurvey survey = new LogSurvey(files, folder, id);
        survey.findNames();
        survey.chooseSnapshot();
        survey.followSegments();
        return survey;
    }

    /** The snapshot in use, or {@code null} when the log has none. */
    LogFile snapshot() {
        return snapshot;
    }

    /** The segments in use, in order; the last one may be torn, and each may be damaged behind its good bytes. */
    List<LogFile> segments() {
        return segments;
    }

    /** Files to put aside: those in use as a copy, the others as they are. */
    List<Damage> damages() {
        return damages;
    }

    /** Files that were made and never written, at the end of the log. */
    List<LogName> empty() {
        return empty;
    }

    /** Everything there is, also what no longer counts. */
    List<LogName> names() {
        return List.copyOf(names);
    }

    private void findNames() throws IOException {
        if (files.exists(LogName.SINGLE_FILE.in(folder))) {
            names.add(LogName.SINGLE_FILE);
        }
        if (files.exists(folder)) {
            for (Path file : files.list(folder)) {
                LogName name = LogName.parse(file);
                if (name != null) {
                    names.add(name);
                }
            }
        }
    }

    private void chooseSnapshot() throws IOException, StoreRefused {
        for (LogName name : names.descendingSet()) {
            if (name.isSnapshot() && snapshot == null) {
                LogFile found = SnapshotFile.read(files, name.in(folder), name, id, (type, body) -> {});
                demandOurs(found);
                if (found.isClean()) {
                    snapshot = found;
                } else {
                    damages.add(new Damage(name, found.goodBytes(), false));
                }
            }
        }
    }

    private void followSegments() throws IOException, StoreRefused {
        List<LogName> candidates = new ArrayList<>();
        for (LogName name : names) {
            if (!name.isSnapshot()
                    && (snapshot == null || name.number() >= snapshot.name().number())) {
                candidates.add(name);
            }
        }
        setEmptyApart(candidates);
        byte[] before = snapshot != null ? snapshot.previous() : hashBefore(candidates);
        int expected = snapshot != null ? snapshot.name().number() : firstOf(candidates);
        boolean goesOn = true;
        for (LogName name : candidates) {
            if (!goesOn || name.number() != expected) {
                damages.add(new Damage(name, 0, false));
                goesOn = false;
                continue;
            }
            LogFile segment = read(name, before);
            boolean isLast = name.equals(candidates.get(candidates.size() - 1));
            boolean isNext = segment.header() == LogFormat.Header.DAMAGED || segment.follows(before);
            if (segment.isEmpty() || !isNext) {
                damages.add(new Damage(name, 0, false));
                goesOn = false;
                continue;
            }
            segments.add(segment);
            if (segment.header() == LogFormat.Header.DAMAGED) {
                damages.add(new Damage(name, 0, true));
            } else if (!segment.isClean() && !(isLast && segment.isTorn())) {
                damages.add(new Damage(name, segment.goodBytes(), true));
            }
            goesOn = segment.ending() == LogFormat.Ending.CLEAN;
            before = segment.hash();
            expected++;
        }
    }

    private LogFile read(LogName name, byte[] before) throws IOException, StoreRefused {
        LogFile segment = LogFile.read(files, name.in(folder), name, id, before, (type, body) -> {});
        demandOurs(segment);
        return segment;
    }

    /** What a power loss leaves of segments that were just begun counts for nothing. */
    private void setEmptyApart(List<LogName> candidates) throws IOException, StoreRefused {
        while (!candidates.isEmpty()
                && read(candidates.get(candidates.size() - 1), null).isEmpty()) {
            empty.add(candidates.remove(candidates.size() - 1));
        }
    }

    /** Nothing comes before the first segment; what came before any other is not known when there is no snapshot. */
    private static byte[] hashBefore(List<LogName> candidates) {
        return firstOf(candidates) <= 1 ? new byte[LogFormat.HASH_BYTES] : null;
    }

    private static int firstOf(List<LogName> candidates) {
        return candidates.isEmpty() ? 1 : Collections.min(candidates).number();
    }

    private void demandOurs(LogFile file) throws StoreRefused {
        Path path = file.name().in(folder);
        if (file.header() == LogFormat.Header.NEWER) {
            throw new StoreRefused(
                    StoreRefused.Reason.NEWER_FORMAT,
                    path,
                    "A newer meta-log wrote this log. It was left untouched.",
                    "Start that newer version, or move this file away.");
        }
        if (file.header() == LogFormat.Header.OF_ANOTHER_DOCUMENT) {
            throw new StoreRefused(
                    StoreRefused.Reason.DAMAGED,
                    path,
                    "By its content this log belongs to another document. It was left untouched.",
                    "Give it back the name it had.");
        }
    }
}

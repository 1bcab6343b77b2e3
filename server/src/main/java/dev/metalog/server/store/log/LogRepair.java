package dev.metalog.server.store.log;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.StoreFile;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Leaves a log with good files only, and says what had to be done for that. First everything that will be changed is kept
 * aside, safely on the disk; only then is anything cut. A crash in between leaves a copy too many and nothing too few.
 */
final class LogRepair {
    static final int MAX_KEPT_ASIDE = 20;

    private static final int COPY_BYTES = 1 << 16;

    private final StoreFiles files;
    private final Path folder;
    private final DocumentId id;
    private final LogSurvey survey;
    private final List<Path> kept = new ArrayList<>();

    private LogRepair(StoreFiles files, Path folder, DocumentId id, LogSurvey survey) {
        this.files = files;
        this.folder = folder;
        this.id = id;
        this.survey = survey;
    }

    static LogOpening repair(StoreFiles files, Path folder, DocumentId id, LogSurvey survey)
            throws IOException, StoreRefused {
        return new LogRepair(files, folder, id, survey).repair();
    }

    private LogOpening repair() throws IOException, StoreRefused {
        keepAside();
        for (LogName name : survey.empty()) {
            files.delete(name.in(folder));
        }
        long cut = 0;
        for (LogFile segment : survey.segments()) {
            if (!segment.isClean()) {
                mend(segment);
                cut = segment.bytes() - segment.goodBytes();
            }
        }
        if (!survey.damages().isEmpty()) {
            LogSurvey.Damage first = survey.damages().get(0);
            boolean isWhole =
                    survey.damages().stream().allMatch(damage -> damage.name().isSnapshot() && hasBeginning());
            return new LogOpening.DamageKeptAside(first.name().in(folder), first.atByte(), isWhole, kept);
        }
        if (cut > 0) {
            LogFile last = survey.segments().get(survey.segments().size() - 1);
            return new LogOpening.TornTailCut(last.name().in(folder), cut);
        }
        return new LogOpening.Clean();
    }

    private boolean hasBeginning() {
        return survey.snapshot() != null
                || (!survey.segments().isEmpty()
                        && survey.segments().get(0).name().number() <= 1);
    }

    private void keepAside() throws IOException, StoreRefused {
        if (survey.damages().isEmpty()) {
            return;
        }
        Set<String> taken = new HashSet<>();
        for (Path file : files.list(folder)) {
            taken.add(file.getFileName().toString());
        }
        long before =
                taken.stream().filter(name -> name.contains(LogName.ASIDE)).count();
        if (before + survey.damages().size() > MAX_KEPT_ASIDE) {
            throw new StoreRefused(
                    StoreRefused.Reason.DAMAGED,
                    folder,
                    "It is damaged, and " + before + " damaged files are kept beside it already.",
                    "This disk needs a look. Move those away, then try again.");
        }
        for (LogSurvey.Damage damage : survey.damages()) {
            Path file = damage.name().in(folder);
            Path aside = freeName(file, taken);
            if (damage.isInUse()) {
                copy(file, aside);
            } else {
                files.rename(file, aside);
            }
            kept.add(aside);
        }
        files.forceFolder(folder);
    }

    private Path freeName(Path file, Set<String> taken) {
        for (int number = 1; ; number++) {
            String name = file.getFileName() + LogName.ASIDE + number;
            if (taken.add(name)) {
                return folder.resolve(name);
            }
        }
    }

    private void copy(Path from, Path to) throws IOException {
        try (StoreFile source = files.read(from);
                StoreFile target = files.create(to)) {
            ByteBuffer bytes = ByteBuffer.allocate(COPY_BYTES);
            for (long at = 0; source.read(bytes.clear(), at) > 0; at += bytes.limit()) {
                target.write(bytes.flip(), at);
            }
            target.force();
        } catch (IOException e) {
            files.delete(to);
            throw e;
        }
    }

    private void mend(LogFile segment) throws IOException {
        try (StoreFile file = files.open(segment.name().in(folder))) {
            if (segment.header() == LogFormat.Header.DAMAGED) {
                file.write(ByteBuffer.wrap(LogFormat.header(segment.name(), id, segment.previous())), 0);
            }
            file.truncate(Math.max(segment.goodBytes(), LogFormat.headerBytes(segment.name())));
            file.force();
        }
    }
}

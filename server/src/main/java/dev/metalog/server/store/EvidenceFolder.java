package dev.metalog.server.store;

import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.RealFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Files about texts that differed and should not have, for whoever looks into it. Only the owner can read them. The last
 * {@value #MOST_FILES} are kept.
 */
public final class EvidenceFolder {
    static final int MOST_FILES = 16;

    private static final String SUFFIX = ".json";

    private final Path folder;

    EvidenceFolder(Path workspace) {
        folder = workspace.resolve("evidence");
    }

    /**
     * Keeps one more.
     *
     * @param name by which they are in the order of their age; one of that name that is there already is left as it is
     */
    public Path keep(String name, byte[] bytes) throws StoreRefused {
        OwnerOnly.createFolder(folder);
        Path file = folder.resolve(name + SUFFIX);
        OwnerOnly.createNew(RealFiles.INSTANCE, file, bytes);
        List<Path> files = files();
        try {
            for (Path old : files.subList(0, Math.max(0, files.size() - MOST_FILES))) {
                RealFiles.INSTANCE.delete(old);
            }
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Removing old evidence", e);
        }
        return file;
    }

    /** The oldest first. */
    public List<Path> files() throws StoreRefused {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try {
            return RealFiles.INSTANCE.list(folder).stream()
                    .filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Listing the evidence", e);
        }
    }
}

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
 * {@value #MOST_FILES} are kept. Beside them lies what was typed where the person may only read, the last {@value #MOST_TYPED}.
 */
public final class EvidenceFolder {
    static final int MOST_FILES = 16;
    static final int MOST_TYPED = 64;

    private static final String SUFFIX = ".json";
    private static final String TYPED_SUFFIX = ".typed.txt";

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
        keepLast(MOST_FILES, SUFFIX);
        return file;
    }

    /**
     * Keeps what somebody typed and nobody was sent.
     *
     * @param name by which they are in the order of their age; one of that name makes room, as all it has is in the new one
     */
    public Path keepTyped(String name, byte[] text) throws StoreRefused {
        OwnerOnly.createFolder(folder);
        Path file = folder.resolve(name + TYPED_SUFFIX);
        OwnerOnly.replace(RealFiles.INSTANCE, file, text);
        keepLast(MOST_TYPED, TYPED_SUFFIX);
        return file;
    }

    private void keepLast(int most, String suffix) throws StoreRefused {
        List<Path> files = files(suffix);
        try {
            for (Path old : files.subList(0, Math.max(0, files.size() - most))) {
                RealFiles.INSTANCE.delete(old);
            }
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Removing old evidence", e);
        }
    }

    /** The oldest first. */
    public List<Path> files() throws StoreRefused {
        return files(SUFFIX);
    }

    private List<Path> files(String suffix) throws StoreRefused {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try {
            return RealFiles.INSTANCE.list(folder).stream()
                    .filter(file -> file.getFileName().toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Listing the evidence", e);
        }
    }
}

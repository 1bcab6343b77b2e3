package dev.metalog.server.app;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.DocumentEntry;
import dev.metalog.server.store.KeptWorkspace;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.store.log.LogReading;
import dev.metalog.server.workspace.Reading;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code meta-log store export}: the texts as files, under the names that peers have for them, in a folder for each
 * workspace. A file that is there already is left as it is, and said.
 */
final class StoreExport {
    private final Path target;
    private final boolean withHistory;
    private final PrintWriter out;
    private final PrintWriter err;

    StoreExport(Path target, boolean withHistory, PrintWriter out, PrintWriter err) {
        this.target = target;
        this.withHistory = withHistory;
        this.out = out;
        this.err = err;
    }

    boolean run(List<KeptWorkspace> workspaces) throws StoreRefused {
        boolean good = true;
        for (KeptWorkspace workspace : workspaces) {
            Map<DocumentId, String> paths = new HashMap<>();
            for (DocumentEntry entry : workspace.documents()) {
                paths.put(entry.documentId(), entry.path().value());
            }
            for (DocumentId id : workspace.logs()) {
                // Only what is live has a path that is its own; an id is one for ever.
                String name = paths.getOrDefault(id, "left/" + id + ".txt");
                good &= export(workspace, id, folderOf(workspace).resolve(name));
            }
        }
        return good;
    }

    /** The last part of the root tells people which it is, the start of the hash tells it from others. */
    private Path folderOf(KeptWorkspace workspace) {
        String[] parts = workspace.root().split("[/\\\\]");
        String last = parts.length == 0 ? "" : parts[parts.length - 1].replaceAll("[^A-Za-z0-9._-]", "_");
        return target.resolve(
                last + "-" + workspace.folder().getFileName().toString().substring(0, 6));
    }

    private boolean export(KeptWorkspace workspace, DocumentId id, Path file) {
        try {
            LogReading log = workspace.read(id);
            Reading document = Reading.of(StoreReport.items(log));
            boolean whole = log.damages().isEmpty() && document.trouble() == null;
            write(file, document.text().getBytes(StandardCharsets.UTF_8));
            if (withHistory) {
                write(file.resolveSibling(file.getFileName() + ".history"), document.savedDocument());
            }
            out.println(file + (whole ? "" : "  (damaged: what could be read; meta-log store verify tells more)"));
            return whole;
        } catch (FileAlreadyExistsException e) {
            err.println("meta-log store: " + e.getFile()
                    + " is there already and was left as it is. Export into an empty" + " folder.");
        } catch (IOException e) {
            err.println("meta-log store: "
                    + StoreRefused.because(file, "Writing it", e).getMessage());
        } catch (StoreRefused e) {
            err.println("meta-log store: " + e.getMessage());
        }
        return false;
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }
}

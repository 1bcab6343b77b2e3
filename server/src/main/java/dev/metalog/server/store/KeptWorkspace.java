package dev.metalog.server.store;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.RealFiles;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.store.log.DocumentLogs;
import dev.metalog.server.store.log.LogReading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is kept of one workspace, to be looked at: nothing of this changes anything, or needs the lock. */
public final class KeptWorkspace {
    private static final int MAX_LOCK_TEXT_BYTES = 8_192;
    private static final Pattern LOG = Pattern.compile("([a-z2-7]{26})(\\.log)?");

    private final Path folder;
    private final String root;

    private KeptWorkspace(Path folder, String root) {
        this.folder = folder;
        this.root = root;
    }

    /** All of them, in the order of their roots. */
    public static List<KeptWorkspace> in(HomeFolder home) throws StoreRefused {
        Path workspaces = home.path().resolve("workspaces");
        List<KeptWorkspace> all = new ArrayList<>();
        if (Files.isDirectory(workspaces)) {
            try {
                for (Path folder : RealFiles.INSTANCE.list(workspaces)) {
                    all.add(new KeptWorkspace(folder, rootOf(folder)));
                }
            } catch (IOException e) {
                throw StoreRefused.because(workspaces, "Listing what is kept", e);
            }
        }
        all.sort((one, other) -> one.root.compareTo(other.root));
        return all;
    }

    /** Its lock says which root it is of; without one the folder's own name has to do. */
    private static String rootOf(Path folder) throws StoreRefused {
        Path lock = folder.resolve("lock");
        String[] lines = Files.exists(lock)
                ? new String(OwnerOnly.read(RealFiles.INSTANCE, lock, MAX_LOCK_TEXT_BYTES), StandardCharsets.UTF_8)
                        .split("\n")
                : new String[0];
        return lines.length > 1 ? lines[1] : folder.getFileName().toString();
    }

    /** Evidence of texts that differed and should not have, the oldest first. */
    public List<Path> evidence() throws StoreRefused {
        return new EvidenceFolder(folder).files();
    }

    public Path folder() {
        return folder;
    }

    /** The workspace's folder or URI, in its one spelling. */
    public String root() {
        return root;
    }

    /** Whether this is the workspace of that root, however it is spelt. */
    public boolean isOf(String otherRoot) {
        String name = WorkspaceFolder.nameOf(WorkspaceFolder.canonicalRoot(otherRoot));
        return folder.getFileName().toString().equals(name);
    }

    /** Its documents, in the order in which they became live here. */
    public List<DocumentEntry> documents() throws StoreRefused {
        return DocumentIndex.read(RealFiles.INSTANCE, folder.resolve("documents.json"))
                .entries();
    }

    /** Documents of which there is a log; also those that are no longer live here. */
    public Set<DocumentId> logs() throws StoreRefused {
        Set<DocumentId> ids = new TreeSet<>((one, other) -> one.value().compareTo(other.value()));
        try {
            for (Path file : RealFiles.INSTANCE.list(folder)) {
                Matcher matcher = LOG.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    ids.add(new DocumentId(matcher.group(1)));
                }
            }
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Listing its logs", e);
        }
        return ids;
    }

    public LogReading read(DocumentId document) throws StoreRefused {
        return new DocumentLogs(RealFiles.INSTANCE, folder).read(document);
    }

    /** Takes hold of it, to change something. */
    public WorkspaceClaim claim() throws StoreRefused {
        return WorkspaceFolder.claim(folder, root);
    }
}

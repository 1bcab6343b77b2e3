package dev.metalog.server.store;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.RealFiles;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.store.log.DocumentLog;
import dev.metalog.server.store.log.DocumentLogs;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is kept for one workspace, held by one process at a time.
 *
 * <pre>
 * workspaces/(hash of the root)/
 *   lock             locked while a sidecar runs; says its pid and the root
 *   documents.json   the DocumentIndex
 *   contacts         where peers can be reached, a CheckedFile
 *   peers            who they are and who is blocked, a CheckedFile
 *   received/        the ReceivedIndex
 *   (document id)/   a DocumentLog
 *   evidence/        the EvidenceFolder
 *   (document id).log   what an older program wrote of it
 * </pre>
 *
 * <p>The lock is the operating system's, so it ends with the process, also when that is killed. It covers one byte far
 * behind the end of the file, because on Windows a locked byte cannot be read and others have to read the pid.
 *
 * <p>POSIX adds a trap: such a lock belongs to the process and is lost when the process closes <em>any</em> descriptor
 * of the file. So a process that already holds a workspace must not even open its lock file again; the set of held lock
 * files, one for the whole process as the locks are, keeps it from doing so.
 */
public final class WorkspaceFolder implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;
    private static final int MAX_LOCK_TEXT_BYTES = 8_192;
    private static final Set<Path> HELD_BY_THIS_PROCESS = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Path lockFile;
    private final FileChannel lockChannel;
    private final DocumentLogs logs;

    private WorkspaceFolder(Path path, Path lockFile, FileChannel lockChannel) {
        this.path = path;
        this.logs = new DocumentLogs(RealFiles.INSTANCE, path);
        this.lockFile = lockFile;
        this.lockChannel = lockChannel;
    }

    /**
     * Takes hold of a workspace.
     *
     * @param root the workspace's folder, as a path or a URI; two spellings of one folder are one workspace
     */
    public static WorkspaceClaim claim(HomeFolder home, String root) throws StoreRefused {
        String canonical = canonicalRoot(root);
        return claim(home.workspaceFolder(nameOf(canonical)), canonical);
    }

    /** Takes hold of a workspace whose folder was found in the home. */
    static WorkspaceClaim claim(Path folder, String canonical) throws StoreRefused {
        Path lockFile = realPath(folder).resolve(LOCK);
        long ownPid = ProcessHandle.current().pid();
        if (!HELD_BY_THIS_PROCESS.add(lockFile)) {
            return new WorkspaceClaim.Taken(ownPid, lockFile);
        }
        boolean held = false;
        try {
            FileChannel channel = OwnerOnly.open(
                    lockFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
                if (lock == null) {
                    return new WorkspaceClaim.Taken(pidIn(channel), lockFile);
                }
                sign(channel, ownPid, canonical);
                sweep(folder);
                held = true;
                return new WorkspaceClaim.Held(new WorkspaceFolder(folder, lockFile, channel));
            } finally {
                if (!held) {
                    channel.close();
                }
            }
        } catch (IOException e) {
            throw StoreRefused.because(lockFile, "Locking the workspace", e);
        } finally {
            if (!held) {
                HELD_BY_THIS_PROCESS.remove(lockFile);
            }
        }
    }

    private static void sign(FileChannel channel, long pid, String root) throws IOException {
        ByteBuffer text = ByteBuffer.wrap((pid + "\n" + root + "\n").getBytes(StandardCharsets.UTF_8));
        channel.truncate(0);
        while (text.hasRemaining()) {
            channel.write(text, text.position());
        }
    }

    private static long pidIn(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(MAX_LOCK_TEXT_BYTES);
        int length = Math.max(0, channel.read(text, 0));
        String pid = new String(text.array(), 0, length, StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElse("");
        return pid.matches("[0-9]{1,18}") ? Long.parseLong(pid) : 0;
    }

    /** Removes what a killed process left half written. We hold the lock, so nobody is writing. */
    private static void sweep(Path folder) throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, "*" + OwnerOnly.TEMPORARY_SUFFIX)) {
            for (Path leftover : leftovers) {
                Files.deleteIfExists(leftover);
            }
        }
    }

    /** The one spelling of a root: the real path of a local folder that exists, the normal form of anything else. */
    static String canonicalRoot(String root) {
        Path local = localPath(root);
        if (local == null) {
            return root;
        }
        try {
            return local.toRealPath().toString();
        } catch (IOException doesNotExistYet) {
            return local.toAbsolutePath().normalize().toString();
        }
    }

    private static Path localPath(String root) {
        try {
            if (root.regionMatches(true, 0, "file:", 0, 5)) {
                return Path.of(new URI(root));
            }
            // One letter before the colon is a Windows drive, not a scheme.
            return root.matches("[A-Za-z][A-Za-z0-9+.-]+:.*") ? null : Path.of(root);
        } catch (URISyntaxException | InvalidPathException | FileSystemNotFoundException notLocal) {
            return null;
        } catch (IllegalArgumentException notAFileOfThisMachine) {
            return null;
        }
    }

    static String nameOf(String canonicalRoot) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(canonicalRoot.getBytes(StandardCharsets.UTF_8));
            return Base32.encode(Arrays.copyOf(hash, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
    }

    private static Path realPath(Path folder) throws StoreRefused {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Finding this folder", e);
        }
    }

    public Path path() {
        return path;
    }

    /** Opens a document's log, making it when it is missing; see {@link DocumentLog}. */
    public DocumentLog documentLog(DocumentId documentId) throws StoreRefused {
        return logs.open(documentId);
    }

    /** What is kept of where peers can be reached. */
    public CheckedFile contactsFile() {
        return new CheckedFile(
                RealFiles.INSTANCE, path.resolve("contacts"), "contacts", "peers are found through a broker first");
    }

    /** What is kept of what was heard on public topics. */
    public CheckedFile heardUpToFile() {
        return new CheckedFile(
                RealFiles.INSTANCE,
                path.resolve("heard"),
                "heard",
                "what was sent in public in the last ten minutes may be taken once more");
    }

    /** What is kept of the peers. */
    public CheckedFile peersFile() {
        return new CheckedFile(RealFiles.INSTANCE, path.resolve("peers"), "peers", "nobody is blocked any more");
    }

    /**
     * The files that peers sent.
     *
     * @param root the workspace's folder, as a path or a URI
     * @return {@code null} when that is no folder of this machine
     */
    public ReceivedFiles receivedFiles(String root) {
        Path local = localPath(root);
        return local == null ? null : new ReceivedFiles(RealFiles.INSTANCE, local, path.resolve("received"));
    }

    /** Reads which file is which document. */
    public DocumentIndex documentIndex() throws StoreRefused {
        return DocumentIndex.load(RealFiles.INSTANCE, path.resolve("documents.json"));
    }

    /** Where evidence is kept of texts that differ and should not. */
    public EvidenceFolder evidence() {
        return new EvidenceFolder(path);
    }

    /** Lets the workspace go. Closing it twice is harmless. */
    @Override
    public void close() throws StoreRefused {
        if (!lockChannel.isOpen()) {
            return;
        }
        try {
            lockChannel.close();
        } catch (IOException e) {
            throw StoreRefused.because(lockFile, "Letting the workspace go", e);
        } finally {
            HELD_BY_THIS_PROCESS.remove(lockFile);
        }
    }
}

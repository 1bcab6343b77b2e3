package dev.metalog.server.store;

import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.StoreFile;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The files that peers sent, in the person's own folder, where everybody may do with them as they like:
 *
 * <pre>
 * (workspace)/synced/(whole peer id)/(the path that the peer gave it)
 * </pre>
 *
 * <p>A file is replaced as a whole, by one that the same peer sent later. What is there is only replaced when it is what
 * was written before, or when there is nothing: a file that the person changed stays as it is, and what was sent lies
 * beside it as {@code plan.received.canvasl}. When that was changed too, nothing is written. No link is followed, nothing
 * outside of the peer's folder is touched, and no file is executable. One thread may call it, and only the holder of the
 * workspace's lock.
 */
public final class ReceivedFiles {
    static final String FOLDER = "synced";

    private final StoreFiles files;
    private final Path root;
    private final ReceivedIndex index;
    private boolean swept;

    /**
     * @param root the workspace's folder
     * @param kept where it is kept what was written
     */
    ReceivedFiles(StoreFiles files, Path root, Path kept) {
        this.files = files;
        this.root = root;
        this.index = new ReceivedIndex(files, kept, this::isThere);
    }

    /**
     * What came of a file.
     *
     * @param file where it lies
     * @param isBeside whether that is another name than its own, as the person changed the file of that name
     */
    public record Kept(Path file, boolean isBeside) {}

    /** Where a file of a peer lies, or would. */
    public Path place(PeerId peer, DocumentPath path) {
        return root.resolve(FOLDER).resolve(peer.value()).resolve(path.value());
    }

    /**
     * Keeps a file; on disk when this returns.
     *
     * @param sentAtMillis by the peer's clock
     * @throws StoreRefused when it cannot or must not be written; then nothing was changed
     */
    public Kept keep(PeerId peer, DocumentPath path, long sentAtMillis, byte[] content) throws StoreRefused {
        if (write(peer, path, sentAtMillis, content)) {
            return new Kept(place(peer, path), false);
        }
        DocumentPath beside = beside(path);
        if (beside != null && write(peer, beside, sentAtMillis, content)) {
            return new Kept(place(peer, beside), true);
        }
        throw new StoreRefused(
                StoreRefused.Reason.FAILED,
                place(peer, path),
                "You changed this file" + (beside == null ? "" : " and the one that was put beside it")
                        + ", so nothing of what was sent was written.",
                "Move it away, and have it sent once more.");
    }

    /** Returns whether it was written; not, when something is there that the person made of it. */
    private boolean write(PeerId peer, DocumentPath path, long sentAtMillis, byte[] content) throws StoreRefused {
        Path file = place(peer, path);
        checkFolders(file);
        String hash = hash(content);
        ReceivedIndex.Entry before = index.entry(peer, path);
        if (before != null && before.sentAtMillis() >= sentAtMillis) {
            throw new StoreRefused(
                    StoreRefused.Reason.FAILED,
                    file,
                    "What was sent is not newer than what was written here.",
                    "Nothing has to be done.");
        }
        boolean isOurs = before != null && before.wrote(hashOf(file));
        if (!isOurs && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        // Before the file: whatever happens in between, what is there is known to be ours.
        index.put(
                peer,
                path,
                new ReceivedIndex.Entry(hash, before == null ? "" : before.hash(), content.length, sentAtMillis));
        try {
            makeFolders(file.getParent());
            replace(file, content);
        } catch (IOException e) {
            throw StoreRefused.because(file, "Writing it", e)
                    .told(
                            "What a peer sent could not be written: " + e.getMessage() + ".",
                            "Make room for it, or let meta-log write in this folder.");
        }
        return true;
    }

    private boolean isThere(PeerId peer, DocumentPath path) {
        return Files.exists(place(peer, path), LinkOption.NOFOLLOW_LINKS);
    }

    /** Everything between the workspace and the file is a folder, or not there yet. */
    private void checkFolders(Path file) throws StoreRefused {
        if (!Files.isDirectory(root)) {
            throw new StoreRefused(
                    StoreRefused.Reason.NOT_A_FOLDER, root, "The workspace has no folder.", "Open one that has.");
        }
        for (Path above = file.getParent(); !above.equals(root); above = above.getParent()) {
            if (Files.exists(above, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isDirectory(above, LinkOption.NOFOLLOW_LINKS)) {
                throw new StoreRefused(
                        StoreRefused.Reason.NOT_A_FOLDER,
                        above,
                        "A file or a link is where a folder for what peers send has to be. Links are not followed.",
                        "Move it away.");
            }
        }
    }

    private void makeFolders(Path folder) throws IOException {
        if (folder.equals(root)) {
            return;
        }
        makeFolders(folder.getParent());
        files.createFolder(folder);
    }

    /** The temporary file lies where no peer can name one. */
    private void replace(Path file, byte[] content) throws IOException {
        Path folder = root.resolve(FOLDER);
        if (!swept) {
            // What a killed process left half written.
            for (Path left : files.list(folder)) {
                if (left.getFileName().toString().endsWith(OwnerOnly.TEMPORARY_SUFFIX)
                        && Files.isRegularFile(left, LinkOption.NOFOLLOW_LINKS)) {
                    files.delete(left);
                }
            }
            swept = true;
        }
        Path temporary =
                folder.resolve(Long.toHexString(ThreadLocalRandom.current().nextLong()) + OwnerOnly.TEMPORARY_SUFFIX);
        try {
            try (StoreFile written = files.create(temporary)) {
                written.write(ByteBuffer.wrap(content), 0);
                written.force();
            }
            files.rename(temporary, file);
        } catch (IOException e) {
            files.delete(temporary);
            throw e;
        }
        files.forceFolder(file.getParent());
    }

    /** The same name with {@code .received} in front of its ending; {@code null} when that is none for a file. */
    private static DocumentPath beside(DocumentPath path) {
        String name = path.fileName();
        int dot = name.lastIndexOf('.');
        int at = path.value().length() - name.length() + (dot > 0 ? dot : name.length());
        try {
            return new DocumentPath(
                    path.value().substring(0, at) + ".received" + path.value().substring(at));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Of what is no file, or too large to have been written here, there is none. */
    private String hashOf(Path file) throws StoreRefused {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > Limits.SENT_FILE_BYTES) {
                return "";
            }
        } catch (IOException e) {
            throw StoreRefused.because(file, "Reading it", e);
        }
        return hash(OwnerOnly.read(files, file, Limits.SENT_FILE_BYTES));
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
    }
}

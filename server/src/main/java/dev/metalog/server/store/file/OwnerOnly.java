package dev.metalog.server.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Files and folders that only their owner can read (0600, 0700), and the one way they are written: to a temporary name in
 * the same folder, fsync, rename, fsync of the folder. So a reader sees the old bytes or the new ones, also after a power
 * loss.
 *
 * <p>On Windows there are no modes: there the folder is the user's own by its access list, and folders cannot be fsynced.
 */
public final class OwnerOnly {
    public static final String TEMPORARY_SUFFIX = ".tmp";

    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OTHERS = EnumSet.complementOf(EnumSet.copyOf(FOLDER));

    private OwnerOnly() {}

    /** Makes a folder and what is missing above it. What exists keeps its mode. */
    public static void createFolder(Path folder) throws StoreRefused {
        try {
            Files.createDirectories(folder, attributes(folder, FOLDER));
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Making this folder", e);
        }
    }

    public static FileChannel open(Path file, OpenOption... options) throws IOException {
        return FileChannel.open(file, new HashSet<>(Arrays.asList(options)), attributes(file, FILE));
    }

    /** Replaces a file, or makes it, in one step. */
    public static void replace(StoreFiles files, Path file, byte[] bytes) throws StoreRefused {
        try {
            Path temporary = writeTemporary(files, file, bytes);
            try {
                files.rename(temporary, file);
            } catch (IOException e) {
                files.delete(temporary);
                throw e;
            }
            files.forceFolder(file.getParent());
        } catch (IOException e) {
            throw StoreRefused.because(file, "Writing it", e);
        }
    }

    /**
     * Makes a file in one step, never touching one that exists.
     *
     * @return false when it exists already, possibly since a moment ago
     */
    public static boolean createNew(StoreFiles files, Path file, byte[] bytes) throws StoreRefused {
        try {
            Path temporary = writeTemporary(files, file, bytes);
            try {
                files.publish(temporary, file);
            } finally {
                files.delete(temporary);
            }
            files.forceFolder(file.getParent());
            return true;
        } catch (FileAlreadyExistsException lostTheRace) {
            return false;
        } catch (IOException e) {
            throw StoreRefused.because(file, "Writing it", e);
        }
    }

    private static Path writeTemporary(StoreFiles files, Path file, byte[] bytes) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + "-"
                + Long.toHexString(ThreadLocalRandom.current().nextLong()) + TEMPORARY_SUFFIX);
        try (StoreFile written = files.create(temporary)) {
            written.write(ByteBuffer.wrap(bytes), 0);
            written.force();
        } catch (IOException e) {
            files.delete(temporary);
            throw e;
        }
        return temporary;
    }

    /** The bytes of a small file. */
    public static byte[] read(StoreFiles files, Path file, int maxBytes) throws StoreRefused {
        try (StoreFile channel = files.read(file)) {
            if (channel.size() > maxBytes) {
                throw new StoreRefused(
                        StoreRefused.Reason.TOO_LARGE,
                        file,
                        "It has " + channel.size() + " bytes; at most " + maxBytes + " make sense here.",
                        "Put the right file in its place.");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
            while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
                // A read may give less than was asked for.
            }
            return Arrays.copyOf(bytes.array(), bytes.position());
        } catch (NoSuchFileException e) {
            throw new StoreRefused(
                    StoreRefused.Reason.MISSING, file, "It does not exist.", "Check the path, or restore the file.");
        } catch (IOException e) {
            throw StoreRefused.because(file, "Reading it", e);
        }
    }

    /** The bytes of a small file that holds a secret; refused when others can read or write it. */
    public static byte[] readSecret(StoreFiles files, Path file, int maxBytes) throws StoreRefused {
        if (hasModes(file) && Files.exists(file)) {
            Set<PosixFilePermission> modes;
            try {
                modes = Files.getPosixFilePermissions(file);
            } catch (IOException e) {
                throw StoreRefused.because(file, "Reading its mode", e);
            }
            if (modes.stream().anyMatch(OTHERS::contains)) {
                throw new StoreRefused(
                        StoreRefused.Reason.OPEN_TO_OTHERS,
                        file,
                        "It holds a secret, and others can get at it (mode " + PosixFilePermissions.toString(modes)
                                + ").",
                        "If nobody has read it, run: chmod 600 '" + file + "'. Otherwise change the secret.");
            }
        }
        return read(files, file, maxBytes);
    }

    public static boolean hasModes(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    static FileAttribute<?>[] folderAttributes(Path folder) {
        return attributes(folder, FOLDER);
    }

    private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> modes) {
        return hasModes(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(modes)}
                : new FileAttribute<?>[0];
    }
}

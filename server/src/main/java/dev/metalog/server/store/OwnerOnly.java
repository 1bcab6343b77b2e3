package dev.metalog.server.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Files and folders that only their owner can read (0600, 0700), and the one way they are written: to a temporary name in
 * the same folder, fsync, rename, fsync of the folder. So a reader sees the old bytes or the new ones, also after a power
 * loss.
 *
 * <p>On Windows there are no modes: there the folder is the user's own by its access list, and folders cannot be fsynced.
 */
final class OwnerOnly {
    static final String TEMPORARY_SUFFIX = ".tmp";

    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OTHERS = EnumSet.complementOf(EnumSet.copyOf(FOLDER));

    private OwnerOnly() {}

    /** Makes a folder and what is missing above it. What exists keeps its mode. */
    static void createFolder(Path folder) throws StoreRefused {
        try {
            Files.createDirectories(folder, attributes(folder, FOLDER));
        } catch (IOException e) {
            throw StoreRefused.because(folder, "Making this folder", e);
        }
    }

    static FileChannel open(Path file, OpenOption... options) throws IOException {
        return FileChannel.open(file, new HashSet<>(Arrays.asList(options)), attributes(file, FILE));
    }

    /** Replaces a file, or makes it, in one step. */
    static void replace(Path file, byte[] bytes) throws StoreRefused {
        try {
            Path temporary = writeTemporary(file, bytes);
            try {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
            syncFolder(file.getParent());
        } catch (IOException e) {
            throw StoreRefused.because(file, "Writing it", e);
        }
    }

    /**
     * Makes a file in one step, never touching one that exists.
     *
     * @return false when it exists already, possibly since a moment ago
     */
    static boolean createNew(Path file, byte[] bytes) throws StoreRefused {
        try {
            Path temporary = writeTemporary(file, bytes);
            try {
                publish(temporary, file);
            } finally {
                Files.deleteIfExists(temporary);
            }
            syncFolder(file.getParent());
            return true;
        } catch (FileAlreadyExistsException lostTheRace) {
            return false;
        } catch (IOException e) {
            throw StoreRefused.because(file, "Writing it", e);
        }
    }

    /** A rename would replace; a second name for the same file fails when the name is taken. */
    private static void publish(Path temporary, Path file) throws IOException {
        try {
            Files.createLink(file, temporary);
        } catch (UnsupportedOperationException noLinksHere) {
            Files.move(temporary, file);
        }
    }

    private static Path writeTemporary(Path file, byte[] bytes) throws IOException {
        Path temporary = Files.createTempFile(
                file.getParent(), file.getFileName() + "-", TEMPORARY_SUFFIX, attributes(file, FILE));
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        return temporary;
    }

    /** After this the names in a folder survive a power loss. */
    static void syncFolder(Path folder) throws IOException {
        if (!hasModes(folder)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The bytes of a small file. */
    static byte[] read(Path file, int maxBytes) throws StoreRefused {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > maxBytes) {
                throw new StoreRefused(
                        StoreRefused.Reason.TOO_LARGE,
                        file,
                        "It has " + channel.size() + " bytes; at most " + maxBytes + " make sense here.",
                        "Put the right file in its place.");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
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
    static byte[] readSecret(Path file, int maxBytes) throws StoreRefused {
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
        return read(file, maxBytes);
    }

    static boolean hasModes(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> modes) {
        return hasModes(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(modes)}
                : new FileAttribute<?>[0];
    }
}

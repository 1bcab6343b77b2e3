package dev.metalog.server.store.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the store wants of a file system. Behind it is the real one ({@link RealFiles}), or in tests a simulated disk that
 * loses power.
 *
 * <p>What is promised is what POSIX promises and no more. What was written is there for everybody at once, and outlives
 * the process; a power loss it outlives only after {@link StoreFile#force}. A name that was made, changed or taken away
 * outlives a power loss only after {@link #forceFolder} of the folder it is in.
 *
 * <p>All files and folders that are made are for their owner only.
 */
public interface StoreFiles {
    /**
     * Makes a file, to be read and written.
     *
     * @throws java.nio.file.FileAlreadyExistsException when there is one of that name
     */
    StoreFile create(Path file) throws IOException;

    /** Opens a file that is there, to be read and written. */
    StoreFile open(Path file) throws IOException;

    /** Opens a file that is there, to be read. */
    StoreFile read(Path file) throws IOException;

    boolean exists(Path file);

    /** What is in a folder, in no particular order. */
    List<Path> list(Path folder) throws IOException;

    /** Makes a folder in one that is there. Nothing happens when there is one already. */
    void createFolder(Path folder) throws IOException;

    /** Gives a file another name in one step. A file that has that name already loses it. */
    void rename(Path file, Path name) throws IOException;

    /**
     * Gives a file a name in one step, never taking it from another file. It may keep the name before too.
     *
     * @throws java.nio.file.FileAlreadyExistsException when the name is taken
     */
    void publish(Path file, Path name) throws IOException;

    /** Takes a name away. Nothing happens when it is not there. */
    void delete(Path file) throws IOException;

    /** After this the names in a folder survive a power loss. */
    void forceFolder(Path folder) throws IOException;
}

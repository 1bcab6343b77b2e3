package dev.metalog.server.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of {@link StoreFiles}. */
public interface StoreFile extends AutoCloseable {
    long size() throws IOException;

    /**
     * Reads at most as much as the buffer takes.
     *
     * @return how many bytes; less than nothing behind the end
     */
    int read(ByteBuffer into, long at) throws IOException;

    /** Writes all that is in the buffer. When it fails, some of that may have been written. */
    void write(ByteBuffer bytes, long at) throws IOException;

    /** Cuts off what is behind this length. */
    void truncate(long length) throws IOException;

    /**
     * After this the bytes of the file survive a power loss. When it fails, nothing is known about what was written since
     * it was called last, and calling it once more would not tell: the system may have thrown the bytes away.
     */
    void force() throws IOException;

    boolean isOpen();

    @Override
    void close() throws IOException;
}

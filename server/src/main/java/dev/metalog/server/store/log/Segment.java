package dev.metalog.server.store.log;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.StoreFile;
import dev.metalog.server.store.file.StoreFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.MessageDigest;

/** The segment that is being written. */
final class Segment {
    private static final int READ_BYTES = 1 << 16;

    private final LogName name;
    private final StoreFile file;
    private final byte[] previous;
    private final LogFormat.Place place;
    private final MessageDigest digest = LogFormat.sha256();
    private long end;
    private boolean mayHaveHalfRecord;

    private Segment(LogName name, StoreFile file, byte[] previous) {
        this.name = name;
        this.file = file;
        this.previous = previous;
        this.place = new LogFormat.Place(name, previous);
    }

    /** Begins a segment. Its name is not safe on the disk when this returns, nor is its header. */
    static Segment create(StoreFiles files, Path folder, DocumentId id, LogName name, byte[] previous)
            throws IOException {
        Segment segment = new Segment(name, createFile(files, name.in(folder)), previous);
        byte[] header = LogFormat.header(name, id, previous);
        try {
            segment.write(ByteBuffer.wrap(header));
        } catch (IOException e) {
            segment.file.close();
            throw e;
        }
        return segment;
    }

    /** What lies there is what an earlier try left: whatever counts was found when the log was opened. */
    private static StoreFile createFile(StoreFiles files, Path path) throws IOException {
        try {
            return files.create(path);
        } catch (FileAlreadyExistsException e) {
            StoreFile file = files.open(path);
            file.truncate(0);
            return file;
        }
    }

    /** Goes on with a segment whose every byte is good. */
    static Segment resume(StoreFiles files, Path folder, LogFile found, byte[] previous) throws IOException {
        StoreFile file = files.open(found.name().in(folder));
        Segment segment = new Segment(found.name(), file, previous);
        ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES);
        while (file.read(bytes.clear(), segment.end) > 0) {
            segment.end += bytes.flip().remaining();
            segment.digest.update(bytes);
        }
        return segment;
    }

    LogName name() {
        return name;
    }

    long end() {
        return end;
    }

    /** The hash of the segment before. */
    byte[] previous() {
        return previous;
    }

    boolean hasRecords() {
        return end > LogFormat.headerBytes(name);
    }

    /** The hash of everything that was written, for the segment that follows. */
    byte[] hash() {
        try {
            return ((MessageDigest) digest.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("The SHA-256 of every Java can be cloned.", e);
        }
    }

    /** Adds a record; when it fails, all is as before, as far as can be seen by whoever reads it. */
    void append(byte type, byte[] body) throws IOException {
        cutHalfRecord();
        mayHaveHalfRecord = true;
        write(LogFormat.record(place, end, type, body));
        mayHaveHalfRecord = false;
    }

    private void write(ByteBuffer bytes) throws IOException {
        ByteBuffer same = bytes.duplicate();
        file.write(bytes, end);
        end += same.remaining();
        digest.update(same);
    }

    /** A write that failed may have left a part. It is cut off, or else nothing is written behind it. */
    void cutHalfRecord() throws IOException {
        if (mayHaveHalfRecord && file.size() > end) {
            file.truncate(end);
        }
        mayHaveHalfRecord = false;
    }

    void force() throws IOException {
        file.force();
    }

    boolean isOpen() {
        return file.isOpen();
    }

    void close() throws IOException {
        file.close();
    }
}

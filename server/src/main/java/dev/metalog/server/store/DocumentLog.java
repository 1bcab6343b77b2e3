package dev.metalog.server.store;

import dev.metalog.protocol.DocumentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The records of one document, in one file that only grows. What a record means is the caller's business; here it is a
 * type and bytes.
 *
 * <p>{@link #append} returns when the operating system has the record: a killed process loses nothing. Only {@link #sync}
 * makes it survive a power loss; the caller groups many appends before one of those. After a failed sync nothing is known
 * about what the disk holds, so the log takes no more records in this run (the descriptor would report success next time
 * without having written the lost bytes).
 *
 * <p>One thread appends and replays; {@code sync} may be called by another, so that the first never waits for the disk.
 * Do not interrupt a thread inside: Java closes the file under it, and the log refuses to go on.
 */
public final class DocumentLog implements AutoCloseable {
    /** The largest body of a record. */
    public static final int MAX_BODY_BYTES = LogFormat.MAX_BODY_BYTES;

    /** The largest log: then it refuses to grow, before reading it back takes minutes. */
    public static final long MAX_LOG_BYTES = 1L << 30;

    private static final int MAX_COPIES_ASIDE = 20;
    private static final String SUFFIX = ".log";

    private final Path file;
    private final FileChannel channel;
    private final LogOpening opening;
    private final long maxLogBytes;
    /** Held by whoever forces the file to the disk, and by whoever closes it: never one under the other. */
    private final Object syncOrClose = new Object();

    private long end;
    private volatile boolean dirty;
    private volatile boolean failed;

    private DocumentLog(Path file, FileChannel channel, LogOpening opening, long end, long maxLogBytes) {
        this.file = file;
        this.channel = channel;
        this.opening = opening;
        this.end = end;
        this.maxLogBytes = maxLogBytes;
    }

    static DocumentLog open(Path folder, DocumentId documentId) throws StoreRefused {
        return open(folder, documentId, MAX_LOG_BYTES);
    }

    static DocumentLog open(Path folder, DocumentId documentId, long maxLogBytes) throws StoreRefused {
        Path file = folder.resolve(documentId.value() + SUFFIX);
        if (!Files.exists(file)) {
            OwnerOnly.createNew(file, LogFormat.header(documentId));
        }
        FileChannel channel = null;
        boolean opened = false;
        try {
            channel = OwnerOnly.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            LogOpening opening = repair(file, channel, documentId);
            DocumentLog log = new DocumentLog(file, channel, opening, channel.size(), maxLogBytes);
            opened = true;
            return log;
        } catch (IOException e) {
            throw StoreRefused.because(file, "Opening the log", e);
        } finally {
            if (!opened && channel != null) {
                closeChannel(channel, file);
            }
        }
    }

    /** Leaves the file with a good header and good records only, and says what had to be done for that. */
    private static LogOpening repair(Path file, FileChannel channel, DocumentId documentId)
            throws IOException, StoreRefused {
        long found = channel.size();
        LogFormat.Header header = LogFormat.judge(firstBytes(channel), documentId);
        switch (header) {
            case NEWER ->
                throw new StoreRefused(
                        StoreRefused.Reason.NEWER_FORMAT,
                        file,
                        "A newer meta-log wrote this log. It was left untouched.",
                        "Start that newer version, or move this file away.");
            case OF_ANOTHER_DOCUMENT ->
                throw new StoreRefused(
                        StoreRefused.Reason.DAMAGED,
                        file,
                        "By its content this log belongs to another document. It was left untouched.",
                        "Give it back the name it had.");
            case TORN -> {
                writeHeader(channel, documentId);
                return found == 0 ? new LogOpening.Clean() : new LogOpening.TornTailCut(file, found);
            }
            case DAMAGED -> {
                Path copy = keepAside(file);
                // The records carry their own checks, so they are judged by those and not lost with the header.
                writeHeader(channel, documentId);
                cut(channel, LogFormat.scan(file, (type, body) -> {}).goodBytes());
                return new LogOpening.DamageKeptAside(file, 0, copy);
            }
            case GOOD -> {
                return repairRecords(file, channel, found);
            }
        }
        throw new AssertionError(header);
    }

    private static LogOpening repairRecords(Path file, FileChannel channel, long found)
            throws IOException, StoreRefused {
        LogFormat.Scan scan = LogFormat.scan(file, (type, body) -> {});
        return switch (scan.ending()) {
            case CLEAN -> new LogOpening.Clean();
            case TORN -> {
                cut(channel, scan.goodBytes());
                yield new LogOpening.TornTailCut(file, found - scan.goodBytes());
            }
            case DAMAGED -> {
                Path copy = keepAside(file);
                cut(channel, scan.goodBytes());
                yield new LogOpening.DamageKeptAside(file, scan.goodBytes(), copy);
            }
        };
    }

    private static byte[] firstBytes(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LogFormat.HEADER_BYTES);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
            // A read may give less than was asked for.
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private static void writeHeader(FileChannel channel, DocumentId documentId) throws IOException {
        writeFully(channel, ByteBuffer.wrap(LogFormat.header(documentId)), 0);
        channel.force(true);
    }

    private static void cut(FileChannel channel, long goodBytes) throws IOException {
        channel.truncate(goodBytes);
        channel.force(true);
    }

    /** Copies the file as it is to a new name, safely on disk, before anything in it is changed. */
    private static Path keepAside(Path file) throws IOException, StoreRefused {
        for (int number = 1; number <= MAX_COPIES_ASIDE; number++) {
            Path copy = file.resolveSibling(file.getFileName() + ".damaged-" + number);
            if (Files.exists(copy)) {
                continue;
            }
            try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ);
                    FileChannel to = OwnerOnly.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                long size = from.size();
                long copied = 0;
                while (copied < size) {
                    copied += from.transferTo(copied, size - copied, to);
                }
                to.force(true);
            } catch (IOException e) {
                Files.deleteIfExists(copy);
                throw e;
            }
            OwnerOnly.syncFolder(file.getParent());
            return copy;
        }
        throw new StoreRefused(
                StoreRefused.Reason.DAMAGED,
                file,
                "It is damaged, and " + MAX_COPIES_ASIDE + " damaged copies are kept beside it already.",
                "This disk needs a look. Move the copies away, then try again.");
    }

    /** In what state the log was found. */
    public LogOpening opening() {
        return opening;
    }

    /** How long the log is now, header included. */
    public long sizeBytes() {
        return end;
    }

    /**
     * Adds a record. When this returns, it will be found by the next {@link #replay}, also when the process is killed.
     *
     * @throws StoreRefused when it is too large or the disk refuses it; then the log is as it was before
     */
    public void append(byte type, byte[] body) throws StoreRefused {
        demandUsable();
        if (body.length > MAX_BODY_BYTES) {
            throw new StoreRefused(
                    StoreRefused.Reason.TOO_LARGE,
                    file,
                    "A record of " + body.length + " bytes is larger than " + MAX_BODY_BYTES + ".",
                    "Write it in several records.");
        }
        ByteBuffer record = LogFormat.record(type, body);
        int length = record.remaining();
        if (end + length > maxLogBytes) {
            throw new StoreRefused(
                    StoreRefused.Reason.TOO_LARGE,
                    file,
                    "The log would grow beyond " + maxLogBytes + " bytes.",
                    "Continue the text in a new document.");
        }
        try {
            dirty = true;
            writeFully(channel, record, end);
            end += length;
        } catch (IOException e) {
            takeBack();
            throw StoreRefused.because(file, "Writing to the log", e);
        }
    }

    /** Half a record may be there now. Cut it off, or else never write behind it. */
    private void takeBack() {
        try {
            channel.truncate(end);
        } catch (IOException e) {
            failed = true;
        }
    }

    /**
     * Hands over every record from the first on.
     *
     * @throws StoreRefused when the file cannot be read, or changed under us since it was opened
     */
    public void replay(RecordConsumer consumer) throws StoreRefused {
        LogFormat.Scan scan;
        try {
            scan = LogFormat.scan(file, consumer);
        } catch (IOException e) {
            throw StoreRefused.because(file, "Reading the log", e);
        }
        if (scan.ending() != LogFormat.Ending.CLEAN || scan.goodBytes() != end) {
            throw new StoreRefused(
                    StoreRefused.Reason.DAMAGED,
                    file,
                    "It changed while it was open: good up to byte " + scan.goodBytes() + " of " + end + ".",
                    "Something else writes here, or the disk fails. Restart meta-log; it keeps a copy and goes on.");
        }
    }

    /**
     * Makes everything that was appended before this call survive a power loss. Costs 0.4 to 10 ms. A log that was closed
     * meanwhile was synced by that, so then there is nothing to do.
     */
    public void sync() throws StoreRefused {
        synchronized (syncOrClose) {
            if (failed) {
                throw failedBefore();
            }
            if (!dirty || !channel.isOpen()) {
                return;
            }
            // Before the call, so that what is appended meanwhile counts for the next one.
            dirty = false;
            try {
                channel.force(false);
            } catch (IOException e) {
                failed = true;
                throw StoreRefused.because(file, "Forcing the log to the disk", e);
            }
        }
    }

    private void demandUsable() throws StoreRefused {
        if (failed || !channel.isOpen()) {
            throw failedBefore();
        }
    }

    private StoreRefused failedBefore() {
        return new StoreRefused(
                StoreRefused.Reason.FAILED_BEFORE,
                file,
                failed ? "An earlier write to this log failed, so it takes no more." : "The log is closed.",
                "Check the disk, then restart meta-log.");
    }

    /** Syncs and closes. Closing it twice is harmless. */
    @Override
    public void close() throws StoreRefused {
        synchronized (syncOrClose) {
            if (!channel.isOpen()) {
                return;
            }
            try {
                if (!failed) {
                    sync();
                }
            } finally {
                closeChannel(channel, file);
            }
        }
    }

    private static void closeChannel(FileChannel channel, Path file) throws StoreRefused {
        try {
            channel.close();
        } catch (IOException e) {
            throw StoreRefused.because(file, "Closing the log", e);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }
}

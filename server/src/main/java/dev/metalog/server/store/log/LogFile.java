package dev.metalog.server.store.log;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.StoreFile;
import dev.metalog.server.store.file.StoreFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One file of a log, as it is found: read through once, without changing anything.
 *
 * @param previous the hash of the segment before, as the header has it, or as it should have it where that is damaged
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier: never compared
record LogFile(
        LogName name,
        long bytes,
        LogFormat.Header header,
        byte[] previous,
        long goodBytes,
        LogFormat.Ending ending,
        byte[] hash) {
    private static final int READ_AHEAD_BYTES = 1 << 16;

    /**
     * Reads a file to its end, or to the first byte that is not in order, and hands over each good record.
     *
     * @param expectedPrevious the hash of the segment before, or {@code null} when that is not known: then what the header
     *     says is believed
     */
    static LogFile read(
            StoreFiles files, Path path, LogName name, DocumentId id, byte[] expectedPrevious, RecordConsumer consumer)
            throws IOException {
        return read(files, path, name, id, expectedPrevious, true, consumer);
    }

    /** The same of a file that was read before, so that its hash and that of the segment before are of no interest. */
    static LogFile readAgain(StoreFiles files, Path path, LogName name, DocumentId id, RecordConsumer consumer)
            throws IOException {
        return read(files, path, name, id, null, false, consumer);
    }

    private static LogFile read(
            StoreFiles files,
            Path path,
            LogName name,
            DocumentId id,
            byte[] expectedPrevious,
            boolean isHashed,
            RecordConsumer consumer)
            throws IOException {
        try (StoreFile file = files.read(path)) {
            byte[] start = start(file, LogFormat.headerBytes(name));
            LogFormat.Header header = LogFormat.judge(start, name, id);
            byte[] said = LogFormat.previous(start, name);
            byte[] previous = expectedPrevious == null ? said : expectedPrevious;
            boolean isRead = header == LogFormat.Header.GOOD || header == LogFormat.Header.DAMAGED;
            if (!isRead || start.length < LogFormat.headerBytes(name)) {
                return new LogFile(name, file.size(), header, previous, 0, LogFormat.Ending.TORN, new byte[0]);
            }
            // The records carry checks of their own, so they outlive a damaged header.
            byte[] right = LogFormat.header(name, id, previous);
            byte[] named = header == LogFormat.Header.GOOD ? said : previous;
            try (InputStream in = new BufferedInputStream(new From(file, start.length), READ_AHEAD_BYTES)) {
                LogFormat.Scan scan = LogFormat.scan(in, name, right, isHashed, consumer);
                boolean isNothing = scan.goodBytes() == right.length
                        && scan.ending() == LogFormat.Ending.TORN
                        && Arrays.equals(start, new byte[start.length]);
                if (isNothing) {
                    return new LogFile(name, file.size(), LogFormat.Header.TORN, said, 0, scan.ending(), scan.hash());
                }
                return new LogFile(name, file.size(), header, named, scan.goodBytes(), scan.ending(), scan.hash());
            }
        }
    }

    /** Only its records end too early: what a killed process or a power loss leaves of the last one. */
    boolean isTorn() {
        return ending == LogFormat.Ending.TORN;
    }

    /** It was made, and nothing was written into it yet that is all there. */
    boolean isEmpty() {
        return header == LogFormat.Header.TORN;
    }

    boolean isClean() {
        return header == LogFormat.Header.GOOD && ending == LogFormat.Ending.CLEAN;
    }

    LogFile torn() {
        return new LogFile(name, bytes, header, previous, goodBytes, LogFormat.Ending.TORN, hash);
    }

    boolean follows(byte[] hashBefore) {
        return hashBefore == null || Arrays.equals(previous, hashBefore);
    }

    private static byte[] start(StoreFile file, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {
            // A read may give less than was asked for.
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** The bytes of a file from one on. */
    private static final class From extends InputStream {
        private final StoreFile file;
        private long at;

        From(StoreFile file, long at) {
            this.file = file;
            this.at = at;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = file.read(ByteBuffer.wrap(into, offset, length), at);
            at += Math.max(0, count);
            return count;
        }
    }
}

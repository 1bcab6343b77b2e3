package dev.metalog.server.store.log;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.StoreFile;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The form of a snapshot: that of a segment, with one record more at its end that says how many there are before it.
 * Without that a snapshot does not count, so one that was cut off between two records is none.
 */
final class SnapshotFile {
    private static final byte END = -1;

    private SnapshotFile() {}

    /**
     * Writes a whole snapshot to a new file; safely on the disk when this returns.
     *
     * @param header as {@link LogFormat#header} makes it
     */
    static void write(StoreFiles files, Path path, LogName name, byte[] header, RecordSource source)
            throws IOException, StoreRefused {
        try (StoreFile file = files.create(path)) {
            Writing writing = new Writing(file, new LogFormat.Place(name, LogFormat.previous(header, name)));
            file.write(ByteBuffer.wrap(header), 0);
            writing.end = header.length;
            source.tell(writing);
            writing.record(END, count(writing.records));
            file.force();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Reads a snapshot through and hands over its records. It is clean only if it has its end. */
    static LogFile read(StoreFiles files, Path path, LogName name, DocumentId id, RecordConsumer consumer)
            throws IOException {
        Reading reading = new Reading(consumer);
        LogFile found = LogFile.read(files, path, name, id, null, reading);
        return found.isClean() && !reading.hasEnd() ? found.torn() : found;
    }

    private static byte[] count(long records) {
        return ByteBuffer.allocate(Long.BYTES).putLong(records).array();
    }

    private static final class Writing implements RecordConsumer {
        private final StoreFile file;
        private final LogFormat.Place place;
        private long end;
        private long records;

        Writing(StoreFile file, LogFormat.Place place) {
            this.file = file;
            this.place = place;
        }

        @Override
        public void record(byte type, byte[] body) {
            try {
                ByteBuffer record = LogFormat.record(place, end, type, body);
                int length = record.remaining();
                file.write(record, end);
                end += length;
                records++;
            } catch (IOException e) {
                // Taken off again by whoever asked for the records.
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Holds each record back until the next one comes: the last is the end. */
    private static final class Reading implements RecordConsumer {
        private final RecordConsumer consumer;
        private byte lastType;
        private byte[] last;
        private long records;

        Reading(RecordConsumer consumer) {
            this.consumer = consumer;
        }

        @Override
        public void record(byte type, byte[] body) {
            if (last != null) {
                consumer.record(lastType, last);
                records++;
            }
            lastType = type;
            last = body;
        }

        boolean hasEnd() {
            return last != null
                    && lastType == END
                    && last.length == Long.BYTES
                    && ByteBuffer.wrap(last).getLong() == records;
        }
    }
}

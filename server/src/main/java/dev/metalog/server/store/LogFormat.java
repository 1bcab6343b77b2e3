package dev.metalog.server.store;

import dev.metalog.protocol.DocumentId;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The bytes of a document's log (docs/decisions/0007): a header, then records. All numbers are big endian.
 *
 * <pre>
 * header: magic (8) │ version (2) │ document id (26, ASCII) │ CRC32C of the 36 bytes before (4)
 * record: length of the body (4) │ CRC32C of the length (4) │ CRC32C of type and body (4) │ type (1) │ body
 * </pre>
 *
 * <p>The length has a check of its own because a reader has to believe the length before it can see anything else. Were
 * it covered only together with the body, one flipped bit in the length of an early record would look like a last record
 * that was not written to its end, and all that follows it would be cut off as torn.
 *
 * <p>The header keeps this shape in every version, so an old program can tell a newer file from a damaged one.
 */
final class LogFormat {
    static final short VERSION = 1;
    static final int HEADER_BYTES = 40;
    static final int RECORD_HEAD_BYTES = 13;
    static final int MAX_BODY_BYTES = 1 << 20;

    /** Begins with a byte that is no ASCII and holds both line ends, so a copy in text mode shows at once (as in PNG). */
    private static final byte[] MAGIC = {(byte) 0x89, 'M', 'L', 'O', 'G', '\r', '\n', 0x1a};

    private static final int READ_AHEAD_BYTES = 1 << 16;

    /** What the first bytes of a file are. */
    enum Header {
        GOOD,
        /** Fewer bytes than a header, and those are right. */
        TORN,
        DAMAGED,
        NEWER,
        OF_ANOTHER_DOCUMENT
    }

    /** How the records of a file end. */
    enum Ending {
        CLEAN,
        TORN,
        DAMAGED
    }

    /** @param goodBytes the file up to here is in order */
    record Scan(long goodBytes, Ending ending) {}

    private LogFormat() {}

    static byte[] header(DocumentId documentId) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES)
                .put(MAGIC)
                .putShort(VERSION)
                .put(documentId.value().getBytes(StandardCharsets.US_ASCII));
        return header.putInt(crc(header.array(), 0, header.position())).array();
    }

    /** @param found the first bytes of the file, as many as there are, up to the length of a header */
    static Header judge(byte[] found, DocumentId documentId) {
        byte[] expected = header(documentId);
        if (Arrays.equals(found, expected)) {
            return Header.GOOD;
        }
        if (found.length < HEADER_BYTES) {
            return Arrays.equals(found, Arrays.copyOf(expected, found.length)) ? Header.TORN : Header.DAMAGED;
        }
        ByteBuffer header = ByteBuffer.wrap(found);
        boolean intact = Arrays.equals(found, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                && header.getInt(HEADER_BYTES - Integer.BYTES) == crc(found, 0, HEADER_BYTES - Integer.BYTES);
        if (!intact) {
            return Header.DAMAGED;
        }
        return header.getShort(MAGIC.length) == VERSION ? Header.OF_ANOTHER_DOCUMENT : Header.NEWER;
    }

    static ByteBuffer record(byte type, byte[] body) {
        ByteBuffer record = ByteBuffer.allocate(RECORD_HEAD_BYTES + body.length).putInt(body.length);
        record.putInt(crc(record.array(), 0, Integer.BYTES));
        record.position(record.position() + Integer.BYTES);
        record.put(type).put(body);
        record.putInt(8, crc(record.array(), RECORD_HEAD_BYTES - 1, 1 + body.length));
        return record.flip();
    }

    /** Reads a file's records up to the first that is not in order, and hands over each good one. */
    static Scan scan(Path file, RecordConsumer consumer) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), READ_AHEAD_BYTES)) {
            return scan(in, consumer);
        }
    }

    /** @param in at the first byte of a header, which is not looked at */
    static Scan scan(InputStream in, RecordConsumer consumer) throws IOException {
        in.skipNBytes(HEADER_BYTES);
        long good = HEADER_BYTES;
        while (true) {
            byte[] head = in.readNBytes(RECORD_HEAD_BYTES);
            if (head.length < RECORD_HEAD_BYTES) {
                return new Scan(good, head.length == 0 ? Ending.CLEAN : Ending.TORN);
            }
            ByteBuffer numbers = ByteBuffer.wrap(head);
            int length = numbers.getInt(0);
            if (numbers.getInt(4) != crc(head, 0, Integer.BYTES) || length < 0 || length > MAX_BODY_BYTES) {
                return new Scan(good, Ending.DAMAGED);
            }
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                return new Scan(good, Ending.TORN);
            }
            byte type = head[RECORD_HEAD_BYTES - 1];
            if (numbers.getInt(8) != crc(type, body)) {
                return new Scan(good, Ending.DAMAGED);
            }
            consumer.record(type, body);
            good += RECORD_HEAD_BYTES + length;
        }
    }

    private static int crc(byte type, byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(type);
        crc.update(body);
        return (int) crc.getValue();
    }

    private static int crc(byte[] bytes, int from, int count) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, count);
        return (int) crc.getValue();
    }
}

package dev.metalog.server.store.log;

import dev.metalog.protocol.DocumentId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The bytes of a log's files (docs/decisions/0013): a header, then records. All numbers are big endian.
 *
 * <pre>
 * header: magic (8) │ version (2) │ document id (26, ASCII) │ CRC32C of the 36 bytes before (4)
 *         │ number (4) │ SHA-256 of the segment before (32) │ CRC32C of the 36 bytes before (4)
 * record: length of the body (4) │ CRC32C of place and length (4) │ CRC32C of place, type and body (4) │ type (1) │ body
 * </pre>
 *
 * <p>The length has a check of its own because a reader has to believe the length before it can see anything else. Were
 * it covered only together with the body, one flipped bit in the length of an early record would look like a last record
 * that was not written to its end, and all that follows it would be cut off as torn.
 *
 * <p>The <em>place</em> is the CRC32C of the file's number and of the hash of the segment before as the header has it (4),
 * and where in the file the record begins (8). It is not stored: what was meant for another place, as when a power loss leaves the old blocks of a deleted
 * file in a new one, is no record here; nor is one that follows on a segment of which a power loss took the end, should the
 * header that says so be lost as well.
 *
 * <p>The first 40 bytes keep this shape in every version, so an old program can tell a newer file from a damaged one.
 * Version 1 had nothing else in its header, one file a document, and no place in its checks.
 */
final class LogFormat {
    static final short SINGLE_FILE_VERSION = 1;
    static final short VERSION = 2;
    static final int MAX_BODY_BYTES = 1 << 20;
    static final int RECORD_HEAD_BYTES = 13;
    static final int HASH_BYTES = 32;

    private static final int OLD_HEADER_BYTES = 40;
    private static final int NEW_HEADER_BYTES = 80;

    /** Begins with a byte that is no ASCII and holds both line ends, so a copy in text mode shows at once (as in PNG). */
    private static final byte[] SEGMENT = {(byte) 0x89, 'M', 'L', 'O', 'G', '\r', '\n', 0x1a};

    private static final byte[] SNAPSHOT = {(byte) 0x89, 'M', 'L', 'S', 'N', '\r', '\n', 0x1a};

    /** What the first bytes of a file are. */
    enum Header {
        GOOD,
        /** Fewer bytes than a header, and those are right, or zeros, as a power loss leaves them. */
        TORN,
        DAMAGED,
        NEWER,
        OF_ANOTHER_DOCUMENT
    }

    /** How the records of a file end. */
    enum Ending {
        CLEAN,
        /** The last record is not all there, or zeros follow it. */
        TORN,
        DAMAGED
    }

    /**
     * What the records of a file are like.
     *
     * @param goodBytes the file up to here is in order
     * @param hash the SHA-256 of the header that belongs there and of the good records
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier: never compared
    record Scan(long goodBytes, Ending ending, byte[] hash) {}

    private LogFormat() {}

    static int headerBytes(LogName name) {
        return name.kind() == LogName.Kind.SINGLE_FILE ? OLD_HEADER_BYTES : NEW_HEADER_BYTES;
    }

    /** @param previous the SHA-256 of the segment before */
    static byte[] header(LogName name, DocumentId documentId, byte[] previous) {
        boolean isOld = name.kind() == LogName.Kind.SINGLE_FILE;
        ByteBuffer header = ByteBuffer.allocate(headerBytes(name))
                .put(name.kind() == LogName.Kind.SNAPSHOT ? SNAPSHOT : SEGMENT)
                .putShort(isOld ? SINGLE_FILE_VERSION : VERSION)
                .put(documentId.value().getBytes(StandardCharsets.US_ASCII));
        header.putInt(crc(header.array(), 0, header.position()));
        if (!isOld) {
            header.putInt(name.number()).put(previous);
            header.putInt(crc(header.array(), OLD_HEADER_BYTES, header.position() - OLD_HEADER_BYTES));
        }
        return header.array();
    }

    /** @param found the first bytes of the file, as many as there are, up to the length of a header */
    static Header judge(byte[] found, LogName name, DocumentId documentId) {
        byte[] expected = header(name, documentId, previous(found, name));
        if (Arrays.equals(found, expected)) {
            return Header.GOOD;
        }
        if (found.length < expected.length && isZeros(found)) {
            return Header.TORN;
        }
        if (found.length >= OLD_HEADER_BYTES && startsIntact(found, expected)) {
            if (ByteBuffer.wrap(found).getShort(SEGMENT.length) > VERSION) {
                return Header.NEWER;
            }
            if (!Arrays.equals(found, 0, OLD_HEADER_BYTES, expected, 0, OLD_HEADER_BYTES)) {
                return Header.OF_ANOTHER_DOCUMENT;
            }
        }
        boolean isPrefix =
                found.length < expected.length && Arrays.equals(found, Arrays.copyOf(expected, found.length));
        return isPrefix ? Header.TORN : Header.DAMAGED;
    }

    private static boolean startsIntact(byte[] found, byte[] expected) {
        int checked = OLD_HEADER_BYTES - Integer.BYTES;
        return Arrays.equals(found, 0, SEGMENT.length, expected, 0, SEGMENT.length)
                && ByteBuffer.wrap(found).getInt(checked) == crc(found, 0, checked);
    }

    /** What the header says of the segment before; zeros if it does not get that far. */
    static byte[] previous(byte[] header, LogName name) {
        byte[] previous = new byte[HASH_BYTES];
        int from = OLD_HEADER_BYTES + Integer.BYTES;
        if (name.kind() != LogName.Kind.SINGLE_FILE && header.length > from) {
            System.arraycopy(header, from, previous, 0, Math.min(HASH_BYTES, header.length - from));
        }
        return previous;
    }

    /** Where a record is, as its checks cover it. For one thread. */
    static final class Place {
        private static final int BYTES = Integer.BYTES + Long.BYTES;

        private final CRC32C crc = new CRC32C();
        private final ByteBuffer place = ByteBuffer.allocate(BYTES);
        private final boolean isChecked;

        Place(LogName name, byte[] previous) {
            isChecked = name.kind() != LogName.Kind.SINGLE_FILE;
            byte[] file = ByteBuffer.allocate(Integer.BYTES + HASH_BYTES)
                    .putInt(name.number())
                    .put(previous)
                    .array();
            place.putInt(0, crc(file, 0, file.length));
        }

        private CRC32C begin(long at) {
            crc.reset();
            if (isChecked) {
                crc.update(place.putLong(Integer.BYTES, at).array(), 0, BYTES);
            }
            return crc;
        }

        private int check(long at, byte type, byte[] body) {
            begin(at).update(type);
            crc.update(body, 0, body.length);
            return (int) crc.getValue();
        }

        private int check(long at, byte[] bytes, int from, int count) {
            begin(at).update(bytes, from, count);
            return (int) crc.getValue();
        }
    }

    /** @param at where the record will begin */
    static ByteBuffer record(Place place, long at, byte type, byte[] body) {
        ByteBuffer record = ByteBuffer.allocate(RECORD_HEAD_BYTES + body.length).putInt(body.length);
        record.putInt(place.check(at, record.array(), 0, Integer.BYTES));
        record.position(record.position() + Integer.BYTES);
        record.put(type).put(body);
        record.putInt(8, place.check(at, record.array(), RECORD_HEAD_BYTES - 1, 1 + body.length));
        return record.flip();
    }

    /**
     * Reads a file's records up to the first that is not in order, and hands over each good one.
     *
     * @param in at the first byte behind the header
     * @param header what belongs there, as the hash is to cover it
     * @param isHashed whether the hash is wanted, which costs about as much as everything else
     */
    static Scan scan(InputStream in, LogName name, byte[] header, boolean isHashed, RecordConsumer consumer)
            throws IOException {
        MessageDigest digest = sha256();
        digest.update(header);
        long good = header.length;
        Place place = new Place(name, previous(header, name));
        byte[] head = new byte[RECORD_HEAD_BYTES];
        ByteBuffer numbers = ByteBuffer.wrap(head);
        while (true) {
            int read = in.readNBytes(head, 0, RECORD_HEAD_BYTES);
            if (read < RECORD_HEAD_BYTES) {
                return new Scan(good, read == 0 ? Ending.CLEAN : Ending.TORN, digest.digest());
            }
            int length = numbers.getInt(0);
            if (numbers.getInt(4) != place.check(good, head, 0, Integer.BYTES)
                    || length < 0
                    || length > MAX_BODY_BYTES) {
                boolean onlyZeros = isZeros(head) && isZeros(in);
                return new Scan(good, onlyZeros ? Ending.TORN : Ending.DAMAGED, digest.digest());
            }
            byte[] body = new byte[length];
            if (in.readNBytes(body, 0, length) < length) {
                return new Scan(good, Ending.TORN, digest.digest());
            }
            byte type = head[RECORD_HEAD_BYTES - 1];
            if (numbers.getInt(8) != place.check(good, type, body)) {
                return new Scan(good, Ending.DAMAGED, digest.digest());
            }
            if (isHashed) {
                digest.update(head);
                digest.update(body);
            }
            good += RECORD_HEAD_BYTES + length;
            consumer.record(type, body);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }

    private static int crc(byte[] bytes, int from, int count) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, count);
        return (int) crc.getValue();
    }

    private static boolean isZeros(byte[] bytes) {
        for (byte each : bytes) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    /** Reads up to the end, or to the first byte that is something. */
    private static boolean isZeros(InputStream in) throws IOException {
        for (byte[] some = in.readNBytes(1 << 13); some.length > 0; some = in.readNBytes(1 << 13)) {
            if (!isZeros(some)) {
                return false;
            }
        }
        return true;
    }
}

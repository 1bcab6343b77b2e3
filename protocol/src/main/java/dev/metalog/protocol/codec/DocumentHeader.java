package dev.metalog.protocol.codec;

import dev.metalog.protocol.Limits;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** The first bytes of a saved document, from which a reader knows where everything stands; see docs/format-events.md. */
final class DocumentHeader {
    static final int BYTES = 82;
    static final int DIGEST_BYTES = 32;
    private static final byte FORM = 1;

    private static final byte[] MAGIC = {(byte) 0x89, 'M', 'D', 'O', 'C', '\r', '\n', 0x1a};
    private static final int HAS_TEXT = 1;
    private static final int TEXT_PACKED = 2;
    private static final int COLUMNS_PACKED = 4;
    private static final int CONTENT_PACKED = 8;
    private static final int ALL_FLAGS = 15;

    boolean hasText;
    boolean textPacked;
    boolean columnsPacked;
    boolean contentPacked;
    int tipBytes;
    int textBytes;
    int textPlainBytes;
    int columnsBytes;
    int columnsPlainBytes;
    int contentBytes;
    int contentPlainBytes;
    byte[] digest = new byte[DIGEST_BYTES];
    int textSum;
    int historySum;

    int textStart() {
        return BYTES + tipBytes;
    }

    /** How many bytes of the file hold the text and all that goes before. */
    int textEnd() {
        return textStart() + textBytes;
    }

    int contentStart() {
        return textEnd() + columnsBytes;
    }

    int fileEnd() {
        return contentStart() + contentBytes;
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(BYTES)
                .put(MAGIC)
                .put(FORM)
                .put((byte) flags())
                .putInt(tipBytes)
                .putInt(textBytes)
                .putInt(textPlainBytes)
                .putInt(columnsBytes)
                .putInt(columnsPlainBytes)
                .putInt(contentBytes)
                .putInt(contentPlainBytes)
                .put(digest)
                .putInt(textSum)
                .putInt(historySum);
        return out.putInt(sum(out.array(), 0, out.position())).array();
    }

    private int flags() {
        return (hasText ? HAS_TEXT : 0)
                | (textPacked ? TEXT_PACKED : 0)
                | (columnsPacked ? COLUMNS_PACKED : 0)
                | (contentPacked ? CONTENT_PACKED : 0);
    }

    /** @param file the whole file, or as much of its start as has been read */
    static DocumentHeader decode(byte[] file) throws MalformedDocumentException {
        if (file.length < BYTES) {
            throw new MalformedDocumentException("the file is shorter than the header of one");
        }
        if (!Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new MalformedDocumentException("it does not begin as one");
        }
        ByteBuffer in = ByteBuffer.wrap(file, 0, BYTES).position(MAGIC.length);
        byte form = in.get();
        if (in.getInt(BYTES - Integer.BYTES) != sum(file, 0, BYTES - Integer.BYTES)) {
            throw new MalformedDocumentException("the header is damaged");
        }
        if (form != FORM) {
            throw new MalformedDocumentException("form " + form + " is not known here; this program reads form " + FORM
                    + ", a newer one may read it");
        }
        DocumentHeader header = new DocumentHeader();
        int flags = in.get();
        header.hasText = (flags & HAS_TEXT) != 0;
        header.textPacked = (flags & TEXT_PACKED) != 0;
        header.columnsPacked = (flags & COLUMNS_PACKED) != 0;
        header.contentPacked = (flags & CONTENT_PACKED) != 0;
        header.tipBytes = in.getInt();
        header.textBytes = in.getInt();
        header.textPlainBytes = in.getInt();
        header.columnsBytes = in.getInt();
        header.columnsPlainBytes = in.getInt();
        header.contentBytes = in.getInt();
        header.contentPlainBytes = in.getInt();
        in.get(header.digest);
        header.textSum = in.getInt();
        header.historySum = in.getInt();
        header.check(flags);
        return header;
    }

    private void check(int flags) throws MalformedDocumentException {
        boolean negative = (tipBytes | textBytes | columnsBytes | contentBytes) < 0
                || (textPlainBytes | columnsPlainBytes | contentPlainBytes) < 0;
        long end = (long) BYTES + tipBytes + textBytes + columnsBytes + contentBytes;
        if (negative || end > Integer.MAX_VALUE || textPlainBytes > Limits.DOCUMENT_BYTES) {
            throw new MalformedDocumentException("a part of it is said to be larger than is allowed");
        }
        if (columnsPlainBytes > Limits.HISTORY_BYTES || contentPlainBytes > Limits.HISTORY_BYTES) {
            throw new MalformedDocumentException("its history is larger than is allowed");
        }
        boolean plainSizes = (textPacked || textBytes == textPlainBytes)
                && (columnsPacked || columnsBytes == columnsPlainBytes)
                && (contentPacked || contentBytes == contentPlainBytes);
        boolean noText = !textPacked && textBytes == 0 && tipBytes == 0 && textSum == 0 && isZero(digest);
        if ((flags & ~ALL_FLAGS) != 0 || !plainSizes || (!hasText && !noText)) {
            throw new MalformedDocumentException("the header contradicts itself");
        }
    }

    private static boolean isZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    static int sum(byte[] bytes, int from, int to) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, to - from);
        return (int) sum.getValue();
    }
}

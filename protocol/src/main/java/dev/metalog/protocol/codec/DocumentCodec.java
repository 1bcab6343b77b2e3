package dev.metalog.protocol.codec;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Version;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A whole document as bytes: its full history and, if wanted, the text at its tip, in the form of docs/format-events.md.
 *
 * <p>The text stands in front and can be read without the history ({@link #textEnd}, {@link #readText}), so opening a
 * document takes as long as reading its text, however long its history is.
 *
 * <p><b>What is believed.</b> CRC32C sums over the header, the text with its version, and the history show damage; they do
 * not show malice, so a file is worth what the folder is worth that it lies in. That the text is what the history amounts
 * to only a replay shows: whoever has replayed the history compares the result with {@link CachedText}, or its SHA-256
 * with {@link #digest}.
 *
 * <p>Without packing a document has one encoding. Deflated bytes are not unique, since every release of zlib may pack in
 * its own way: of those only what they unpack to has one form.
 */
public final class DocumentCodec {
    /** Enough of a file's start for {@link #textEnd}. */
    public static final int HEADER_BYTES = DocumentHeader.BYTES;

    /** The text of a document at its tip. */
    public record CachedText(Version tip, String text) {}

    /** What is deflated. */
    public enum Packing {
        NOTHING,
        /** The text stays plain, which makes opening fastest. */
        HISTORY,
        EVERYTHING
    }

    private DocumentCodec() {}

    /** A document without a text to open it by. */
    public static byte[] encode(EventRuns history, Packing packing) {
        return encode(history, new DocumentHeader(), new byte[0], new byte[0], packing);
    }

    /**
     * A document that can be opened by its text alone.
     *
     * @throws IllegalArgumentException if the history does not lead to the text's version, or something is too large
     */
    public static byte[] encode(EventRuns history, CachedText cached, Packing packing) {
        if (!cached.tip().equals(HistoryCheck.tip(history))) {
            throw new IllegalArgumentException("The history does not lead to the version " + cached.tip() + ".");
        }
        byte[] text = cached.text().getBytes(StandardCharsets.UTF_8);
        if (text.length > Limits.DOCUMENT_BYTES || !sameText(cached.text(), text)) {
            throw new IllegalArgumentException(
                    "The text is larger than " + Limits.DOCUMENT_BYTES + " bytes, or holds half a surrogate pair.");
        }
        byte[] tip = encodeTip(cached.tip());
        byte[] stored = packing == Packing.EVERYTHING ? Section.TEXT.pack(text) : text;
        DocumentHeader header = new DocumentHeader();
        header.hasText = true;
        header.textPacked = stored != text;
        header.tipBytes = tip.length;
        header.textBytes = stored.length;
        header.textPlainBytes = text.length;
        header.digest = sha256(text);
        return encode(history, header, tip, stored, packing);
    }

    private static boolean sameText(String text, byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8).equals(text);
    }

    private static byte[] encode(EventRuns history, DocumentHeader header, byte[] tip, byte[] text, Packing packing) {
        try {
            HistoryCheck.check(history);
        } catch (MalformedColumnsException e) {
            throw new IllegalArgumentException("These events are no whole history: " + e.getMessage(), e);
        }
        ByteSink plain = new ByteSink(64 + 6 * history.count());
        if (history.count() > 0) {
            ColumnWriter.write(history, plain);
        }
        byte[] plainColumns = plain.toArray();
        ByteSink content = new ByteSink(history.contentLength());
        content.utf8(history.content(), 0, history.contentLength());
        byte[] plainContent = content.toArray();
        if (plainColumns.length > Limits.HISTORY_BYTES || plainContent.length > Limits.HISTORY_BYTES) {
            throw new IllegalArgumentException("The history takes more than " + Limits.HISTORY_BYTES + " bytes.");
        }
        boolean pack = packing != Packing.NOTHING;
        byte[] columns = pack ? Section.COLUMNS.pack(plainColumns) : plainColumns;
        byte[] inserted = pack ? Section.TEXT.pack(plainContent) : plainContent;
        header.columnsPacked = columns != plainColumns;
        header.contentPacked = inserted != plainContent;
        header.columnsBytes = columns.length;
        header.columnsPlainBytes = plainColumns.length;
        header.contentBytes = inserted.length;
        header.contentPlainBytes = plainContent.length;
        byte[] file = new byte[Math.addExact(header.contentStart(), inserted.length)];
        System.arraycopy(tip, 0, file, DocumentHeader.BYTES, tip.length);
        System.arraycopy(text, 0, file, header.textStart(), text.length);
        System.arraycopy(columns, 0, file, header.textEnd(), columns.length);
        System.arraycopy(inserted, 0, file, header.contentStart(), inserted.length);
        header.textSum = header.hasText ? DocumentHeader.sum(file, DocumentHeader.BYTES, header.textEnd()) : 0;
        header.historySum = DocumentHeader.sum(file, header.textEnd(), file.length);
        System.arraycopy(header.encode(), 0, file, 0, DocumentHeader.BYTES);
        return file;
    }

    /**
     * How much of a file's start {@link #readText} needs.
     *
     * @param start the first {@link #HEADER_BYTES} bytes or more
     */
    public static int textEnd(byte[] start) throws MalformedDocumentException {
        return DocumentHeader.decode(start).textEnd();
    }

    /** The SHA-256 of the text as UTF-8 that the header names; {@code null} if the file holds no text. */
    public static byte[] digest(byte[] start) throws MalformedDocumentException {
        DocumentHeader header = DocumentHeader.decode(start);
        return header.hasText ? header.digest : null;
    }

    /**
     * The text alone, which takes no look at the history; {@code null} if the file holds none.
     *
     * @param start the first {@link #textEnd} bytes of the file or more
     */
    public static CachedText readText(byte[] start) throws MalformedDocumentException {
        DocumentHeader header = DocumentHeader.decode(start);
        return header.hasText ? readText(start, header, plainText(start, header)) : null;
    }

    private static byte[] plainText(byte[] start, DocumentHeader header) throws MalformedDocumentException {
        if (start.length < header.textEnd()) {
            throw new MalformedDocumentException("the text is cut off");
        }
        if (DocumentHeader.sum(start, DocumentHeader.BYTES, header.textEnd()) != header.textSum) {
            throw new MalformedDocumentException("the text or its version is damaged");
        }
        return header.textPacked
                ? Section.TEXT.unpack(start, header.textStart(), header.textBytes, header.textPlainBytes)
                : Arrays.copyOfRange(start, header.textStart(), header.textEnd());
    }

    private static CachedText readText(byte[] start, DocumentHeader header, byte[] plain)
            throws MalformedDocumentException {
        try {
            Version tip = readTip(new ByteSource(start, DocumentHeader.BYTES, header.textStart()));
            return new CachedText(tip, new ByteSource(plain, 0, plain.length).utf8());
        } catch (MalformedColumnsException e) {
            throw new MalformedDocumentException(e);
        }
    }

    /** The full history. A text in front is not looked at; {@link #check} compares the two. */
    public static EventRuns readHistory(byte[] file) throws MalformedDocumentException {
        DocumentHeader header = DocumentHeader.decode(file);
        if (file.length != header.fileEnd()) {
            throw new MalformedDocumentException("it is " + file.length + " bytes long and says " + header.fileEnd());
        }
        if (DocumentHeader.sum(file, header.textEnd(), file.length) != header.historySum) {
            throw new MalformedDocumentException("the history is damaged");
        }
        try {
            return readHistory(file, header);
        } catch (MalformedColumnsException e) {
            throw new MalformedDocumentException(e);
        }
    }

    private static EventRuns readHistory(byte[] file, DocumentHeader header)
            throws MalformedDocumentException, MalformedColumnsException {
        ByteSource columns = section(
                file,
                header.textEnd(),
                header.columnsBytes,
                header.columnsPlainBytes,
                header.columnsPacked,
                Section.COLUMNS);
        if (columns.remaining() == 0 && header.contentBytes == 0) {
            return EventRuns.EMPTY;
        }
        ColumnReader reader = ColumnReader.read(columns);
        if (columns.remaining() > 0) {
            throw new MalformedDocumentException("bytes are left over behind the columns");
        }
        ByteSource content = section(
                file,
                header.contentStart(),
                header.contentBytes,
                header.contentPlainBytes,
                header.contentPacked,
                Section.TEXT);
        EventRuns history = reader.with(content.utf8());
        HistoryCheck.check(history);
        return history;
    }

    private static ByteSource section(byte[] file, int from, int length, int plainLength, boolean packed, Section kind)
            throws MalformedDocumentException {
        return packed
                ? new ByteSource(kind.unpack(file, from, length, plainLength), 0, plainLength)
                : new ByteSource(file, from, from + length);
    }

    /**
     * Checks all of a file that can be checked without replaying it: the history, the text, its digest, and that its
     * version is the one the history leads to.
     */
    public static void check(byte[] file) throws MalformedDocumentException {
        EventRuns history = readHistory(file);
        DocumentHeader header = DocumentHeader.decode(file);
        if (!header.hasText) {
            return;
        }
        byte[] plain = plainText(file, header);
        CachedText cached = readText(file, header, plain);
        if (!Arrays.equals(sha256(plain), header.digest)) {
            throw new MalformedDocumentException("the text is not the one of the digest");
        }
        if (!cached.tip().equals(HistoryCheck.tip(history))) {
            throw new MalformedDocumentException("the text's version is not the one the history leads to");
        }
    }

    private static byte[] encodeTip(Version tip) {
        ByteSink out = new ByteSink(32);
        out.varint(tip.events().size());
        for (EventId event : tip.events()) {
            ColumnWriter.writeName(event.replica(), false, out);
            out.varint(event.seq());
        }
        return out.toArray();
    }

    private static Version readTip(ByteSource in) throws MalformedColumnsException {
        int count = in.varint();
        List<EventId> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ReplicaId replica = ColumnReader.readName(in);
            EventId event = new EventId(replica, in.varint());
            if (i > 0 && events.get(i - 1).compareTo(event) >= 0) {
                throw new MalformedColumnsException(in.at(), "the text's version is out of order");
            }
            events.add(event);
        }
        if (in.remaining() > 0) {
            throw new MalformedColumnsException(in.at(), "something follows the text's version");
        }
        return new Version(events);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}

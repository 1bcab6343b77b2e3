package dev.metalog.server.workspace;

import dev.metalog.protocol.Digest;
import dev.metalog.protocol.TextEdit;
import dev.metalog.server.text.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Texts that an editor or the file had before something went out of the document. Whoever comes with one of them, or with
 * what was typed into one, is brought forward: set against any version that is left, everybody's words that are typed anew
 * would be there twice.
 *
 * <p>As a record of the log: the SHA-256 of the text (32 bytes), then the text in UTF-8, deflated (RFC 1951).
 *
 * <p>Overflow rule: of more than {@value #MOST} the one that was added first is forgotten, and is any other text then. One
 * that takes more than {@value #MOST_BYTES} bytes deflated is only recognised as it was, without anything typed into it.
 */
final class OutdatedTexts {
    static final int MOST = 16;
    static final int MOST_BYTES = 512 << 10;

    private static final int MOST_TEXT_BYTES = 16 << 20;

    /** A text that somebody came with: this one, and these edits upon it in sequence. */
    record Found(Text before, List<TextEdit> edits) {
        long cost() {
            return MinimalDiff.cost(edits);
        }
    }

    /** {@code text == null}: it is too long. */
    @SuppressWarnings("ArrayRecordComponent") // changed by nobody, compared by nobody
    private record Kept(Text text, byte[] record) {}

    private final Map<Digest, Kept> kept = new LinkedHashMap<>();

    /** Returns its record; {@code null} if it is there already. */
    byte[] add(Text text) {
        Digest digest = digestOf(text);
        if (kept.containsKey(digest)) {
            return null;
        }
        byte[] deflated = deflated(text);
        boolean isShort = deflated.length <= MOST_BYTES;
        byte[] record = Arrays.copyOf(digest.bytes(), Digest.BYTES + (isShort ? deflated.length : 0));
        System.arraycopy(deflated, 0, record, Digest.BYTES, record.length - Digest.BYTES);
        add(digest, new Kept(isShort ? text : null, record));
        return record;
    }

    private void add(Digest digest, Kept one) {
        kept.put(digest, one);
        if (kept.size() > MOST) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    /** @throws IOException when the bytes are no such record */
    void restore(byte[] record) throws IOException {
        if (record.length < Digest.BYTES || record.length > Digest.BYTES + MOST_BYTES) {
            throw new IOException("No text of before.");
        }
        Digest digest = new Digest(Arrays.copyOf(record, Digest.BYTES));
        Text text = record.length == Digest.BYTES
                ? null
                : Text.of(inflated(Arrays.copyOfRange(record, Digest.BYTES, record.length)));
        if (text != null && !digestOf(text).equals(digest)) {
            throw new IOException("Another text of before.");
        }
        add(digest, new Kept(text, record));
    }

    List<byte[]> records() {
        return kept.values().stream().map(Kept::record).toList();
    }

    /** Which of them this text is or comes from most likely; {@code null} if there is none. */
    Found nearest(Text text) {
        if (kept.isEmpty()) {
            return null;
        }
        if (kept.containsKey(digestOf(text))) {
            return new Found(text, List.of());
        }
        Found nearest = null;
        for (Kept one : kept.values()) {
            Found found = one.text() == null ? null : new Found(one.text(), MinimalDiff.between(one.text(), text));
            nearest = found != null && (nearest == null || found.cost() < nearest.cost()) ? found : nearest;
        }
        return nearest;
    }

    private static Digest digestOf(Text text) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            text.forEachUtf8Chunk(sha::update);
            return new Digest(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }

    private static byte[] deflated(Text text) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            deflater.setInput(text.toString().getBytes(StandardCharsets.UTF_8));
            deflater.finish();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] block = new byte[1 << 13];
            while (!deflater.finished() && bytes.size() <= MOST_BYTES) {
                bytes.write(block, 0, deflater.deflate(block));
            }
            return bytes.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static String inflated(byte[] bytes) throws IOException {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(bytes);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            byte[] block = new byte[1 << 13];
            while (!inflater.finished()) {
                int length = inflater.inflate(block);
                if ((length == 0 && inflater.needsInput()) || text.size() > MOST_TEXT_BYTES) {
                    throw new IOException("A text of before that does not end.");
                }
                text.write(block, 0, length);
            }
            return text.toString(StandardCharsets.UTF_8);
        } catch (DataFormatException e) {
            throw new IOException("A text of before: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }
}

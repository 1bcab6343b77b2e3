package dev.metalog.server.store;

import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A small file of a workspace, such as that of its peers, replaced as a whole, so that after a power loss it is the one before
 * or the new one. The first line says what it is, its format, and the CRC32C of the format and all that follows:
 *
 * <pre>
 * meta-log peers 1 a1b2c3d4
 * (the peers)
 * </pre>
 *
 * <p>One that does not agree with its first line is put aside and never deleted. One thread at a time may call it, and only
 * the holder of the workspace's lock.
 */
public final class CheckedFile {
    static final int FORMAT = 1;
    private static final int MAX_FILE_BYTES = 16 << 20;
    private static final int MAX_LINE_BYTES = 64;

    private final StoreFiles files;
    private final Path file;
    private final String what;
    private final String without;
    private final Pattern line;

    /**
     * @param what it holds, in one word
     * @param without what follows from doing without it, for the person
     */
    CheckedFile(StoreFiles files, Path file, String what, String without) {
        this.files = files;
        this.file = file;
        this.what = what;
        this.without = without;
        this.line = Pattern.compile("meta-log " + what + " ([0-9]{1,4}) ([0-9a-f]{8})");
    }

    /**
     * What was kept, or {@code null} when nothing was.
     *
     * @throws StoreRefused as damaged when it is not what was written; it is still there then: see {@link #putAside}
     */
    public byte[] read() throws StoreRefused {
        if (!files.exists(file)) {
            return null;
        }
        byte[] bytes = OwnerOnly.read(files, file, MAX_FILE_BYTES);
        int end = 0;
        while (end < Math.min(bytes.length, MAX_LINE_BYTES) && bytes[end] != '\n') {
            end++;
        }
        Matcher first = line.matcher(new String(bytes, 0, end, StandardCharsets.ISO_8859_1));
        byte[] body = end < bytes.length ? Arrays.copyOfRange(bytes, end + 1, bytes.length) : new byte[0];
        if (end == bytes.length || !first.matches() || !first.group(2).equals(sum(first.group(1), body))) {
            throw new StoreRefused(
                    StoreRefused.Reason.DAMAGED,
                    file,
                    "It is not what was written to it.",
                    "Restore it from a backup, or go on without it.");
        }
        if (Integer.parseInt(first.group(1)) > FORMAT) {
            throw new StoreRefused(
                    StoreRefused.Reason.NEWER_FORMAT,
                    file,
                    "A newer meta-log wrote it. It was left untouched.",
                    "Start that newer version, or move this file away; then " + without + ".");
        }
        return body;
    }

    /** On disk when this returns. */
    public void write(byte[] body) throws StoreRefused {
        String format = Integer.toString(FORMAT);
        byte[] head = ("meta-log " + what + " " + format + " " + sum(format, body) + "\n")
                .getBytes(StandardCharsets.US_ASCII);
        OwnerOnly.replace(
                files,
                file,
                ByteBuffer.allocate(head.length + body.length)
                        .put(head)
                        .put(body)
                        .array());
    }

    /** Gives the file another name, under which it is kept. Returns that name. */
    public Path putAside() throws StoreRefused {
        try {
            int number = 1;
            while (files.exists(aside(number))) {
                number++;
            }
            files.publish(file, aside(number));
            files.delete(file);
            files.forceFolder(file.getParent());
            return aside(number);
        } catch (IOException e) {
            throw StoreRefused.because(file, "Putting it aside", e);
        }
    }

    private Path aside(int number) {
        return file.resolveSibling(file.getFileName() + ".damaged-" + number);
    }

    private static String sum(String format, byte[] body) {
        CRC32C sum = new CRC32C();
        sum.update((format + "\n").getBytes(StandardCharsets.US_ASCII));
        sum.update(body);
        return String.format(Locale.ROOT, "%08x", sum.getValue());
    }
}

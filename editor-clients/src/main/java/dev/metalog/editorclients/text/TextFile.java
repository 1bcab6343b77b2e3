package dev.metalog.editorclients.text;

import dev.metalog.protocol.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;

/**
 * A file on disk as an editor reads and writes it: UTF-8, with what the text does not show kept aside.
 *
 * <p>When every line ends with {@code \r\n} the buffer shows {@code \n} and saving writes {@code \r\n} again. A file
 * whose line ends disagree is shown as it is, carriage returns and all, so that saving it unchanged changes no byte.
 *
 * @param crlf whether {@code \n} in the buffer is {@code \r\n} on disk
 * @param byteOrderMark whether the file starts with one; the text never does
 */
public record TextFile(boolean crlf, boolean byteOrderMark) {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    /** What a file held: its text for the buffer, and how to write it back. */
    public record Loaded(String text, TextFile format) {}

    /**
     * Reads a file; one that does not exist reads as empty.
     *
     * @throws BadTextException when the file is not UTF-8 or too large; the file was only read
     */
    public static Loaded read(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new BadTextException(path + " is a folder; give the path of a file");
        }
        if (!Files.exists(path)) {
            return new Loaded("", new TextFile(false, false));
        }
        long size = Files.size(path);
        if (size > Limits.DOCUMENT_BYTES) {
            throw new BadTextException(path + " has " + size + " bytes; a document may have " + Limits.DOCUMENT_BYTES);
        }
        String text = decode(path, Files.readAllBytes(path));
        boolean mark = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
        String body = mark ? text.substring(1) : text;
        boolean crlf = everyLineEndsWithCrlf(body);
        return new Loaded(crlf ? body.replace("\r\n", "\n") : body, new TextFile(crlf, mark));
    }

    /**
     * Writes the text in this file's manner: the new content appears as a whole or not at all, under the old file mode,
     * and through a symbolic link.
     *
     * @return the bytes written
     */
    public int write(Path path, String text) throws IOException {
        String onDisk =
                (byteOrderMark ? String.valueOf(BYTE_ORDER_MARK) : "") + (crlf ? text.replace("\n", "\r\n") : text);
        byte[] bytes = onDisk.getBytes(StandardCharsets.UTF_8);
        Path target = Files.exists(path) ? path.toRealPath() : path;
        Path fresh = createBeside(target);
        try {
            Files.write(fresh, bytes);
            keepMode(target, fresh);
            Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
        return bytes.length;
    }

    private static Path createBeside(Path target) throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        for (int attempt = 0; ; attempt++) {
            Path fresh = folder.resolve(".#" + target.getFileName() + "." + attempt + ".new");
            try {
                return Files.createFile(fresh);
            } catch (FileAlreadyExistsException e) {
                if (attempt == 99) {
                    throw e;
                }
            }
        }
    }

    private static void keepMode(Path from, Path to) throws IOException {
        if (!Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        if (view != null) {
            view.setPermissions(Files.getPosixFilePermissions(from));
        }
    }

    private static String decode(Path path, byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw new BadTextException(path + " is not UTF-8: byte " + in.position() + " (0x"
                    + Integer.toHexString(bytes[in.position()] & 0xff) + ") starts no character. Convert it first, for "
                    + "example with iconv; the file was not changed");
        }
        return out.flip().toString();
    }

    private static boolean everyLineEndsWithCrlf(String text) {
        String rest = text.replace("\r\n", "");
        return rest.length() < text.length() && rest.indexOf('\r') < 0 && rest.indexOf('\n') < 0;
    }
}

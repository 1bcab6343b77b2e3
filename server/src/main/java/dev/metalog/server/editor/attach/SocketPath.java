package dev.metalog.server.editor.attach;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Where a socket can be: its path may be about a hundred bytes long, whatever the file system allows. */
public final class SocketPath {
    /** {@code sun_path} holds 104 bytes on macOS and 108 on Linux, a zero among them. */
    public static final int MAX_BYTES = 100;

    private SocketPath() {}

    /**
     * The preferred path, or when that is too long, a name made from it in another folder. Both processes compute the same.
     *
     * @param shortFolder a folder of this person alone with a short path
     */
    public static Path fitting(Path preferred, Path shortFolder) {
        if (bytes(preferred) <= MAX_BYTES) {
            return preferred;
        }
        byte[] path = preferred.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(path);
            return shortFolder.resolve(HexFormat.of().formatHex(digest, 0, 8) + ".sock");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }

    static void check(Path socket) throws IOException {
        if (bytes(socket) > MAX_BYTES) {
            throw new IOException("The path of a socket may be " + MAX_BYTES + " bytes long, and this one has "
                    + bytes(socket) + ": " + socket + ". Choose a shorter folder.");
        }
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }
}

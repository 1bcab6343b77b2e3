package dev.metalog.server.editor.attach;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The first line each side sends on the socket: {@code meta-log-attach 1 TOKEN} and {@code ok}, or {@code no WHY} and the
 * end. Behind it both directions carry JSON-RPC frames.
 */
final class Handshake {
    static final String HELLO = "meta-log-attach 1 ";
    static final String YES = "ok";
    static final String NO = "no ";
    static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{16,128}");
    private static final int LINE_BYTES = 512;

    private Handshake() {}

    static void send(OutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /**
     * The other side's line, or null when it ended before.
     *
     * @throws IOException also when the line is too long, or does not come in time
     */
    static String receive(Wire wire, long timeoutMillis) throws IOException {
        CompletableFuture<Void> late = CompletableFuture.runAsync(
                () -> closeQuietly(wire), CompletableFuture.delayedExecutor(timeoutMillis, TimeUnit.MILLISECONDS));
        try {
            return line(wire.in());
        } finally {
            late.cancel(false);
        }
    }

    /** Byte by byte: what follows belongs to the frames. */
    private static String line(InputStream in) throws IOException {
        byte[] line = new byte[LINE_BYTES];
        int length = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return new String(line, 0, length, StandardCharsets.UTF_8);
            }
            if (length == LINE_BYTES) {
                throw new IOException("the first line is too long");
            }
            line[length++] = (byte) b;
        }
        return null;
    }

    private static void closeQuietly(Wire wire) {
        try {
            wire.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

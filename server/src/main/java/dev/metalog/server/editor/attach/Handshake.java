package dev.metalog.server.editor.attach;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * The first line each side sends on the socket: {@code meta-log-attach 1 TOKEN} and {@code ok}, or {@code no WHY} and the
 * end. Behind it both directions carry JSON-RPC frames.
 */
final class Handshake {
    private static final Logger LOG = Logger.getLogger("dev.metalog.server.editor.attach");
    static final String HELLO = "meta-log-attach 1 ";
    static final String YES = "ok";
    static final String NO = "no ";
    /** Why somebody is sent away who read the token of a run before. */
    static final String OTHER_TOKEN = "the token is not the one of this run";

    static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{16,128}");
    private static final int LINE_BYTES = 512;

    private Handshake() {}

    static void send(OutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** A conversation at the door. */
    interface Talk {
        /** @return the other side's line, or null when it ended before */
        String run() throws IOException;
    }

    /**
     * Closes the socket under a talk that takes too long, which the talk sees as an {@link
     * java.nio.channels.AsynchronousCloseException}.
     */
    static String within(long timeoutMillis, Wire wire, Talk talk) throws IOException {
        CompletableFuture<Void> late = CompletableFuture.runAsync(
                () -> close(wire), CompletableFuture.delayedExecutor(timeoutMillis, TimeUnit.MILLISECONDS));
        try {
            return talk.run();
        } finally {
            late.cancel(false);
        }
    }

    /** The other side's line, read byte by byte: what follows belongs to the frames. */
    static String receive(InputStream in) throws IOException {
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

    private static void close(Wire wire) {
        try {
            wire.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A socket could not be closed: {0}", e.getMessage());
        }
    }
}

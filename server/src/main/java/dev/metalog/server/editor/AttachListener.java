package dev.metalog.server.editor;

import dev.metalog.protocol.Limits;
import dev.metalog.server.editor.attach.Door;
import dev.metalog.server.editor.attach.SocketPath;
import dev.metalog.server.editor.attach.Wire;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The host's side of {@link InitializeAnswer.Forward}: sidecars of this machine that found the workspace taken bring their
 * editors here, and each is served like the host's own.
 */
public final class AttachListener implements Closeable {
    private final Door door;

    private AttachListener(Door door) {
        this.door = door;
    }

    /**
     * Waits for attached editors, at most {@link Limits#ATTACHED_EDITORS} at a time, until closed.
     *
     * @param socket as {@link #socketPath} gives it; what lies there is replaced, so hold the workspace's lock. Its folder
     *     becomes the person's alone (mode 0700), so let it hold nothing else
     * @param token 16 to 128 letters, digits, {@code _} or {@code -}, drawn at random for this run
     */
    public static AttachListener open(Path socket, String token, EditorListener listener) throws IOException {
        return new AttachListener(Door.open(socket, token, Limits.ATTACHED_EDITORS, guest -> serve(guest, listener)));
    }

    /**
     * The preferred path, or when a socket cannot have so long a path (about 100 bytes), a name made from it in the other
     * folder. Host and attached sidecars compute the same.
     */
    public static Path socketPath(Path preferred, Path shortFolder) {
        return SocketPath.fitting(preferred, shortFolder);
    }

    private static void serve(Wire guest, EditorListener listener) {
        try {
            EditorShell.serve(guest.in(), guest.out(), listener, false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends all attached editors away and removes the socket. */
    @Override
    public void close() throws IOException {
        door.close();
    }
}

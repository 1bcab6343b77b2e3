package dev.metalog.server.editor;

import dev.metalog.server.editor.frame.FrameReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Speaks JSON-RPC with one editor, as {@code docs/protocol-editor.md} says. */
public final class EditorShell {
    private static final long CLIENT_CHECK_MILLIS = 750;
    private static final long LAST_HANDLER_MILLIS = 300;
    /** An editor that is gone may have written more than was read yet. */
    private static final long REST_MILLIS = 500;

    private static final long FLUSH_MILLIS = 300;

    private EditorShell() {}

    /**
     * Serves the editor at this process's standard input and output, which belongs to the protocol from now on: {@code
     * System.out} goes to standard error. The caller exits with the reason's code; a thread that waits for input does not
     * keep the process alive.
     */
    public static EndReason serveStandardStreams(EditorListener listener) throws InterruptedException {
        System.setOut(System.err);
        return serve(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out), listener);
    }

    /**
     * Serves one editor until the end. The calling thread waits; a thread of its own reads, because a read of standard
     * input cannot be ended by anybody but the editor.
     *
     * @return why it ended, at most about a second after it did; what was to be written is written, if the editor reads
     */
    public static EndReason serve(InputStream in, OutputStream out, EditorListener listener)
            throws InterruptedException {
        return serve(in, out, listener, true);
    }

    /** @param mayForward whether the editor may be passed on to another sidecar, or was passed on already */
    static EndReason serve(InputStream in, OutputStream out, EditorListener listener, boolean mayForward)
            throws InterruptedException {
        SessionLog log = new SessionLog();
        CompletableFuture<EndReason> end = new CompletableFuture<>();
        Outbox outbox = new Outbox(out, end::complete, log);
        Conversation conversation =
                new Conversation(new FrameReader(in), outbox, listener, mayForward, end::complete, log);
        outbox.start();
        Thread reader = new Thread(conversation::read, "editor-reader");
        reader.setDaemon(true);
        reader.start();

        EndReason reason = awaitEnd(end, conversation);
        if (reason == EndReason.END_OF_INPUT || reason == EndReason.CLIENT_DIED) {
            // That nobody reads any more is often noticed first. What was typed before is still in the pipe.
            reader.join(REST_MILLIS);
        }
        if (!conversation.close(LAST_HANDLER_MILLIS)) {
            log.warn("A handler is still at work at the end of the session.");
        }
        outbox.finish(FLUSH_MILLIS);
        if (conversation.served()) {
            tellEnded(listener, conversation, reason, log);
        }
        return reason;
    }

    /**
     * Java's own notice of another process's end ({@code ProcessHandle.onExit}) comes after up to five seconds when the
     * process is not a child, so we look ourselves.
     */
    private static EndReason awaitEnd(CompletableFuture<EndReason> end, Conversation conversation)
            throws InterruptedException {
        while (true) {
            try {
                return end.get(CLIENT_CHECK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (conversation.clientDied()) {
                    end.complete(EndReason.CLIENT_DIED);
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("Nobody fails this future.", e);
            }
        }
    }

    private static void tellEnded(
            EditorListener listener, Conversation conversation, EndReason reason, SessionLog log) {
        try {
            listener.ended(conversation.session(), reason);
        } catch (RuntimeException e) {
            log.defect("The sidecar failed at the end of a session.", e);
        }
    }
}

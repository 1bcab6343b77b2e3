package dev.metalog.server.app;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.server.identity.SentFile;
import dev.metalog.server.store.ReceivedFiles;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.workspace.Input;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Writes the files that peers sent, on a thread of its own, so that typing never waits for them. At most {@link
 * Limits#RECEIVED_WAITING} wait; one more is refused, and whoever wants it has it sent again.
 */
final class FileKeeper implements AutoCloseable {
    private static final long FAREWELL_SECONDS = 2;

    private final ReceivedFiles files;
    private final Mailbox mailbox;
    private final ExecutorService writer = new ThreadPoolExecutor(
            0, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(Limits.RECEIVED_WAITING), work -> {
                Thread thread = new Thread(work, "received-files");
                thread.setDaemon(true);
                return thread;
            });

    /** @param files {@code null} when the workspace is no folder of this machine */
    FileKeeper(ReceivedFiles files, Mailbox mailbox) {
        this.files = files;
        this.mailbox = mailbox;
    }

    /** Called by the loop thread; what comes of it is posted. */
    void keep(SentFile file) {
        if (files == null) {
            mailbox.postFromLoop(
                    notKept(file, "This workspace is no folder of this machine, so there is no place for it."));
            return;
        }
        try {
            writer.execute(() -> mailbox.post(written(file)));
        } catch (RejectedExecutionException e) {
            mailbox.postFromLoop(notKept(
                    file, "More files arrive than can be written. Have it sent once more, or block who floods you."));
        }
    }

    private Input written(SentFile file) {
        try {
            ReceivedFiles.Kept kept = files.keep(
                    file.from(),
                    file.path(),
                    file.timestamp().toEpochMilli(),
                    file.content().getBytes(StandardCharsets.UTF_8));
            String explanation = kept.isBeside()
                    ? "You changed " + file.path() + ", so it stays as it is, and what was sent lies beside it."
                    : null;
            return new Input.FileKept(new FederationMessages.FileReceived(
                    file.from().value(),
                    file.path().value(),
                    kept.file().toUri().toString(),
                    true,
                    explanation,
                    file.timestamp().toString()));
        } catch (StoreRefused e) {
            return notKept(file, e.getMessage());
        }
    }

    private Input notKept(SentFile file, String why) {
        String uri = files == null
                ? null
                : files.place(file.from(), file.path()).toUri().toString();
        return new Input.FileKept(new FederationMessages.FileReceived(
                file.from().value(),
                file.path().value(),
                uri,
                false,
                why,
                file.timestamp().toString()));
    }

    @Override
    public void close() {
        writer.shutdown();
        try {
            var unused = writer.awaitTermination(FAREWELL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.metalog.server.app;

import dev.metalog.protocol.PeerId;
import dev.metalog.server.store.CheckedFile;
import dev.metalog.server.store.file.StoreRefused;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps up to when what each peer sent in public was heard, a line for each: the peer's id and milliseconds since 1970. Written on a
 * thread of its own, so that nobody who floods the public topics makes typing wait for the disk; of several that wait only the
 * newest is, as it holds the others. So a kill costs what passed in the moment that one writing takes.
 */
final class HeardUpToKeeper implements AutoCloseable {
    private static final long FAREWELL_SECONDS = 2;

    private final CheckedFile file;
    private final Journal journal;
    private final AtomicReference<Map<PeerId, Long>> waiting = new AtomicReference<>();
    private final ExecutorService writer = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "heard-up-to");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<PeerId, Long> stored;

    HeardUpToKeeper(CheckedFile file, Journal journal) {
        this.file = file;
        this.journal = journal;
        this.stored = load();
    }

    Map<PeerId, Long> stored() {
        return stored;
    }

    private Map<PeerId, Long> load() {
        Map<PeerId, Long> found = new LinkedHashMap<>();
        try {
            byte[] bytes = file.read();
            String text = bytes == null ? "" : new String(bytes, StandardCharsets.US_ASCII);
            for (String line : text.split("\n", -1)) {
                String[] parts = line.split(" ", 2);
                if (parts.length == 2) {
                    found.put(new PeerId(parts[0]), Long.parseLong(parts[1]));
                }
            }
        } catch (StoreRefused | IllegalArgumentException e) {
            journal.line(
                    "What was heard on public topics before cannot be read; what was sent in the last ten minutes may be"
                            + " taken once more. " + e.getMessage());
        }
        return found;
    }

    void keep(Map<PeerId, Long> heardUpTo) {
        if (waiting.getAndSet(heardUpTo) == null && !writer.isShutdown()) {
            writer.execute(this::write);
        }
    }

    private void write() {
        StringBuilder text = new StringBuilder();
        waiting.getAndSet(null)
                .forEach((peer, millis) ->
                        text.append(peer).append(' ').append(millis).append('\n'));
        try {
            file.write(text.toString().getBytes(StandardCharsets.US_ASCII));
        } catch (StoreRefused e) {
            journal.line(e.getMessage());
        }
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

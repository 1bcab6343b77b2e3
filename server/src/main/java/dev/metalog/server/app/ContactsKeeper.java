package dev.metalog.server.app;

import dev.metalog.server.store.CheckedFile;
import dev.metalog.server.store.file.StoreRefused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Keeps where peers can be reached and on which port we were, so that both find each other after a restart without a broker. A
 * line for each:
 *
 * <pre>
 * port 40123
 * peer AYb3…       (what it signed, in base64)
 * </pre>
 *
 * <p>It is only a help: when it cannot be read or written, peers are found through a broker again. Written on a thread of its own;
 * of several that wait only the newest is.
 */
final class ContactsKeeper implements AutoCloseable {
    private static final long FAREWELL_SECONDS = 2;
    private static final String PORT = "port ";
    private static final String PEER = "peer ";

    private final CheckedFile file;
    private final Journal journal;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "contacts");
        thread.setDaemon(true);
        return thread;
    });
    private List<byte[]> statements = List.of();
    private int port;
    private boolean waits;

    ContactsKeeper(CheckedFile file, Journal journal) {
        this.file = file;
        this.journal = journal;
        load();
    }

    private void load() {
        List<byte[]> found = new ArrayList<>();
        try {
            byte[] bytes = file.read();
            String text = bytes == null ? "" : new String(bytes, StandardCharsets.US_ASCII);
            for (String line : text.split("\n", -1)) {
                if (line.startsWith(PORT)) {
                    port = Integer.parseInt(line.substring(PORT.length()));
                } else if (line.startsWith(PEER)) {
                    found.add(Base64.getDecoder().decode(line.substring(PEER.length())));
                }
            }
            statements = List.copyOf(found);
        } catch (StoreRefused | IllegalArgumentException e) {
            journal.line(
                    "Where peers were reached last cannot be read; they are found through a broker. " + e.getMessage());
        }
    }

    /** What peers signed; whoever uses it checks it. */
    synchronized List<byte[]> statements() {
        return statements;
    }

    /** The port that we listened on last; 0 when there was none. */
    synchronized int port() {
        return port;
    }

    synchronized void keep(List<byte[]> newStatements) {
        statements = List.copyOf(newStatements);
        write();
    }

    synchronized void keepPort(int newPort) {
        if (port != newPort) {
            port = newPort;
            write();
        }
    }

    private void write() {
        if (!waits && !writer.isShutdown()) {
            waits = true;
            writer.execute(() -> {
                try {
                    file.write(take());
                } catch (StoreRefused e) {
                    journal.line(e.getMessage());
                }
            });
        }
    }

    private synchronized byte[] take() {
        waits = false;
        StringBuilder text = new StringBuilder();
        if (port > 0) {
            text.append(PORT).append(port).append('\n');
        }
        for (byte[] statement : statements) {
            text.append(PEER)
                    .append(Base64.getEncoder().encodeToString(statement))
                    .append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
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

package dev.metalog.editorclients.drive;

import dev.metalog.editorclients.sidecar.SidecarException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Lines to and from a headless editor that runs on a thread of this process. */
final class InProcessLine implements DrivenEditor.Line {
    private final Queue commands = new Queue();
    private final Queue results = new Queue();
    private final Thread thread;
    private volatile Exception failure;

    InProcessLine(CommandLoop.EditorStarter starter) {
        thread = new Thread(() -> run(starter), "headless-editor");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(CommandLoop.EditorStarter starter) {
        try {
            CommandLoop.run(starter, commands, results);
        } catch (IOException | SidecarException | RuntimeException e) {
            failure = e;
        } finally {
            results.end();
        }
    }

    @Override
    public LineSource fromEditor() {
        return () -> {
            String line = results.next();
            if (line == null && failure != null) {
                throw new IOException("the headless editor failed: " + failure.getMessage(), failure);
            }
            return line;
        };
    }

    @Override
    public LineSink toEditor() {
        return commands;
    }

    @Override
    public void end(Duration patience) {
        commands.end();
        try {
            thread.join(Math.max(1, patience.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lines in order, and then their end. Who writes waits while it is full. */
    private static final class Queue implements LineSource, LineSink {
        private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>(4_096);

        @Override
        public String next() throws IOException {
            try {
                return lines.take().orElse(null);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }

        @Override
        public void accept(String line) {
            put(Optional.of(line));
        }

        void end() {
            put(Optional.empty());
        }

        private void put(Optional<String> line) {
            try {
                lines.put(line);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while handing over a line", e);
            }
        }
    }
}

package dev.metalog.editorclients.rig;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A folder for one run, and the promise that nothing of the run stays: at the end, also after Ctrl-C, the processes that
 * this one started are ended and the folder is deleted.
 */
public final class Scratch implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 3_000;

    private final Path folder;
    private final Thread atExit;
    private volatile boolean cutShort;

    private Scratch(Path folder) {
        this.folder = folder;
        atExit = new Thread(this::cleanUpAtExit, "clean-up");
    }

    public static Scratch create(String name) throws IOException {
        Scratch scratch =
                new Scratch(Files.createTempDirectory("meta-log-" + name).toRealPath());
        Runtime.getRuntime().addShutdownHook(scratch.atExit);
        return scratch;
    }

    /** A new empty folder of this name. */
    public Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    /** Whether the whole program is being ended, as by Ctrl-C; what fails then fails because of that. */
    public boolean isCutShort() {
        return cutShort;
    }

    @Override
    public void close() {
        if (!cutShort) {
            Runtime.getRuntime().removeShutdownHook(atExit);
            cleanUp();
        }
    }

    private void cleanUpAtExit() {
        cutShort = true;
        cleanUp();
    }

    private void cleanUp() {
        endProcesses();
        try {
            Files.walkFileTree(folder, new Deleter());
        } catch (IOException e) {
            System.err.println("meta-log: could not delete " + folder + ": " + e.getMessage());
        }
    }

    /** First kindly, then by force. Their own children end with them: they notice the end of their input. */
    private static void endProcesses() {
        List<ProcessHandle> started = ProcessHandle.current().descendants().toList();
        started.forEach(ProcessHandle::destroy);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        for (ProcessHandle process : started) {
            try {
                process.onExit().get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                process.destroyForcibly();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the end of a process is never a failure", e);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    private static final class Deleter extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
        }
    }
}

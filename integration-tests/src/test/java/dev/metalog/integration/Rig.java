package dev.metalog.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What one test has to itself: a folder, seats for people, brokers. At the end everything that was started is ended, last
 * first, the folder is deleted, and the test fails if a process of it is still there. When the test failed, the logs of
 * its processes are shown.
 */
final class Rig implements BeforeEachCallback, AfterEachCallback {
    /** How long anything may take before it counts as not happening; far above what it takes on a busy machine. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int LOG_LINES = 60;

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private Path folder;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        folder = Files.createTempDirectory("meta-log-it-").toRealPath();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        List<Exception> troubles = new ArrayList<>();
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                troubles.add(e);
            }
        }
        List<String> left = awaitEndOfProcesses();
        if (context.getExecutionException().isPresent() || !left.isEmpty() || !troubles.isEmpty()) {
            showLogs();
        }
        deleteFolder();
        assertThat(troubles).as("what went wrong at the end").isEmpty();
        assertThat(left).as("processes that the test left behind").isEmpty();
    }

    Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    /** A fresh place for one person, whose sidecar uses this broker. */
    Seat seat(String name, String brokerUrl) throws IOException {
        return Seat.in(folder(name), name, brokerUrl);
    }

    /** Is closed at the end of the test. */
    <T extends AutoCloseable> T keep(T closeable) {
        started.push(closeable);
        return closeable;
    }

    static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(20));
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Sidecars notice the end of their input by themselves and have a second for it. */
    private List<String> awaitEndOfProcesses() {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        List<ProcessHandle> left = ownProcesses();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            left.forEach(process -> Rig.join(process, Duration.ofMillis(200)));
            left = ownProcesses();
        }
        List<String> names = left.stream()
                .map(process ->
                        process.pid() + " " + process.info().commandLine().orElse(""))
                .toList();
        left.forEach(ProcessHandle::destroyForcibly);
        return names;
    }

    private static void join(ProcessHandle process, Duration time) {
        try {
            process.onExit().get(time.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            return;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("the end of a process is never a failure", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Every process that has this test's folder in its environment, whoever started it. Only where there is /proc. */
    private List<ProcessHandle> ownProcesses() {
        return ProcessHandle.allProcesses().filter(this::isOwn).toList();
    }

    private boolean isOwn(ProcessHandle process) {
        Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
        Path command = Path.of("/proc", Long.toString(process.pid()), "cmdline");
        return process.pid() != ProcessHandle.current().pid()
                && (contains(environment, folder.toString()) || contains(command, folder.toString()));
    }

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            // It has ended, it is somebody else's, or there is no /proc here.
            return false;
        }
    }

    private void showLogs() throws IOException {
        for (Path log : logs()) {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            System.out.println("--- the end of " + folder.relativize(log));
            lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()).forEach(System.out::println);
        }
    }

    private List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.walk(folder, 3)) {
            return files.filter(file -> file.toString().endsWith(".log")).toList();
        }
    }

    private void deleteFolder() throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Optional.of(file.toFile()).filter(entry -> !entry.canWrite()).ifPresent(entry -> entry.setWritable(true));
            Files.deleteIfExists(file);
        }
    }
}

package dev.metalog.server.link;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The embedded broker in a process of its own, so that its memory and its faults are not the sidecar's. It ends with
 * {@link #close}, and by itself as soon as this process does, however that comes about.
 */
public final class BrokerProcess implements AutoCloseable {
    /** Why a broker process did not come to serve. */
    public enum Failure {
        /** Somebody listens on the wanted port already; perhaps a broker, which can be used instead. */
        PORT_TAKEN,
        /** Anything else; the message has the process's own last words. */
        NOT_STARTED
    }

    /** A broker process that did not come to serve; the message is a sentence for the person. */
    public static final class StartException extends IOException {
        private static final long serialVersionUID = 1L;
        private final Failure failure;

        StartException(Failure failure, String message) {
            super(message);
            this.failure = failure;
        }

        /** What kind of failure it was. */
        public Failure failure() {
            return failure;
        }
    }

    private static final System.Logger LOGGER = System.getLogger(BrokerProcess.class.getPackageName());
    private static final int LAST_WORDS = 20;
    private static final int FIRST_TO_WARN_OF_UNSAFE = 23;
    private static final long STOP_MILLIS = 1_000;

    private final Process process;
    private final int port;

    private BrokerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts a broker on the loopback address and waits until it serves.
     *
     * @param wantedPort the port, or 0 for any free one
     * @throws StartException when it does not serve in time
     */
    public static BrokerProcess start(int wantedPort) throws StartException, InterruptedException {
        return start(wantedPort, LinkLimits.BROKER_START_TIMEOUT);
    }

    static BrokerProcess start(int wantedPort, Duration within) throws StartException, InterruptedException {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(command(wantedPort));
            // It needs nobody's password, and what it is handed can be read as long as it lives.
            builder.environment().remove("META_LOG_MQTT_PASSWORD");
            process = builder.start();
        } catch (IOException e) {
            throw new StartException(
                    Failure.NOT_STARTED, "The embedded broker cannot be started: " + LinkTrouble.told(e) + ".");
        }
        LastWords words = new LastWords(process.getErrorStream());
        boolean serving = false;
        try {
            int port = awaitReady(process, words, wantedPort, within);
            serving = true;
            return new BrokerProcess(process, port);
        } finally {
            if (!serving) {
                process.destroyForcibly();
            }
        }
    }

    private static List<String> command(int wantedPort) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx" + LinkLimits.BROKER_HEAP_MEBIBYTES + "m",
                "-XX:MaxDirectMemorySize=" + LinkLimits.BROKER_HEAP_MEBIBYTES + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Xshare:auto"));
        if (Runtime.version().feature() >= FIRST_TO_WARN_OF_UNSAFE) {
            // JCTools and Netty use sun.misc.Unsafe; the warning would be in everybody's log.
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                EmbeddedBrokerMain.class.getName(),
                Integer.toString(wantedPort)));
        return command;
    }

    private static int awaitReady(Process process, LastWords words, int wantedPort, Duration within)
            throws StartException, InterruptedException {
        CompletableFuture<String> firstLine = new CompletableFuture<>();
        daemon("broker-stdout", () -> readFirstLine(process.getInputStream(), firstLine));
        String line;
        try {
            line = firstLine.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StartException(
                    Failure.NOT_STARTED,
                    "The embedded broker was not ready within " + within.toSeconds() + " s. " + words.said());
        } catch (ExecutionException e) {
            throw new StartException(
                    Failure.NOT_STARTED,
                    "The embedded broker cannot be heard: " + LinkTrouble.told(e.getCause()) + ". " + words.said());
        }
        if (line != null && line.startsWith(EmbeddedBrokerMain.READY)) {
            return Integer.parseInt(line.substring(EmbeddedBrokerMain.READY.length()));
        }
        boolean ended = process.waitFor(STOP_MILLIS, TimeUnit.MILLISECONDS);
        if (ended && process.exitValue() == EmbeddedBrokerMain.EXIT_PORT_TAKEN) {
            throw new StartException(
                    Failure.PORT_TAKEN, "Port " + wantedPort + " is taken, so no broker can be started on it.");
        }
        throw new StartException(Failure.NOT_STARTED, "The embedded broker ended at once. " + words.said());
    }

    private static void readFirstLine(InputStream stdout, CompletableFuture<String> firstLine) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stdout, StandardCharsets.UTF_8))) {
            firstLine.complete(lines.readLine());
            while (lines.readLine() != null) {
                // Nothing more is expected, but a full pipe would stop the broker.
            }
        } catch (IOException e) {
            firstLine.completeExceptionally(e);
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** The port it serves on. */
    public int port() {
        return port;
    }

    /** Where it serves. */
    public RelayAddress address() {
        return new RelayAddress(false, "", "127.0.0.1", port);
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The process's number. */
    public long pid() {
        return process.pid();
    }

    /** Ends the broker: by closing its standard input, and by force when that is not enough. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (process.waitFor(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "The pipe to the embedded broker was broken before.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    /** The last lines a process wrote to its standard error; they go to the log as well. */
    private static final class LastWords {
        private final Deque<String> lines = new ArrayDeque<>();

        LastWords(InputStream stderr) {
            daemon("broker-stderr", () -> follow(stderr));
        }

        private void follow(InputStream stderr) {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stderr, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    LOGGER.log(Level.INFO, "embedded broker: {0}", line);
                    synchronized (lines) {
                        lines.addLast(line);
                        if (lines.size() > LAST_WORDS) {
                            lines.removeFirst();
                        }
                    }
                }
            } catch (IOException e) {
                LOGGER.log(Level.DEBUG, "The embedded broker cannot be heard any more.", e);
            }
        }

        private String said() {
            synchronized (lines) {
                return lines.isEmpty() ? "It said nothing." : "It said: " + String.join(" | ", lines);
            }
        }
    }
}

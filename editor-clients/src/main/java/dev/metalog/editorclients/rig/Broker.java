package dev.metalog.editorclients.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** A broker in a process of its own, on a free loopback port. The embedded one ends when its standard input does. */
public final class Broker implements AutoCloseable {
    private static final String READY = "ready ";
    private static final String LOOPBACK = "127.0.0.1";
    private static final int START_SECONDS = 30;

    private final Process process;
    private final String host;
    private final int port;

    private Broker(Process process, String host, int port) {
        this.process = process;
        this.host = host;
        this.port = port;
    }

    /** Starts the broker and waits until it serves. */
    public static Broker start() throws IOException {
        Process process = new ProcessBuilder(Launcher.command("broker", "--port", "0"))
                .redirectError(Redirect.DISCARD)
                .start();
        try {
            CompletableFuture<String> firstLine = CompletableFuture.supplyAsync(() -> firstLine(process));
            String line = firstLine.get(START_SECONDS, TimeUnit.SECONDS);
            if (line == null || !line.startsWith(READY)) {
                throw new IOException("the broker said \"" + line + "\" instead of that it is ready");
            }
            return new Broker(
                    process,
                    LOOPBACK,
                    Integer.parseInt(line.substring(READY.length()).strip()));
        } catch (ExecutionException | TimeoutException | NumberFormatException e) {
            process.destroyForcibly();
            throw new IOException("the broker did not start within " + START_SECONDS + " s", e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the broker started", e);
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /**
     * Mosquitto, of the machine, in the same way.
     *
     * @param host the address of this machine to listen on; {@code null} for the loopback one
     * @throws IOException when there is none; it says how to get it
     */
    public static Broker mosquitto(Scratch scratch, String host) throws IOException {
        String listening = host == null ? LOOPBACK : host;
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(listening))) {
            port = free.getLocalPort();
        }
        Path configuration = Files.write(
                scratch.folder("mosquitto").resolve("mosquitto.conf"),
                List.of("listener " + port + " " + listening, "allow_anonymous true", "set_tcp_nodelay true"));
        Process process;
        try {
            process = new ProcessBuilder("mosquitto", "-c", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new IOException("Mosquitto is not here (Debian: apt-get install mosquitto): " + e.getMessage(), e);
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!listens(listening, port)) {
            if (System.nanoTime() > end || !process.isAlive()) {
                process.destroyForcibly();
                throw new IOException("Mosquitto did not start within " + START_SECONDS + " s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return new Broker(process, listening, port);
    }

    private static boolean listens(String host, int port) {
        try (Socket socket = new Socket(host, port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static String firstLine(Process process) {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        try {
            return lines.readLine();
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    /** Its URL, as {@code META_LOG_MQTT_BROKER} takes it. */
    public String url() {
        return "mqtt://" + host + ":" + port;
    }

    /** As kill -9 does. */
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroy();
    }
}

package dev.metalog.editorclients.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The embedded broker in a process of its own, on a free loopback port. It ends when its standard input does. */
public final class Broker implements AutoCloseable {
    private static final String READY = "ready ";
    private static final int START_SECONDS = 30;

    private final Process process;
    private final int port;

    private Broker(Process process, int port) {
        this.process = process;
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
                    process, Integer.parseInt(line.substring(READY.length()).strip()));
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
        return "mqtt://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroy();
    }
}

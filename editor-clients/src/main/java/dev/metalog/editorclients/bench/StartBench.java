package dev.metalog.editorclients.bench;

import dev.metalog.editorclients.rig.Latencies;
import dev.metalog.editorclients.rig.Launcher;
import dev.metalog.editorclients.rig.Scratch;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long a person waits for a sidecar: from the moment the editor asks for the process until the answer to {@code
 * initialize} has arrived whole. The launcher script is part of it, because editors start the sidecar by it.
 *
 * <p>The first run is not counted: it brings the files into memory, as any start but the first after a reboot finds them.
 */
public final class StartBench {
    private static final int EXIT_SECONDS = 10;

    private StartBench() {}

    /**
     * What was measured, in milliseconds.
     *
     * @param command what was started
     */
    public record Figures(
            int runs, double medianMillis, double p90Millis, double minMillis, double maxMillis, String command) {}

    /** @param runs at least 1 */
    public static Figures measure(int runs) throws IOException {
        try (Scratch scratch = Scratch.create("bench")) {
            Latencies latencies = new Latencies(runs);
            Path home = scratch.folder("home");
            Path workspace = scratch.folder("workspace");
            startOnce(home, workspace);
            for (int run = 0; run < runs; run++) {
                latencies.add(startOnce(home, workspace));
            }
            return new Figures(
                    runs,
                    latencies.percentileMillis(50),
                    latencies.percentileMillis(90),
                    latencies.percentileMillis(1e-9),
                    latencies.percentileMillis(100),
                    String.join(" ", Launcher.command("serve")));
        }
    }

    private static long startOnce(Path home, Path workspace) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Launcher.command("serve"))
                .directory(workspace.toFile())
                .redirectError(Redirect.DISCARD);
        builder.environment().putAll(Map.of("META_LOG_HOME", home.toString(), "META_LOG_ENABLE_FEDERATION", "0"));
        long beganNanos = System.nanoTime();
        Process process = builder.start();
        try (OutputStream toSidecar = process.getOutputStream();
                InputStream fromSidecar = new BufferedInputStream(process.getInputStream())) {
            send(
                    toSidecar,
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"processId\":"
                            + ProcessHandle.current().pid() + ",\"rootUri\":\"" + workspace.toUri()
                            + "\",\"capabilities\":{}}}");
            String answer = receive(fromSidecar);
            long tookNanos = System.nanoTime() - beganNanos;
            if (!answer.contains("\"capabilities\"")) {
                throw new IOException("initialize was answered with " + answer);
            }
            send(toSidecar, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"shutdown\"}");
            receive(fromSidecar);
            send(toSidecar, "{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");
            if (!process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the sidecar did not end within " + EXIT_SECONDS + " s after exit");
            }
            return tookNanos;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void send(OutputStream out, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        out.write(("Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }

    /** The body of the next message that is a response. */
    private static String receive(InputStream in) throws IOException {
        while (true) {
            int length = -1;
            for (String header = header(in); !header.isEmpty(); header = header(in)) {
                if (header.startsWith("Content-Length: ")) {
                    length = Integer.parseInt(header.substring("Content-Length: ".length()));
                }
            }
            String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            if (!body.contains("\"method\"")) {
                return body;
            }
        }
    }

    private static String header(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                throw new IOException("the sidecar ended before it answered");
            }
            if (read != '\r') {
                line.append((char) read);
            }
        }
        return line.toString();
    }
}

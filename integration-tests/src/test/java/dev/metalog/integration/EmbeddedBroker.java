package dev.metalog.integration;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;

/** {@code meta-log broker}: the embedded broker in a process of its own. */
final class EmbeddedBroker implements AutoCloseable {
    private static final String READY = "ready ";

    private final Process process;
    private final int port;

    private EmbeddedBroker(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static EmbeddedBroker start(Rig rig) throws IOException {
        Process process = new ProcessBuilder(Product.broker())
                .directory(rig.folder("broker").toFile())
                .redirectError(Redirect.appendTo(
                        rig.folder("broker").resolve("broker.log").toFile()))
                .start();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        if (line == null || !line.startsWith(READY)) {
            process.destroyForcibly();
            throw new IOException("the embedded broker said \"" + line + "\" instead of that it is ready");
        }
        return rig.keep(new EmbeddedBroker(
                process, Integer.parseInt(line.substring(READY.length()).strip())));
    }

    String url() {
        return "mqtt://127.0.0.1:" + port;
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.onExit().join();
    }
}

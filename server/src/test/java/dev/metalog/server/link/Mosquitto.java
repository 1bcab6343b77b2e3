package dev.metalog.server.link;

import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Mosquitto, as a process with a configuration of the test's. */
final class Mosquitto implements TestBroker {
    private final Path folder;
    private final int port;
    private final List<String> lines;
    private Process process;

    /**
     * @param folder an empty folder of the test's
     * @param lines further lines of its configuration
     */
    Mosquitto(Path folder, String... lines) throws IOException {
        this.folder = folder;
        this.lines = List.of(lines);
        port = TestBroker.freePort();
    }

    /** Skips the test in one line where Mosquitto is not installed, and fails it where everything has to be (CI). */
    static void assumeInstalled() {
        boolean installed = executable("mosquitto") != null;
        if (!installed && "true".equals(System.getenv("CI"))) {
            fail("CI has to have mosquitto installed.");
        }
        Assumptions.assumeTrue(installed, "skipped: mosquitto is not installed (apt-get install mosquitto)");
    }

    static String executable(String name) {
        return Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"))
                .map(place -> Path.of(place, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse(null);
    }

    @Override
    public void start() throws Exception {
        List<String> configuration = new ArrayList<>();
        configuration.add("per_listener_settings false");
        configuration.add("listener " + port + " 127.0.0.1");
        // Started by root it would become a user who cannot read the test's folder.
        configuration.add("user " + System.getProperty("user.name"));
        configuration.add("persistence false");
        configuration.add("set_tcp_nodelay true");
        configuration.add("max_queued_messages 0");
        configuration.addAll(lines);
        if (lines.stream().noneMatch(line -> line.startsWith("allow_anonymous"))) {
            configuration.add("allow_anonymous true");
        }
        Path file = Files.write(folder.resolve("mosquitto.conf"), configuration);
        process = new ProcessBuilder(executable("mosquitto"), "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("mosquitto.log").toFile())
                .start();
        Recorder.awaitThat("mosquitto listens; its log: " + folder.resolve("mosquitto.log"), this::listens);
    }

    private boolean listens() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("mosquitto ended: " + Files.readString(folder.resolve("mosquitto.log")));
        }
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(LOOPBACK, port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void kill() throws Exception {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }

    @Override
    public ProcessHandle process() {
        return process.toHandle();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void stop() throws Exception {
        if (process != null) {
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
        }
    }
}

package dev.metalog.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A real Mosquitto on a loopback port, that can be killed and started again. */
final class Mosquitto implements AutoCloseable {
    private static final String GET = "Debian: apt-get install mosquitto mosquitto-clients";

    private final Path folder;
    private final List<String> configuration = new ArrayList<>();
    private final int port;
    private Process process;

    private Mosquitto(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** One that lets everybody in. */
    static Mosquitto open(Rig rig) throws IOException {
        return start(rig, List.of("allow_anonymous true"));
    }

    /** @param lines of its configuration beside the listener */
    static Mosquitto start(Rig rig, List<String> lines) throws IOException {
        Mosquitto mosquitto = prepare(rig, lines);
        mosquitto.start();
        return mosquitto;
    }

    /** Not running yet. */
    static Mosquitto prepare(Rig rig, List<String> lines) throws IOException {
        Tools.need("mosquitto", GET);
        int port = Rig.freePort();
        Mosquitto mosquitto = new Mosquitto(rig.folder("mosquitto-" + port), port);
        mosquitto.configuration.addAll(List.of(
                "listener " + port + " 127.0.0.1",
                "persistence false",
                "set_tcp_nodelay true",
                "max_queued_messages 0",
                "log_type all"));
        mosquitto.configuration.addAll(lines);
        return rig.keep(mosquitto);
    }

    void start() throws IOException {
        Path file = Files.write(folder.resolve("mosquitto.conf"), configuration);
        process = new ProcessBuilder(Tools.need("mosquitto", GET), "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("mosquitto.log").toFile()))
                .start();
        Rig.await("mosquitto listens").until(this::listens);
    }

    String log() throws IOException {
        return Files.readString(folder.resolve("mosquitto.log"));
    }

    String url() {
        return "mqtt://127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /** As kill -9 does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** What mosquitto_pub needs to reach it. */
    List<String> client(String program, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Tools.need(program, GET), "-h", "127.0.0.1", "-p", Integer.toString(port), "-V", "mqttv311"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Publishes with QoS 1 and waits until it is acknowledged. */
    void publish(String topic, String message, String... options) throws IOException, InterruptedException {
        List<String> command = client("mosquitto_pub", "-q", "1", "-t", topic, "-m", message);
        command.addAll(List.of(options));
        Process pub = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(pub.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (pub.waitFor() != 0) {
            throw new IOException("mosquitto_pub: " + said);
        }
    }

    private boolean listens() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("mosquitto ended: " + Files.readString(folder.resolve("mosquitto.log")));
        }
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroy();
            process.onExit().join();
        }
    }
}

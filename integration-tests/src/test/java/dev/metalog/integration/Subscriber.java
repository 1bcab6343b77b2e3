package dev.metalog.integration;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A running {@code mosquitto_sub}: what anybody can hear on a public topic. */
final class Subscriber implements AutoCloseable {
    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private Subscriber(Process process) {
        this.process = process;
    }

    /** Listens from now on; each message is one line. */
    static Subscriber start(Rig rig, Mosquitto broker, String topic, String... options) throws IOException {
        String id = "ears-" + Rig.freePort();
        List<String> command = new ArrayList<>(broker.client("mosquitto_sub", "-i", id, "-q", "1", "-t", topic));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Subscriber subscriber = rig.keep(new Subscriber(process));
        Thread reader = new Thread(subscriber::read, "mosquitto_sub");
        reader.setDaemon(true);
        reader.start();
        Rig.await("mosquitto_sub is subscribed").until(() -> broker.log().contains("Sending SUBACK to " + id));
        return subscriber;
    }

    /** The first message that contains this. */
    String hears(String part) {
        return Rig.await("mosquitto_sub hears " + part)
                .until(() -> lines.stream().filter(line -> line.contains(part)).findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    /** All so far. */
    List<String> heard() {
        return lines;
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            reader.lines().forEach(lines::add);
        } catch (IOException | java.io.UncheckedIOException e) {
            // It was ended, which is how it ends.
            lines.add("ended: " + e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}

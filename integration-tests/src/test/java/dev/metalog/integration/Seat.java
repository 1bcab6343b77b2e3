package dev.metalog.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * One person's place: a home of its own (so an identity of its own), a workspace folder, and a log.
 *
 * @param environment for the editor and its sidecar
 */
record Seat(String name, Path home, Path workspace, Map<String, String> environment, Path log) {
    Seat {
        environment = Map.copyOf(environment);
    }

    static Seat in(Path folder, String name, String brokerUrl) throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path workspace = Files.createDirectories(folder.resolve("workspace"));
        Map<String, String> environment = Map.of(
                "META_LOG_HOME", home.toString(),
                "META_LOG_MQTT_BROKER", brokerUrl,
                // A default broker that were started by mistake would meet other tests' sidecars.
                "META_LOG_BROKER_PORT", Integer.toString(Rig.freePort()));
        return new Seat(name, home, workspace, environment, folder.resolve(name + ".log"));
    }

    /** The same place with one variable set otherwise. */
    Seat with(String variable, String value) {
        Map<String, String> changed = new HashMap<>(environment);
        changed.put(variable, value);
        return new Seat(name, home, workspace, changed, log);
    }

    Seat in(Path otherWorkspace) {
        return new Seat(name, home, otherWorkspace, environment, log);
    }

    /** Writes a file of this workspace. */
    Path file(String fileName, String text) throws IOException {
        return Files.writeString(workspace.resolve(fileName), text, StandardCharsets.UTF_8);
    }

    String logged() throws IOException {
        return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8) : "";
    }
}

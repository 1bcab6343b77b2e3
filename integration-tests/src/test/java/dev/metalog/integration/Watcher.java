package dev.metalog.integration;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A command that watches and prints a line of JSON for each thing it sees. */
final class Watcher {
    private Watcher() {}

    /** Begins to watch; what comes is added to the list. */
    static List<JsonObject> start(Rig rig, Seat seat, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(seat.workspace().toFile())
                .redirectError(Redirect.appendTo(seat.log().toFile()));
        builder.environment().putAll(seat.environment());
        Process process = builder.start();
        AutoCloseable end = () -> process.destroyForcibly().onExit().join();
        rig.keep(end);
        List<JsonObject> seen = new CopyOnWriteArrayList<>();
        Thread reader = new Thread(() -> read(process, seen), "watch");
        reader.setDaemon(true);
        reader.start();
        Rig.await("the watch begins").until(() -> seat.logged().contains("meta-log: watching"));
        return seen;
    }

    private static void read(Process process, List<JsonObject> seen) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                seen.add(JsonParser.parseString(line).getAsJsonObject());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.metalog.editorclients.rig;

import dev.metalog.editorclients.drive.CommandLoop.EditorStarter;
import dev.metalog.editorclients.headless.EditorProfile;
import dev.metalog.editorclients.headless.HeadlessEditor;
import dev.metalog.editorclients.sidecar.SidecarCommand;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One person's place in a run: a workspace folder, a home of its own (so an identity of its own), and a log.
 *
 * @param environment for the editor and its sidecar
 * @param prefix words before the command of the sidecar, which have it run elsewhere
 */
public record Seat(String name, Path workspace, Map<String, String> environment, Path log, List<String> prefix) {
    private static final int LOG_LINES = 20;

    public Seat {
        environment = Map.copyOf(environment);
        prefix = List.copyOf(prefix);
    }

    /** A fresh place whose sidecar uses this broker. */
    public static Seat in(Scratch scratch, String name, String brokerUrl) throws IOException {
        return in(scratch, name, brokerUrl, Map.of());
    }

    /** @param more of the environment */
    public static Seat in(Scratch scratch, String name, String brokerUrl, Map<String, String> more) throws IOException {
        Map<String, String> environment = new HashMap<>(more);
        environment.putAll(Map.of(
                "META_LOG_HOME",
                scratch.folder(name + "/home").toString(),
                "META_LOG_MQTT_BROKER",
                brokerUrl,
                "META_LOG_ENABLE_FEDERATION",
                "1"));
        Path log = scratch.folder(name).resolve("log.txt");
        return new Seat(name, scratch.folder(name + "/workspace"), environment, log, List.of());
    }

    /** The same, with these words before the command of its sidecar. */
    public Seat behind(List<String> words) {
        return new Seat(name, workspace, environment, log, words);
    }

    /** Starts a headless editor here, within this process; its sidecar is a process of its own. */
    public EditorStarter headless() {
        EditorProfile profile = EditorProfile.reference(workspace).named("headless");
        List<String> command = new ArrayList<>(prefix);
        command.addAll(Launcher.command("serve"));
        SidecarCommand sidecar = new SidecarCommand(command, environment, workspace, Redirect.appendTo(log.toFile()));
        return events -> HeadlessEditor.start(profile, sidecar, events);
    }

    /** The last lines of the log, oldest first. */
    public List<String> logEnd() throws IOException {
        if (!Files.exists(log)) {
            return List.of();
        }
        List<String> lines = Files.readAllLines(log);
        return lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
    }
}

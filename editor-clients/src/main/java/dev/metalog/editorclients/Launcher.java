package dev.metalog.editorclients;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the command that starts the product, for programs that start sidecars and brokers. */
final class Launcher {
    /** Set by the launcher script to its own path. */
    private static final String SCRIPT = "META_LOG_LAUNCHER";

    private Launcher() {}

    /** {@code meta-log serve}. */
    static List<String> serveCommand() {
        return command("serve");
    }

    /** The launcher script with the given arguments; by name, from the PATH, when this was not started by it. */
    static List<String> command(String... arguments) {
        String script = System.getenv(SCRIPT);
        String program = script != null && Files.isRegularFile(Path.of(script)) ? script : byName();
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        return List.copyOf(command);
    }

    private static String byName() {
        return File.separatorChar == '\\' ? "meta-log.cmd" : "meta-log";
    }
}

package dev.metalog.editorclients.rig;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the command that starts the product, for programs that start sidecars and brokers. */
public final class Launcher {
    /** Set by the launcher script to its own path. */
    private static final String SCRIPT = "META_LOG_LAUNCHER";

    private Launcher() {}

    /**
     * The launcher script with the given arguments; by name, from the PATH, when this program was not started by it.
     */
    public static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(script().map(Path::toString).orElse(File.separatorChar == '\\' ? "meta-log.cmd" : "meta-log"));
        command.addAll(List.of(arguments));
        return List.copyOf(command);
    }

    /** The folder that the launcher script lies in, with the Emacs package beside it. */
    public static Optional<Path> folder() {
        return script().map(Path::getParent);
    }

    private static Optional<Path> script() {
        return Optional.ofNullable(System.getenv(SCRIPT)).map(Path::of).filter(Files::isRegularFile);
    }
}

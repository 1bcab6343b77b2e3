package dev.metalog.server.trace.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The other libraries: where they are, and whether they can be run here. */
final class Peers {
    static final List<String> NAMES = List.of("yjs", "yrs", "automerge", "loro", "diamond-types", "json-joy");

    private static final String FOLDER = "server/bench/peers";
    private static final int NODE_MAJOR = 20;
    private static final int NODE_SECONDS = 20;

    private final Path folder;
    private final String node;

    private Peers(Path folder, String node) {
        this.folder = folder;
        this.node = node;
    }

    /** Beside the launcher that started us, or below the working folder. */
    static Peers in(Map<String, String> environment) {
        String launcher = environment.get("META_LOG_LAUNCHER");
        Path root = launcher == null
                ? Path.of("")
                : Path.of(launcher).toAbsolutePath().getParent();
        return new Peers(root.resolve(FOLDER).toAbsolutePath(), environment.getOrDefault("META_LOG_NODE", "node"));
    }

    /** What has to be done before they can be run, in one line; empty if nothing. */
    Optional<String> missing() {
        if (!Files.exists(folder.resolve("peers.mjs"))) {
            return Optional.of("the peers' scripts are not in " + folder + "; run it from a checkout of the sources");
        }
        String version = nodeVersion();
        if (!version.matches("v\\d+\\..*")
                || Integer.parseInt(version.substring(1, version.indexOf('.'))) < NODE_MAJOR) {
            return Optional.of("the peers need Node " + NODE_MAJOR + " or newer"
                    + (version.isEmpty() ? ", and there is none" : ", and this is " + version)
                    + ". Install one (Debian: apt install nodejs npm), or name it in META_LOG_NODE");
        }
        if (!Files.exists(folder.resolve("node_modules"))) {
            return Optional.of("the peers' packages are missing. Run: (cd " + folder + " && npm ci --ignore-scripts)");
        }
        return Optional.empty();
    }

    PeerProcess start(String name, Path traceFile, int limitSeconds) {
        return new PeerProcess(name, List.of(node, "peers.mjs", name), folder, traceFile, limitSeconds);
    }

    private String nodeVersion() {
        try {
            Process process = new ProcessBuilder(node, "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(NODE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "";
            }
            return new String(process.getInputStream().readNBytes(64), StandardCharsets.UTF_8).trim();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}

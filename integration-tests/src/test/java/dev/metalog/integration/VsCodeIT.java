package dev.metalog.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The VS Code extension's own tests, as npm runs them; those in the real VS Code are a part of them. */
final class VsCodeIT {
    private static final Path FOLDER = Product.ROOT.resolve("vscode");
    private static final Duration LONGEST = Duration.ofMinutes(5);

    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void typesAndStyle() throws IOException {
        npm("run", "check");
    }

    @Test
    void tests() throws IOException {
        npm("run", "build");
        npm("test");
    }

    private void npm(String... arguments) throws IOException {
        String npm = Tools.need("npm", "Node 20 or newer");
        Tools.need(Files.isDirectory(FOLDER.resolve("node_modules")), "the extension's packages (cd vscode && npm ci)");
        Map<String, String> environment =
                Map.of("META_LOG_TEST_HOME", rig.folder("home").toString());
        List<String> command = new java.util.ArrayList<>(List.of(npm));
        command.addAll(List.of(arguments));
        Run.successfully(rig, FOLDER, environment, LONGEST, command);
    }
}

package dev.metalog.integration;

import dev.metalog.editorclients.drive.EditorStart;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Kinds of editors, each started as the process that people start. */
final class Editors {
    static final Map<String, String> HOW_TO_GET =
            Map.of("emacs", "Debian: apt-get install emacs-nox", "emacs30", ".ci/install-emacs30 FOLDER, on the PATH");

    private Editors() {}

    /** How an editor of some kind is started in a seat. */
    @FunctionalInterface
    interface Kind {
        Driven start(Seat seat) throws IOException;
    }

    static Kind headless(String... options) {
        return seat -> {
            List<String> words =
                    new ArrayList<>(List.of("--workspace", seat.workspace().toString()));
            words.addAll(List.of(options));
            EditorStart start = start(seat, Product.headless(words), seat.environment());
            return new Driven(start.overStandardStreams(), seat);
        };
    }

    /** A headless one with a sidecar of this command. */
    static Kind headlessWith(List<String> sidecar) {
        return seat -> {
            List<String> words = List.of("--workspace", seat.workspace().toString());
            EditorStart start = start(seat, Product.headless(words, sidecar), seat.environment());
            return new Driven(start.overStandardStreams(), seat);
        };
    }

    /**
     * An Emacs without a screen. It dies of SIGPIPE when it writes to a sidecar that was killed a moment ago, which one with
     * a screen ignores; so it is told to ignore that as well.
     */
    static List<String> batch(String emacs, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", "-c", "trap '' PIPE; exec \"$@\"", "-", emacs, "-Q", "--batch"));
        command.addAll(List.of(arguments));
        return List.copyOf(command);
    }

    /** @param program {@code emacs} or {@code emacs30} */
    static Kind emacs(String program) {
        return seat -> {
            String emacs = Tools.need(program, HOW_TO_GET.get(program));
            Path folder = Product.ROOT.resolve("emacs");
            List<String> command = batch(
                    emacs,
                    "-L",
                    folder.toString(),
                    "-l",
                    folder.resolve("test/meta-log-driver.el").toString(),
                    "-f",
                    "meta-log-driver-main");
            return new Driven(start(seat, command, seat.environment()).overSocket(), seat);
        };
    }

    /**
     * An Emacs without our package, whose own LSP client starts the sidecar.
     *
     * @param program {@code emacs} or {@code emacs30}
     */
    static Kind eglot(String program) {
        return seat -> {
            String emacs = Tools.need(program, HOW_TO_GET.get(program));
            Path driver = Product.ROOT.resolve("integration-tests/src/test/emacs/eglot-driver.el");
            List<String> command = new ArrayList<>(List.of(emacs, "--fg-daemon=" + seat.name(), "-Q"));
            command.addAll(eglotPath(emacs));
            command.addAll(List.of("-l", driver.toString(), "-f", "eglot-driver-main"));
            Map<String, String> environment = new HashMap<>(seat.environment());
            // Where the daemon puts its own socket.
            environment.put("XDG_RUNTIME_DIR", seat.home().toString());
            return new Driven(start(seat, command, environment).overSocket(), seat);
        };
    }

    /** Before Emacs 29 Eglot is a package, which -Q leaves out; where Debian puts it. */
    private static List<String> eglotPath(String emacs) throws IOException {
        if (hasEglot(List.of(emacs))) {
            return List.of();
        }
        Path packages = Path.of("/usr/share/emacs/site-lisp/elpa");
        List<Path> found = List.of();
        if (Files.isDirectory(packages)) {
            try (Stream<Path> folders = Files.list(packages)) {
                found = folders.filter(folder -> folder.getFileName().toString().startsWith("eglot-"))
                        .toList();
            }
        }
        Tools.need(!found.isEmpty(), "Eglot for " + emacs + " (Debian: apt-get install elpa-eglot)");
        return List.of("-L", found.get(0).toString());
    }

    private static boolean hasEglot(List<String> emacs) throws IOException {
        List<String> command = new ArrayList<>(emacs);
        command.addAll(List.of("-Q", "--batch", "--eval", "(kill-emacs (if (locate-library \"eglot\") 0 1))"));
        return new ProcessBuilder(command)
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD)
                        .start()
                        .onExit()
                        .join()
                        .exitValue()
                == 0;
    }

    /** A real Visual Studio Code in a real browser. */
    static Kind vsCode() {
        return seat -> {
            needVsCode();
            Path driver = Product.ROOT.resolve("vscode/test/drive.mjs");
            List<String> command = List.of(
                    Tools.need("node", "Node 20 or newer"),
                    driver.toString(),
                    "--workspace",
                    seat.workspace().toString());
            return new Driven(start(seat, command, seat.environment()).overSocket(), seat);
        };
    }

    static void needVsCode() {
        Path folder = Product.ROOT.resolve("vscode");
        Tools.need(Files.isDirectory(folder.resolve("node_modules")), "the extension's packages (cd vscode && npm ci)");
        Tools.need(
                Files.isRegularFile(folder.resolve("out/test/driver.js")),
                "the built extension (cd vscode && npm run build)");
        Tools.need(codeServer(), "VS Code's server (.ci/install-code-server FOLDER, META_LOG_CODE_SERVER=FOLDER)");
        Tools.need(
                Tools.find("chromium").isPresent() || System.getenv("META_LOG_CHROMIUM") != null,
                "Chromium (Debian: apt-get install chromium)");
    }

    private static boolean codeServer() {
        String named = System.getenv("META_LOG_CODE_SERVER");
        Path folder = named == null ? Product.ROOT.resolve("target/code-server") : Path.of(named);
        return Stream.of(folder, folder.resolve("vscode"))
                .anyMatch(place -> Files.isRegularFile(place.resolve("out/server-main.js")));
    }

    private static EditorStart start(Seat seat, List<String> command, Map<String, String> environment) {
        return new EditorStart(
                command,
                environment,
                seat.workspace(),
                Product.serve(),
                Redirect.appendTo(seat.log().toFile()));
    }
}

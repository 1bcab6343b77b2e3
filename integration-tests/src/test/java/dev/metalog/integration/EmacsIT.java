package dev.metalog.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Emacs package's own tests and its lint, in each Emacs that is installed. */
final class EmacsIT {
    private static final Path FOLDER = Product.ROOT.resolve("emacs");
    private static final Duration LONGEST = Duration.ofMinutes(4);

    @RegisterExtension
    private final Rig rig = new Rig();

    @ParameterizedTest
    @ValueSource(strings = {"emacs", "emacs30"})
    void tests(String program) throws IOException {
        String emacs = Tools.need(program, Editors.HOW_TO_GET.get(program));
        String said = run(emacs, "-L", "test", "-l", "test/meta-log-test-all.el", "-f", "ert-run-tests-batch-and-exit");
        assertThat(said).as("the tests that ran").containsPattern("Ran [1-9][0-9]* tests");
    }

    @ParameterizedTest
    @ValueSource(strings = {"emacs", "emacs30"})
    void compilesAndLintsWithoutWarnings(String program) throws IOException {
        String emacs = Tools.need(program, Editors.HOW_TO_GET.get(program));
        List<String> arguments = new ArrayList<>(List.of("-l", "test/lint.el"));
        try (Stream<Path> files = Files.list(FOLDER)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".el"))
                    .sorted()
                    .forEach(arguments::add);
        }
        assertThat(arguments).as("the package's files").contains("meta-log.el");
        run(emacs, arguments.toArray(String[]::new));
    }

    private String run(String emacs, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(Editors.batch(emacs, "-L", "."));
        command.addAll(List.of(arguments));
        // An Emacs that a script starts cannot start another like itself, unless it is told how.
        Map<String, String> environment = Map.of(
                "META_LOG_HOME", rig.folder("home").toString(),
                "META_LOG_EMACS", emacs,
                "META_LOG_OTHER_EMACS", emacs);
        return Run.successfully(rig, FOLDER, environment, LONGEST, command);
    }
}

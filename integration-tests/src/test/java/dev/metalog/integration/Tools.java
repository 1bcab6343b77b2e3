package dev.metalog.integration;

import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs that are good to have. Where one is absent a test is skipped in one line; where CI is set it fails. */
final class Tools {
    private Tools() {}

    static Optional<Path> find(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(
                        Arrays.stream(path.split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The program's path, or the end of the test. */
    static String need(String program, String howToGetIt) {
        Optional<Path> found = find(program);
        need(found.isPresent(), program + " is not installed (" + howToGetIt + ")");
        return found.orElseThrow().toString();
    }

    static void need(boolean there, String whatIsMissing) {
        if (there) {
            return;
        }
        if ("true".equals(System.getenv("CI"))) {
            fail("CI has to have it: " + whatIsMissing);
        }
        System.out.println("skipped: " + whatIsMissing);
        Assumptions.abort("skipped: " + whatIsMissing);
    }
}

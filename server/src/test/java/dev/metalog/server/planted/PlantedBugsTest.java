package dev.metalog.server.planted;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whether our tests find bugs. Each of a list of them is planted into a copy of one source file, compiled, and the tests
 * named beside it are run with it: they have to fail, or to hang.
 *
 * <p>In the gate only the lists are checked: every bug still fits the source. All of them are tried by
 * {@code -Dplanted.bugs=store} (or another area), some of them by {@code -Dplanted.only=words of their names} besides.
 */
class PlantedBugsTest {
    private static final double TO_BE_FOUND = 0.95;
    private static final long HANGS_AFTER_SECONDS = 180;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"store", "sync", "peers", "public"})
    void everyBugFitsTheSource(String area) throws Exception {
        List<PlantedBug> bugs = PlantedBug.of(area);
        assertThat(bugs).hasSizeGreaterThan(9);
        for (PlantedBug bug : bugs) {
            bug.plant();
            bug.tests().forEach(PlantedBugsTest::classOf);
        }
        assertThat(bugs.stream().map(PlantedBug::name)).doesNotHaveDuplicates();
    }

    @Test
    void theTestsFindTheBugs() throws Exception {
        String area = System.getProperty("planted.bugs");
        if (area == null) {
            return;
        }
        String only = System.getProperty("planted.only", "");
        List<PlantedBug> bugs = PlantedBug.of(area).stream()
                .filter(bug -> bug.name().contains(only))
                .toList();
        List<String> missed = new ArrayList<>();
        for (PlantedBug bug : bugs) {
            String found = tryOne(bug);
            System.out.println("planted: " + (found == null ? "MISSED " : "found  ") + bug.name()
                    + (found == null ? "" : "  (" + found + ")"));
            if (found == null) {
                missed.add(bug.name());
            }
        }
        System.out.println("planted: " + bugs.size() + " bugs, " + (bugs.size() - missed.size()) + " found, "
                + missed.size() + " missed");
        assertThat(missed).hasSizeLessThanOrEqualTo((int) (bugs.size() * (1 - TO_BE_FOUND)));
    }

    /** Returns how it was found, or {@code null} when it was not. */
    private String tryOne(PlantedBug bug) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory(folder, "bug");
        Path source = home.resolve(Path.of(bug.file()).getFileName());
        Files.writeString(source, bug.plant());
        Path classes = Files.createDirectory(home.resolve("classes"));
        String classPath = System.getProperty("java.class.path");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int compiled = compiler.run(
                null,
                null,
                null,
                "--release",
                "17",
                "-proc:none",
                "-nowarn",
                "-parameters",
                "-cp",
                classPath,
                "-d",
                classes.toString(),
                source.toString());
        assertThat(compiled).as(bug.name() + " compiles").isZero();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                classes + File.pathSeparator + classPath,
                TestRun.class.getName()));
        bug.tests().forEach(test -> command.add(classOf(test)));
        Path output = home.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(HANGS_AFTER_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return "it hung";
        }
        return process.exitValue() == 0 ? null : firstFailure(output);
    }

    private static String firstFailure(Path output) throws IOException {
        try (Stream<String> lines = Files.lines(output)) {
            return lines.map(String::strip)
                    .filter(line -> line.startsWith("JUnit Jupiter:"))
                    .map(line -> line.substring("JUnit Jupiter:".length()))
                    .findFirst()
                    .orElse("the process ended");
        }
    }

    private static String classOf(String test) {
        Path tests = Path.of("src/test/java");
        try (Stream<Path> files = Files.walk(tests)) {
            Path file = files.filter(path -> path.endsWith(test + ".java"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("There is no test " + test + "."));
            String name = tests.relativize(file).toString();
            return name.substring(0, name.length() - ".java".length()).replace(File.separatorChar, '.');
        } catch (IOException e) {
            throw new IllegalStateException("The tests cannot be listed.", e);
        }
    }
}

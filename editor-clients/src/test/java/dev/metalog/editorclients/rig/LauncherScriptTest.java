package dev.metalog.editorclients.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher script, in a tree of its own: the real script, a Maven that only notes that it was called and makes the
 * jars, and a Java that says how it was called.
 */
@Timeout(60)
class LauncherScriptTest {
    private static final Path SCRIPT =
            Path.of("..", "meta-log").toAbsolutePath().normalize();

    private record Outcome(int code, String out, String err) {}

    @TempDir
    private Path folder;

    private Path root;
    private Path jdk;

    @BeforeEach
    void makeATree() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh here");
        root = Files.createDirectories(folder.resolve("a tree with blanks"));
        Files.copy(SCRIPT, root.resolve("meta-log"), StandardCopyOption.COPY_ATTRIBUTES);
        for (String module : List.of("protocol", "server", "editor-clients")) {
            Files.createDirectories(root.resolve(module).resolve("src/main/java"));
            Files.writeString(root.resolve(module).resolve("pom.xml"), "<project/>");
            Files.writeString(root.resolve(module).resolve("src/main/java/A.java"), "class A {}");
        }
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        program(root.resolve("mvnw"), """
                echo "$*" >>"$(dirname "$0")/calls"
                echo "[INFO] Building meta-log-server 0.1.0-SNAPSHOT                          [3/4]"
                mkdir -p server/target editor-clients/target
                : >server/target/meta-log-server.jar
                : >editor-clients/target/meta-log-editors.jar
                """);
        jdk = jdk("jdk", "17.0.15");
        program(jdk.resolve("bin/javac"), "");
    }

    /** A launcher makes the archive beside the sidecar, and may outlive what it started: it still writes into the tree. */
    @AfterEach
    void waitForWhatRunsInTheTree() {
        await("processes in " + folder)
                .atMost(Duration.ofSeconds(30))
                .until(() -> ProcessHandle.allProcesses()
                        .noneMatch(process -> process.info()
                                .commandLine()
                                .filter(line -> line.contains(folder.toString()))
                                .isPresent()));
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(
                home.resolve("release"),
                "JAVA_RUNTIME_VERSION=\"" + version + "+1\"\nJAVA_VERSION=\"" + version + "\"\nOS_ARCH=\"x86_64\"\n");
        program(home.resolve("bin/java"), """
                case "$*" in
                  *ArchiveClassesAtExit=*)
                    file=${*##*ArchiveClassesAtExit=}
                    cat >/dev/null
                    echo trained >"${file%% -jar*}"
                    echo "noise of a training"
                    exit 0 ;;
                esac
                echo "java $*"
                """);
        return home;
    }

    private static void program(Path path, String body) throws IOException {
        Files.writeString(path, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Process start(Path script, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().remove("META_LOG_COMMAND");
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static Outcome outcome(Process process) throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), out, err);
    }

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        return outcome(start(root.resolve("meta-log"), Map.of(), arguments));
    }

    private List<String> calls() throws IOException {
        Path calls = root.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    @Test
    void whatIsMissingIsBuiltOnceAndStandardOutputIsTheProgramsAlone() throws Exception {
        Outcome first = run("serve");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("java ").endsWith("meta-log-server.jar serve"));
        assertThat(first.err()).contains("building server", "building meta-log-server [3/4]");
        assertThat(calls()).singleElement().satisfies(call -> assertThat(call).contains("-pl server -am package"));
        assertThat(run("serve").code()).isZero();
        assertThat(calls()).hasSize(1);
    }

    @Test
    void aNewerSourceBuildsTheModulesMadeOfIt() throws Exception {
        run("demo");
        assertThat(calls()).hasSize(1);
        change("editor-clients/src/main/java/A.java");
        run("demo");
        assertThat(calls()).hasSize(2);
        assertThat(calls().get(1)).contains("-pl editor-clients ");
        change("protocol/src/main/java/A.java");
        run("demo");
        assertThat(calls().get(2)).contains("-pl server,editor-clients ");
    }

    /** All is built, and then this source changes. */
    private void change(String source) throws IOException {
        Instant now = Instant.now();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                int age = file.toString().endsWith(".jar") ? 50 : 100;
                Files.setLastModifiedTime(file, FileTime.from(now.minusSeconds(age)));
            }
        }
        Files.setLastModifiedTime(root.resolve(source), FileTime.from(now.minusSeconds(10)));
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        Path maven = root.resolve("mvnw");
        Files.writeString(maven, Files.readString(maven) + "sleep 1\n");
        Process one = start(root.resolve("meta-log"), Map.of(), "serve");
        Process two = start(root.resolve("meta-log"), Map.of(), "serve");
        assertThat(outcome(one).code()).isZero();
        assertThat(outcome(two).code()).isZero();
        assertThat(calls()).hasSize(1);
        assertThat(root.resolve("target/meta-log-build.lock")).doesNotExist();
    }

    @Test
    void aLockOfAProcessThatHasGoneIsNoObstacle() throws Exception {
        Path lock = Files.createDirectories(root.resolve("target/meta-log-build.lock"));
        Process gone = new ProcessBuilder("/bin/sh", "-c", "exit 0").start();
        gone.waitFor();
        Files.writeString(lock.resolve("pid"), gone.pid() + "\n");
        assertThat(run("serve").code()).isZero();
        assertThat(calls()).hasSize(1);
    }

    @Test
    void aBuildThatFailsSaysWhyAndNothingIsRun() throws Exception {
        program(root.resolve("mvnw"), "echo '[ERROR] A.java: something is wrong'; exit 1\n");
        Outcome outcome = run("serve");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("something is wrong", "could not be built", "meta-log-build.log");
        assertThat(root.resolve("target/meta-log-build.lock")).doesNotExist();
    }

    @Test
    void withoutJavaOrWithAnOldOneItSaysWhatToInstall() throws Exception {
        String tools = folder.resolve("tools").toString();
        Files.createDirectories(Path.of(tools));
        for (String tool : List.of("dirname", "readlink", "sed", "head", "find", "cat", "mkdir", "rm", "touch", "tr")) {
            program(Path.of(tools, tool), "PATH=/usr/bin:/bin exec " + tool + " \"$@\"\n");
        }
        Map<String, String> nowhere = Map.of("JAVA_HOME", folder.resolve("no").toString(), "PATH", tools);
        Outcome none = outcome(start(root.resolve("meta-log"), nowhere, "serve"));
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.out()).isEmpty();
        assertThat(none.err()).contains("needs Java 17 or newer and found none");

        Map<String, String> old = Map.of("JAVA_HOME", jdk("old", "11.0.2").toString(), "PATH", tools);
        Outcome tooOld = outcome(start(root.resolve("meta-log"), old, "serve"));
        assertThat(tooOld.code()).isEqualTo(1);
        assertThat(tooOld.err()).contains("found only", "11.0.2");
        Map<String, String> ancient =
                Map.of("JAVA_HOME", jdk("ancient", "1.8.0_402").toString(), "PATH", tools);
        assertThat(outcome(start(root.resolve("meta-log"), ancient, "serve")).err())
                .contains("1.8.0_402");
    }

    @Test
    void aJavaThatCannotCompileIsEnoughOnceItIsBuilt() throws Exception {
        Files.delete(jdk.resolve("bin/javac"));
        Outcome outcome = run("serve");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("needs a JDK");
        program(jdk.resolve("bin/javac"), "");
        run("serve");
        Files.delete(jdk.resolve("bin/javac"));
        assertThat(run("serve").code()).isZero();
    }

    @Test
    void theArchiveIsMadeForThisJavaAndThisJarAndUsedFromThenOn() throws Exception {
        Path archive = root.resolve("server/target/meta-log-server.17.0.15+1-x86_64.jsa");
        Outcome demo = run("demo");
        assertThat(demo.out()).startsWith("java ").doesNotContain("noise");
        assertThat(archive).hasContent("trained\n");
        assertThat(run("serve").out()).contains("-XX:SharedArchiveFile=" + archive);

        Files.setLastModifiedTime(archive, FileTime.from(Instant.EPOCH));
        assertThat(run("serve").out()).doesNotContain("SharedArchiveFile");

        jdk = jdk("other", "21.0.2");
        assertThat(run("serve").out()).doesNotContain("SharedArchiveFile");
    }

    @Test
    void itIsFoundThroughALinkAndPassesItsArgumentsOn() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("linked"), root.resolve("meta-log"));
        Outcome outcome = outcome(start(link, Map.of(), "broker", "--port", "0"));
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).endsWith("meta-log-server.jar broker --port 0\n");
    }

    @Test
    void replayIsTheServersAlone() throws Exception {
        Outcome outcome = run("replay", "a trace.json", "--json");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).endsWith("meta-log-server.jar replay a trace.json --json\n");
        assertThat(calls()).singleElement().satisfies(call -> assertThat(call).contains("-pl server -am package"));
    }

    @Test
    void theGraphIsMeasuredByTheServerAndTheRestByTheEditors() throws Exception {
        Outcome traces = run("bench", "traces", "--json");
        assertThat(traces.code()).as(traces.err()).isZero();
        assertThat(traces.out()).endsWith("meta-log-server.jar bench traces --json\n");
        assertThat(calls()).singleElement().satisfies(call -> assertThat(call).contains("-pl server -am package"));
        assertThat(run("bench", "start").out()).endsWith("meta-log-editors.jar bench start\n");
        assertThat(run("bench").out()).endsWith("meta-log-editors.jar bench\n");
    }

    @Test
    void helpNeedsNothing() throws Exception {
        for (String[] arguments : new String[][] {{}, {"help"}, {"--help"}, {"-h"}}) {
            Outcome outcome = run(arguments);
            assertThat(outcome.code()).isZero();
            assertThat(outcome.out()).contains("meta-log demo", "meta-log serve", "meta-log replay");
        }
        assertThat(calls()).isEmpty();
    }
}

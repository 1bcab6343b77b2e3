package dev.metalog.server.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What tests need of the machine they run on: file modes, folders that refuse, second processes. */
public final class Machine {
    private Machine() {}

    /** Skips the test with this reason, or fails it where everything has to be there. */
    public static void need(boolean holds, String reason) {
        if (!holds && "true".equals(System.getenv("CI"))) {
            fail(reason);
        }
        assumeTrue(holds, reason);
    }

    public static void needModes(Path path) {
        need(OwnerOnly.hasModes(path), "This file system has no POSIX modes.");
    }

    public static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    public static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    public static void chmod(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    /** Makes a folder in which nothing can be made, until it is closed. */
    public static AutoCloseable refusing(Path folder) throws IOException, InterruptedException {
        chmod(folder, "r-x------");
        if (!Files.isWritable(folder)) {
            return () -> chmod(folder, "rwx------");
        }
        // Permission bits do not bind the superuser; the immutable flag of ext4, xfs and btrfs does.
        boolean immutable = run("chattr", "+i", folder.toString()) == 0;
        need(immutable, "Running as root, whom modes do not bind, and chattr +i does not work here.");
        return () -> assertThat(run("chattr", "-i", folder.toString())).isZero();
    }

    private static int run(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor();
        } catch (IOException noSuchProgram) {
            return -1;
        }
    }

    /** A second Java process running a class of the tests. Its output is read line by line. */
    public static final class Child implements AutoCloseable {
        private final Process process;
        private final BufferedReader out;

        private Child(List<String> command) throws IOException {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        public static Child java(Class<?> main, String... arguments) throws IOException {
            return new Child(javaCommand(List.of("-XX:TieredStopAtLevel=1"), main, arguments));
        }

        /** The same, as the launcher starts the sidecar: it compiles as well as it can, beside what runs. */
        public static Child javaAsLaunched(Class<?> main, String... arguments) throws IOException {
            return new Child(javaCommand(List.of("-Xmx512m"), main, arguments));
        }

        /** The same, in a process that may not make files larger than this. */
        public static Child javaWithFileLimit(int kibibytes, Class<?> main, String... arguments) throws IOException {
            List<String> command =
                    new ArrayList<>(List.of("bash", "-c", "ulimit -f " + kibibytes + " && exec \"$@\"", "-"));
            command.addAll(javaCommand(List.of("-XX:TieredStopAtLevel=1"), main, arguments));
            return new Child(command);
        }

        private static List<String> javaCommand(List<String> flags, Class<?> main, String... arguments) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString()));
            command.addAll(flags);
            command.addAll(List.of(
                    "-XX:+UseSerialGC",
                    // It would be written as a file too, and hit the limit.
                    "-XX:-UsePerfData",
                    "-cp",
                    System.getProperty("java.class.path"),
                    main.getName()));
            command.addAll(List.of(arguments));
            return command;
        }

        public String line() throws IOException {
            return out.readLine();
        }

        public long pid() {
            return process.pid();
        }

        /** As kill -9 does. */
        public void kill() {
            // Through the handle, which leaves what the process said to be read; Process.destroyForcibly throws it
            // away.
            process.toHandle().destroyForcibly();
            process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
        }

        @Override
        public void close() throws IOException {
            kill();
            out.close();
        }
    }
}

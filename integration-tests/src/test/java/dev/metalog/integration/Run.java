package dev.metalog.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs to its end. */
final class Run {
    private Run() {}

    /** Succeeds within the time; what it says is shown when it does not. Returns what it says. */
    static String successfully(
            Rig rig, Path folder, Map<String, String> environment, Duration time, List<String> command)
            throws IOException {
        Path output = Files.createTempFile(rig.folder("run"), "output-", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.redirectOutput(output.toFile());
        Process process = builder.start();
        AutoCloseable end = () -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        };
        rig.keep(end);
        process.getOutputStream().close();
        boolean ended = process.onExit()
                .thenApply(gone -> true)
                .completeOnTimeout(false, time.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        assertThat(ended)
                .as("%s ends within %s; it said:%n%s", command, time, said)
                .isTrue();
        assertThat(process.exitValue())
                .as("the exit code of %s; it said:%n%s", command, said)
                .isZero();
        return said;
    }
}

package dev.metalog.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** The sidecar processes that editors started for themselves, found by the home in their environment. */
final class Sidecars {
    private Sidecars() {}

    /** The one that was started first, which hosts the workspace. */
    static ProcessHandle firstOf(Seat seat) {
        List<ProcessHandle> found =
                Rig.await("a sidecar of " + seat.name()).until(() -> of(seat), all -> !all.isEmpty());
        return found.get(0);
    }

    /** The process that started the sidecar. */
    static ProcessHandle editorOf(Seat seat) {
        return firstOf(seat).parent().orElseThrow();
    }

    /** As kill -STOP does; kill -9 ends it all the same. */
    static void freeze(ProcessHandle process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("could not stop process " + process.pid());
        }
    }

    /** As kill -9 does. Does not wait: an editor that is frozen does not take note of its end. */
    static void kill(ProcessHandle sidecar) {
        if (!sidecar.destroyForcibly()) {
            throw new IllegalStateException("could not kill process " + sidecar.pid());
        }
    }

    private static List<ProcessHandle> of(Seat seat) {
        return ProcessHandle.allProcesses()
                .filter(process -> isSidecar(process, seat))
                .sorted(Comparator.comparing(
                        process -> process.info().startInstant().orElseThrow()))
                .toList();
    }

    private static boolean isSidecar(ProcessHandle process, Seat seat) {
        try {
            Path proc = Path.of("/proc", Long.toString(process.pid()));
            String command = read(proc.resolve("cmdline"));
            return command.contains("meta-log-server.jar")
                    && !command.contains("meta-log-editors.jar")
                    && command.endsWith("serve\0")
                    && read(proc.resolve("environ")).contains("META_LOG_HOME=" + seat.home() + "\0");
        } catch (IOException e) {
            // It has ended, or it is somebody else's.
            return false;
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}

package dev.metalog.editorclients.sidecar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Starts a sidecar as a process.
 *
 * @param command the program and its arguments
 * @param environment variables set beside those of this process
 * @param folder where it starts
 * @param log where its standard error goes
 */
public record SidecarCommand(List<String> command, Map<String, String> environment, Path folder, Redirect log)
        implements SidecarChannel.Starter {
    public SidecarCommand {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    @Override
    public SidecarChannel start() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectError(log);
        builder.environment().putAll(environment);
        return new Running(builder.start());
    }

    private record Running(Process process) implements SidecarChannel {
        @Override
        public InputStream fromSidecar() {
            return process.getInputStream();
        }

        @Override
        public OutputStream toSidecar() {
            return process.getOutputStream();
        }

        @Override
        public CompletableFuture<Integer> exit() {
            return process.onExit().thenApply(Process::exitValue);
        }

        @Override
        public void kill() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}

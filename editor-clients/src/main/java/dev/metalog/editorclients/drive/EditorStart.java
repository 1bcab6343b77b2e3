package dev.metalog.editorclients.drive;

import dev.metalog.protocol.Limits;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How an editor is started so that it can be driven.
 *
 * @param command the editor's program and arguments
 * @param environment variables set beside those of this process, for the editor and its sidecar
 * @param workspace the workspace folder, absolute; given as {@code META_LOG_WORKSPACE}
 * @param sidecar the sidecar's command line; given as {@code META_LOG_COMMAND}. Empty: the editor's own choice
 * @param log where the editor's standard error (and, over a socket, its standard output) goes
 */
public record EditorStart(
        List<String> command, Map<String, String> environment, Path workspace, List<String> sidecar, Redirect log) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    public EditorStart {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        sidecar = List.copyOf(sidecar);
    }

    /** Runs the headless editor within this process; its sidecar is a process all the same. */
    public static DrivenEditor inThisProcess(CommandLoop.EditorStarter starter) throws IOException {
        InProcessLine line = new InProcessLine(starter);
        return DrivenEditor.meet(line, "the headless editor", PATIENCE);
    }

    /** Starts an editor that reads commands on its standard input, as {@code meta-log headless} does. */
    public DrivenEditor overStandardStreams() throws IOException {
        Process process = builder().redirectError(log).start();
        return DrivenEditor.meet(
                new ProcessLine(process, process.getInputStream(), process.getOutputStream()), program(), PATIENCE);
    }

    /** Starts an editor that connects to the port in {@code META_LOG_DRIVER_PORT}, as Emacs and VS Code do in tests. */
    public DrivenEditor overSocket() throws IOException {
        try (ServerSocket meeting = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ProcessBuilder builder = builder().redirectErrorStream(true).redirectOutput(log);
            builder.environment().put("META_LOG_DRIVER_PORT", Integer.toString(meeting.getLocalPort()));
            Process process = builder.start();
            Socket socket = accept(meeting, process);
            socket.setTcpNoDelay(true);
            ProcessLine line = new ProcessLine(process, PromptInput.of(socket), socket.getOutputStream());
            return DrivenEditor.meet(line, program(), PATIENCE);
        }
    }

    private String program() {
        return Path.of(command.get(0)).getFileName().toString();
    }

    private ProcessBuilder builder() {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("META_LOG_WORKSPACE", workspace.toString());
        if (!sidecar.isEmpty()) {
            List<String> words =
                    sidecar.stream().map(word -> word.replace(" ", "\\ ")).toList();
            variables.put("META_LOG_COMMAND", String.join(" ", words));
        }
        ProcessBuilder builder = new ProcessBuilder(command).directory(workspace.toFile());
        builder.environment().putAll(variables);
        return builder;
    }

    private Socket accept(ServerSocket meeting, Process process) throws IOException {
        meeting.setSoTimeout(100);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return meeting.accept();
            } catch (SocketTimeoutException e) {
                if (!process.isAlive()) {
                    throw new IOException(
                            program() + " ended with code " + process.exitValue() + " before it connected", e);
                }
                if (System.nanoTime() > deadline) {
                    ProcessLine.endTree(process);
                    throw new IOException(program() + " did not connect within " + PATIENCE.toSeconds() + " s", e);
                }
            }
        }
    }

    /** Lines to and from an editor in a process of its own. */
    private record ProcessLine(Process process, LineSource fromEditor, LineSink toEditor) implements DrivenEditor.Line {
        ProcessLine(Process process, InputStream in, OutputStream out) {
            this(process, new LineReader(new BufferedInputStream(in), Limits.JSONRPC_BODY_BYTES), LineSink.of(out));
        }

        @Override
        public void end(Duration patience) {
            try {
                if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    endTree(process);
                }
            } catch (InterruptedException e) {
                endTree(process);
                Thread.currentThread().interrupt();
            }
        }

        static void endTree(Process process) {
            List<ProcessHandle> children = process.descendants().toList();
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }
}

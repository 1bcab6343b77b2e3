package dev.metalog.server.app;

import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.MetaLogServer;
import dev.metalog.server.editor.EditorShell;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.eclipse.lsp4j.jsonrpc.services.JsonNotification;
import org.eclipse.lsp4j.jsonrpc.services.JsonRequest;

/**
 * An editor without documents, for commands: speaks the editor protocol with a sidecar in this process. If another process
 * has the workspace, that sidecar passes everything on to it, as it does for any second editor.
 */
final class LocalClient implements AutoCloseable {
    private static final long ANSWER_SECONDS = 30;
    private static final long FAREWELL_SECONDS = 2;

    /** What a sidecar is asked. */
    interface Server extends MetaLogServer {
        @JsonRequest
        CompletableFuture<Object> initialize(Map<String, Object> params);

        @JsonNotification
        void initialized(Map<String, Object> params);

        @JsonRequest
        CompletableFuture<Object> shutdown();

        @JsonNotification
        void exit();
    }

    /** Something that was asked and did not come about; the message is for people. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        Failed(String message) {
            super(message);
        }
    }

    private final WorkspaceDoor door;
    private final Thread serving;
    private final Server server;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final ExecutorService reader = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "command-reader");
        thread.setDaemon(true);
        return thread;
    });

    LocalClient(WorkspaceDoor door, String workspaceUri, LocalEars ears)
            throws IOException, Failed, InterruptedException {
        this.door = door;
        Pipe up = Pipe.open();
        Pipe down = Pipe.open();
        InputStream asked = Channels.newInputStream(up.source());
        OutputStream answered = Channels.newOutputStream(down.sink());
        serving = new Thread(() -> serve(asked, answered), "command-sidecar");
        serving.start();
        Launcher<Server> launcher = new Launcher.Builder<Server>()
                .setLocalService(ears)
                .setRemoteInterface(Server.class)
                .setInput(Channels.newInputStream(down.source()))
                .setOutput(Channels.newOutputStream(up.sink()))
                .setExecutorService(reader)
                .create();
        var unused = launcher.startListening();
        server = launcher.getRemoteProxy();
        await(server.initialize(Map.of(
                "rootUri",
                workspaceUri,
                "capabilities",
                Map.of(),
                "initializationOptions",
                Map.of("protocolVersion", EditorMessages.PROTOCOL_VERSION, "editorName", "meta-log command"))));
        server.initialized(Map.of());
    }

    private void serve(InputStream asked, OutputStream answered) {
        try (answered) {
            EditorShell.serve(asked, answered, new EditorGate(door));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The pipe's end that closes with us.
        } finally {
            ended.complete(null);
        }
    }

    Server server() {
        return server;
    }

    /** The answer, or why there is none. */
    <T> T await(CompletableFuture<T> answer) throws Failed, InterruptedException {
        try {
            CompletableFuture.anyOf(answer, ended).get(ANSWER_SECONDS, TimeUnit.SECONDS);
            if (!answer.isDone()) {
                throw new Failed("The sidecar that has this workspace ended. Try again.");
            }
            return answer.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new Failed(
                    cause instanceof ResponseErrorException refused
                            ? refused.getResponseError().getMessage()
                            : String.valueOf(cause));
        } catch (TimeoutException e) {
            throw new Failed("The sidecar did not answer within " + ANSWER_SECONDS + " s.");
        }
    }

    /** Returns when the sidecar has ended. */
    void awaitEnd() throws InterruptedException {
        serving.join();
    }

    /** Says good-bye, and ends the sidecar if it is in this process. */
    @Override
    public void close() {
        try {
            var unused = server.shutdown().get(FAREWELL_SECONDS, TimeUnit.SECONDS);
            server.exit();
            serving.join(TimeUnit.SECONDS.toMillis(FAREWELL_SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            // It is gone already, or as good as that.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        door.close();
        reader.shutdownNow();
    }
}

package dev.metalog.editorclients.transcript;

import dev.metalog.editorclients.sidecar.SidecarChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.lsp4j.ApplyWorkspaceEditParams;
import org.eclipse.lsp4j.ApplyWorkspaceEditResponse;
import org.eclipse.lsp4j.DidChangeConfigurationParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.DidSaveTextDocumentParams;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.ServerCapabilities;
import org.eclipse.lsp4j.SnippetTextEdit;
import org.eclipse.lsp4j.TextDocumentEdit;
import org.eclipse.lsp4j.TextDocumentSyncKind;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.VersionedTextDocumentIdentifier;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.eclipse.lsp4j.services.WorkspaceService;

/** A sidecar played by a test: it mirrors what it is told and sends what the test wants, over a loopback socket. */
final class FakeSidecar implements SidecarChannel.Starter {
    private final String encoding;
    private final ExecutorService thread;
    final Map<String, Mirror> mirrors = new ConcurrentHashMap<>();
    final List<String> heard = new CopyOnWriteArrayList<>();
    final List<Throwable> faults = new CopyOnWriteArrayList<>();
    volatile InitializeParams initialize;
    private volatile LanguageClient client;
    private volatile CompletableFuture<Integer> exit;

    FakeSidecar(String encoding) {
        this.encoding = encoding;
        thread = Executors.newCachedThreadPool(task -> {
            Thread created = new Thread(task, "fake-sidecar");
            created.setDaemon(true);
            return created;
        });
    }

    @Override
    public SidecarChannel start() throws IOException {
        Socket editorEnd;
        Socket sidecarEnd;
        try (ServerSocket meeting = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            editorEnd = new Socket(meeting.getInetAddress(), meeting.getLocalPort());
            sidecarEnd = meeting.accept();
        }
        editorEnd.setTcpNoDelay(true);
        sidecarEnd.setTcpNoDelay(true);
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        exit = ended;
        // As with a process: when it ends, its streams end.
        var unusedClosing = ended.thenRun(() -> {
            try {
                sidecarEnd.shutdownOutput();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        mirrors.clear();
        Launcher<LanguageClient> launcher = new Launcher.Builder<LanguageClient>()
                .setLocalService(new Server())
                .setRemoteInterface(LanguageClient.class)
                .setInput(sidecarEnd.getInputStream())
                .setOutput(sidecarEnd.getOutputStream())
                .setExecutorService(thread)
                .create();
        client = launcher.getRemoteProxy();
        var unused = launcher.startListening();
        return new Streams(editorEnd.getInputStream(), editorEnd.getOutputStream(), ended);
    }

    /** Ends this run of the sidecar as a crash would. */
    void end(int code) {
        exit.complete(code);
    }

    CompletableFuture<ApplyWorkspaceEditResponse> edit(String uri, int version, List<TextEdit> edits) {
        List<Either<TextEdit, SnippetTextEdit>> either =
                edits.stream().map(Either::<TextEdit, SnippetTextEdit>forLeft).toList();
        var change = new TextDocumentEdit(new VersionedTextDocumentIdentifier(uri, version), either);
        var params = new ApplyWorkspaceEditParams(new WorkspaceEdit(List.of(Either.forLeft(change))));
        return client.applyEdit(params);
    }

    private record Streams(InputStream fromSidecar, OutputStream toSidecar, CompletableFuture<Integer> exit)
            implements SidecarChannel {
        @Override
        public void kill() {
            exit.complete(137);
        }
    }

    /** Everything a played sidecar hears. */
    private final class Server implements LanguageServer, TextDocumentService, WorkspaceService {
        @Override
        public CompletableFuture<InitializeResult> initialize(InitializeParams params) {
            initialize = params;
            ServerCapabilities capabilities = new ServerCapabilities();
            capabilities.setPositionEncoding(encoding);
            capabilities.setTextDocumentSync(TextDocumentSyncKind.Incremental);
            return CompletableFuture.completedFuture(new InitializeResult(capabilities));
        }

        @Override
        public CompletableFuture<Object> shutdown() {
            heard.add("shutdown");
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void exit() {
            heard.add("exit");
            exit.complete(0);
        }

        @Override
        public TextDocumentService getTextDocumentService() {
            return this;
        }

        @Override
        public WorkspaceService getWorkspaceService() {
            return this;
        }

        @Override
        public void didOpen(DidOpenTextDocumentParams params) {
            var item = params.getTextDocument();
            mirrors.put(item.getUri(), new Mirror(encoding, item.getText(), item.getVersion()));
            heard.add("didOpen");
        }

        @Override
        public void didChange(DidChangeTextDocumentParams params) {
            try {
                var id = params.getTextDocument();
                Mirror mirror = mirrors.get(id.getUri());
                synchronized (mirror) {
                    mirror.change(id.getVersion(), params.getContentChanges());
                }
            } catch (AssertionError | RuntimeException e) {
                faults.add(e);
            }
            heard.add("didChange");
        }

        @Override
        public void didClose(DidCloseTextDocumentParams params) {
            mirrors.remove(params.getTextDocument().getUri());
            heard.add("didClose");
        }

        @Override
        public void didSave(DidSaveTextDocumentParams params) {
            heard.add("didSave");
        }

        @Override
        public void didChangeConfiguration(DidChangeConfigurationParams params) {
            heard.add("didChangeConfiguration");
        }

        @Override
        public void didChangeWatchedFiles(DidChangeWatchedFilesParams params) {
            heard.add("didChangeWatchedFiles");
        }
    }
}

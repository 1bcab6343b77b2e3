package dev.metalog.editorclients.transcript;

import dev.metalog.editorclients.sidecar.Sidecar;
import dev.metalog.editorclients.sidecar.SidecarChannel;
import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages.Announced;
import dev.metalog.protocol.editor.EditorMessages.BrokerPasswordParams;
import dev.metalog.protocol.editor.EditorMessages.Connection;
import dev.metalog.protocol.editor.EditorMessages.DigestParams;
import dev.metalog.protocol.editor.EditorMessages.DigestVerdict;
import dev.metalog.protocol.editor.EditorMessages.DocumentStatus;
import dev.metalog.protocol.editor.EditorMessages.Done;
import dev.metalog.protocol.editor.EditorMessages.FederationInitParams;
import dev.metalog.protocol.editor.EditorMessages.Identity;
import dev.metalog.protocol.editor.EditorMessages.JoinParams;
import dev.metalog.protocol.editor.EditorMessages.Joined;
import dev.metalog.protocol.editor.EditorMessages.LeaveParams;
import dev.metalog.protocol.editor.EditorMessages.Peers;
import dev.metalog.protocol.editor.EditorMessages.PublishParams;
import dev.metalog.protocol.editor.EditorMessages.ShareParams;
import dev.metalog.protocol.editor.EditorMessages.Shared;
import dev.metalog.protocol.editor.EditorMessages.SignParams;
import dev.metalog.protocol.editor.EditorMessages.Signature;
import dev.metalog.protocol.editor.EditorMessages.Status;
import dev.metalog.protocol.editor.EditorMessages.TopicParams;
import dev.metalog.protocol.editor.EditorMessages.UnlockParams;
import dev.metalog.protocol.editor.EditorMessages.Verified;
import dev.metalog.protocol.editor.EditorMessages.VerifyParams;
import dev.metalog.protocol.editor.FederationMessages.SendFileParams;
import dev.metalog.protocol.editor.FederationMessages.SendMessageParams;
import dev.metalog.protocol.editor.FederationMessages.Sent;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.protocol.editor.PresenceMessages;
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
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.lsp4j.ApplyWorkspaceEditParams;
import org.eclipse.lsp4j.ApplyWorkspaceEditResponse;
import org.eclipse.lsp4j.DidChangeConfigurationParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.DidSaveTextDocumentParams;
import org.eclipse.lsp4j.ExecuteCommandParams;
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
import org.eclipse.lsp4j.jsonrpc.RemoteEndpoint;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.eclipse.lsp4j.services.WorkspaceService;

/** A sidecar played by a test: it mirrors what it is told and sends what the test wants, over a loopback socket. */
public final class FakeSidecar implements SidecarChannel.Starter {
    private final String encoding;
    private final ExecutorService thread;
    public final Map<String, Mirror> mirrors = new ConcurrentHashMap<>();
    public final List<String> heard = new CopyOnWriteArrayList<>();
    public final List<Throwable> faults = new CopyOnWriteArrayList<>();
    public volatile InitializeParams initialize;
    /** What {@code meta-log/digest} is answered with; absent: never answered. */
    public volatile String verdict = "equal";
    /** How often a sidecar was started. */
    public final AtomicInteger starts = new AtomicInteger();
    /** How many of the next starts shall fail. */
    public final AtomicInteger failingStarts = new AtomicInteger();

    private volatile LanguageClient client;
    private volatile RemoteEndpoint endpoint;
    volatile CompletableFuture<Integer> exit = new CompletableFuture<>();

    public FakeSidecar(String encoding) {
        this.encoding = encoding;
        thread = Executors.newCachedThreadPool(task -> {
            Thread created = new Thread(task, "fake-sidecar");
            created.setDaemon(true);
            return created;
        });
    }

    @Override
    public SidecarChannel start() throws IOException {
        if (failingStarts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IOException("no sidecar today");
        }
        starts.incrementAndGet();
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
        var unusedEnd = serve(sidecarEnd.getInputStream(), sidecarEnd.getOutputStream());
        return new Streams(editorEnd.getInputStream(), editorEnd.getOutputStream(), ended);
    }

    /** Plays on these streams; {@code FakeSidecarMain} gives those of its process. */
    Future<Void> serve(InputStream in, OutputStream out) {
        mirrors.clear();
        Launcher<LanguageClient> launcher = new Launcher.Builder<LanguageClient>()
                .setLocalService(new Server())
                .setRemoteInterface(LanguageClient.class)
                .setInput(in)
                .setOutput(out)
                .setExecutorService(thread)
                .create();
        client = launcher.getRemoteProxy();
        endpoint = launcher.getRemoteEndpoint();
        return launcher.startListening();
    }

    /** Ends this run of the sidecar as a crash would. */
    public void end(int code) {
        exit.complete(code);
    }

    void tell(PresenceMessages.Changed changed) {
        endpoint.notify("meta-log/presenceChanged", changed);
    }

    void tell(DocumentStatus status) {
        endpoint.notify("meta-log/documentStatus", status);
    }

    public CompletableFuture<ApplyWorkspaceEditResponse> edit(String uri, int version, List<TextEdit> edits) {
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
    private final class Server implements Sidecar, TextDocumentService, WorkspaceService {
        @Override
        public void presence(PresenceMessages.Look params) {
            // No transcript asks where somebody looks.
        }

        @Override
        public CompletableFuture<DigestVerdict> digest(DigestParams params) {
            heard.add("digest");
            String now = verdict;
            return now == null ? new CompletableFuture<>() : CompletableFuture.completedFuture(new DigestVerdict(now));
        }

        @Override
        public CompletableFuture<Shared> share(ShareParams params) {
            heard.add("share");
            return CompletableFuture.completedFuture(new Shared("id", "a.txt", "invitation"));
        }

        @Override
        public CompletableFuture<Joined> join(JoinParams params) {
            heard.add("join");
            if (!params.invitation().equals("invitation")) {
                return CompletableFuture.failedFuture(new ResponseErrorException(
                        new ResponseError(EditorError.BAD_INVITATION.code(), "not an invitation", null)));
            }
            return CompletableFuture.completedFuture(new Joined("id", "a.txt", params.uri(), true));
        }

        @Override
        public CompletableFuture<Done> unlock(UnlockParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Identity> identity() {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Status> status() {
            return notPlayed();
        }

        @Override
        public CompletableFuture<MetricsMessages.Metrics> metrics() {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Connection> federationInit(FederationInitParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Connection> brokerPassword(BrokerPasswordParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Announced> announce() {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Peers> peers() {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Done> leave(LeaveParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Done> mqttPublish(PublishParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Done> mqttSubscribe(TopicParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Done> mqttUnsubscribe(TopicParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Sent> sendFile(SendFileParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Sent> sendMessage(SendMessageParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Signature> sign(SignParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Verified> verify(VerifyParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<MemberMessages.Invited> invite(MemberMessages.InviteParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<MemberMessages.Members> members() {
            return notPlayed();
        }

        @Override
        public CompletableFuture<MemberMessages.Told> memberAnswer(MemberMessages.AnswerParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<MemberMessages.Told> memberRole(MemberMessages.RoleParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<MemberMessages.Told> memberRemove(MemberMessages.RemoveParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<MemberMessages.Told> memberLeave(MemberMessages.LeaveParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<PeerMessages.PeerStates> peerList() {
            return notPlayed();
        }

        @Override
        public CompletableFuture<PeerMessages.PeerState> peerShow(PeerMessages.PeerParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<PeerMessages.Decided> peerBlock(PeerMessages.PeerParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<PeerMessages.Decided> peerUnblock(PeerMessages.PeerParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<PeerMessages.LinkTested> linkTest(PeerMessages.PeerParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<BlackboardMessages.Found> blackboardGet(BlackboardMessages.NameParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<BlackboardMessages.Listed> blackboardList(BlackboardMessages.ListParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<BlackboardMessages.Entry> blackboardSet(BlackboardMessages.WriteParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Done> blackboardDelete(BlackboardMessages.NameParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<BlackboardMessages.Entry> blackboardAdd(BlackboardMessages.WriteParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Done> blackboardRemove(BlackboardMessages.WriteParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Done> blackboardWatch(BlackboardMessages.WatchParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<Done> blackboardUnwatch() {
            return notPlayed();
        }

        @Override
        public CompletableFuture<BlackboardMessages.Synced> blackboardSync(BlackboardMessages.SyncParams params) {
            return notPlayed();
        }

        @Override
        public CompletableFuture<BlackboardMessages.Invited> blackboardInvite() {
            return notPlayed();
        }

        @Override
        public CompletableFuture<BlackboardMessages.BoardJoined> blackboardJoin(
                BlackboardMessages.BoardJoinParams params) {
            return notPlayed();
        }

        private <T> CompletableFuture<T> notPlayed() {
            return CompletableFuture.failedFuture(new ResponseErrorException(
                    new ResponseError(EditorError.NOT_CONNECTED.code(), "no broker in a test", null)));
        }

        @Override
        public CompletableFuture<Object> executeCommand(ExecuteCommandParams params) {
            heard.add(params.getCommand());
            return CompletableFuture.completedFuture(new Shared("id", "a.txt", "by command"));
        }

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

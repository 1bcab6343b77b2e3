package dev.metalog.editorclients.headless;

import com.google.gson.Gson;
import dev.metalog.editorclients.sidecar.Sidecar;
import dev.metalog.editorclients.sidecar.SidecarException;
import dev.metalog.editorclients.sidecar.SidecarSession;
import dev.metalog.protocol.editor.EditorMessages.Announced;
import dev.metalog.protocol.editor.EditorMessages.Connection;
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
import dev.metalog.protocol.editor.EditorMessages.Status;
import dev.metalog.protocol.editor.EditorMessages.TopicParams;
import dev.metalog.protocol.editor.FederationMessages.SendFileParams;
import dev.metalog.protocol.editor.FederationMessages.SendMessageParams;
import dev.metalog.protocol.editor.FederationMessages.Sent;
import dev.metalog.protocol.editor.MetricsMessages.Metrics;
import dev.metalog.protocol.editor.PeerMessages.PeerStates;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.eclipse.lsp4j.ExecuteCommandParams;

/**
 * What a {@link HeadlessEditor} can ask its sidecar beyond LSP. A stock client asks by {@code workspace/executeCommand}
 * where that is offered, and cannot ask the rest.
 *
 * <p>Every future fails with a {@link SidecarException} when the sidecar refuses, ends, or does not answer in 30 s.
 */
public final class SidecarRequests {
    private static final Gson GSON = new Gson();

    private final HeadlessEditor editor;

    SidecarRequests(HeadlessEditor editor) {
        this.editor = editor;
    }

    /** A document that was joined, opened, and what the sidecar said about it. */
    public record JoinedDocument(HeadlessDocument document, Joined joined) {}

    public CompletableFuture<Shared> share(HeadlessDocument document) {
        CompletableFuture<Shared> shared = editor.profile().stock()
                ? command("meta-log.share", Shared.class, document.uri())
                : ask(to -> to.share(new ShareParams(document.uri())));
        return shared.whenComplete((answer, failure) -> {
            if (failure == null) {
                editor.markLive(document.uri(), true);
            }
        });
    }

    /**
     * Joins, and opens the document that shows the shared text if it is not open yet.
     *
     * @param path where the text shall be shown, absolute or relative to the workspace; empty leaves it to the sidecar
     */
    public CompletableFuture<JoinedDocument> join(String invitation, Optional<Path> path) {
        String uri = path.map(given -> editor.profile()
                        .workspace()
                        .resolve(given)
                        .normalize()
                        .toUri()
                        .toString())
                .orElse(null);
        return joined(invitation, uri).thenApplyAsync(this::openJoined, editor::chore);
    }

    private CompletableFuture<Joined> joined(String invitation, String uri) {
        if (!editor.profile().stock()) {
            return ask(to -> to.join(new JoinParams(invitation, uri)));
        }
        return uri == null
                ? command("meta-log.join", Joined.class, invitation)
                : command("meta-log.join", Joined.class, invitation, uri);
    }

    private JoinedDocument openJoined(Joined joined) {
        try {
            HeadlessDocument document = editor.open(Path.of(URI.create(joined.uri())));
            editor.markLive(document.uri(), true);
            return new JoinedDocument(document, joined);
        } catch (IOException e) {
            throw new CompletionException(
                    new SidecarException(0, "joined, but " + joined.uri() + " cannot be opened: " + e, e));
        }
    }

    public CompletableFuture<Done> leave(HeadlessDocument document) {
        CompletableFuture<Done> left = editor.profile().stock()
                ? command("meta-log.leave", Done.class, document.uri())
                : ask(to -> to.leave(new LeaveParams(document.uri())));
        return left.whenComplete((answer, failure) -> {
            if (failure == null) {
                editor.markLive(document.uri(), false);
            }
        });
    }

    public CompletableFuture<Status> status() {
        return editor.profile().stock() ? command("meta-log.status", Status.class) : ask(Sidecar::status);
    }

    /** How full every bounded queue of the sidecar is and was, and what went over its links. */
    public CompletableFuture<Metrics> metrics() {
        return ask(Sidecar::metrics);
    }

    public CompletableFuture<Peers> peers() {
        return editor.profile().stock() ? command("meta-log.peers", Peers.class) : ask(Sidecar::peers);
    }

    /** All that were ever heard of in this workspace, and what was seen of each. */
    public CompletableFuture<PeerStates> peerList() {
        return ask(Sidecar::peerList);
    }

    public CompletableFuture<Identity> identity() {
        return ask(Sidecar::identity);
    }

    /** @param broker its URL; empty means the configured one, or else the one on this machine */
    public CompletableFuture<Connection> federationInit(Optional<String> broker) {
        return ask(to -> to.federationInit(new FederationInitParams(broker.orElse(null))));
    }

    public CompletableFuture<Announced> announce() {
        return ask(Sidecar::announce);
    }

    public CompletableFuture<Done> publish(PublishParams params) {
        return ask(to -> to.mqttPublish(params));
    }

    public CompletableFuture<Done> subscribe(String topic) {
        return ask(to -> to.mqttSubscribe(new TopicParams(topic)));
    }

    public CompletableFuture<Done> unsubscribe(String topic) {
        return ask(to -> to.mqttUnsubscribe(new TopicParams(topic)));
    }

    public CompletableFuture<Sent> sendFile(SendFileParams params) {
        return ask(to -> to.sendFile(params));
    }

    public CompletableFuture<Sent> sendMessage(SendMessageParams params) {
        return ask(to -> to.sendMessage(params));
    }

    /** A request of the protocol beyond LSP. */
    <T> CompletableFuture<T> ask(Function<Sidecar, CompletableFuture<T>> call) {
        if (editor.profile().stock()) {
            return failed("a stock LSP client cannot ask this");
        }
        return request(call);
    }

    private <T> CompletableFuture<T> command(String name, Class<T> type, String... arguments) {
        List<Object> list = new ArrayList<>(List.of((Object[]) arguments));
        return request(to -> to.getWorkspaceService().executeCommand(new ExecuteCommandParams(name, list)))
                .thenApply(result -> GSON.fromJson(GSON.toJsonTree(result), type));
    }

    private <T> CompletableFuture<T> request(Function<Sidecar, CompletableFuture<T>> call) {
        Optional<SidecarSession> session = editor.session();
        return session.isPresent()
                ? session.get().request(call)
                : failed("the sidecar is being started again; ask once more");
    }

    private static <T> CompletableFuture<T> failed(String why) {
        return CompletableFuture.failedFuture(new SidecarException(0, why, null));
    }
}

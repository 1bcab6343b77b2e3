package dev.metalog.protocol.editor;

import dev.metalog.protocol.editor.EditorMessages.Announced;
import dev.metalog.protocol.editor.EditorMessages.BrokerPasswordParams;
import dev.metalog.protocol.editor.EditorMessages.Connection;
import dev.metalog.protocol.editor.EditorMessages.DigestParams;
import dev.metalog.protocol.editor.EditorMessages.DigestVerdict;
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
import dev.metalog.protocol.editor.MetricsMessages.Metrics;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.jsonrpc.services.JsonRequest;

/** The requests an editor may make of its sidecar beyond LSP. Each fails with a {@link EditorError} code. */
public interface MetaLogServer extends BlackboardServer, PeerServer, FederationServer, MemberServer {
    @JsonRequest("meta-log/unlock")
    CompletableFuture<Done> unlock(UnlockParams params);

    @JsonRequest("meta-log/identity")
    CompletableFuture<Identity> identity();

    @JsonRequest("meta-log/status")
    CompletableFuture<Status> status();

    @JsonRequest("meta-log/metrics")
    CompletableFuture<Metrics> metrics();

    @JsonRequest("meta-log/federationInit")
    CompletableFuture<Connection> federationInit(FederationInitParams params);

    @JsonRequest("meta-log/brokerPassword")
    CompletableFuture<Connection> brokerPassword(BrokerPasswordParams params);

    @JsonRequest("meta-log/announce")
    CompletableFuture<Announced> announce();

    @JsonRequest("meta-log/peers")
    CompletableFuture<Peers> peers();

    @JsonRequest("meta-log/share")
    CompletableFuture<Shared> share(ShareParams params);

    @JsonRequest("meta-log/join")
    CompletableFuture<Joined> join(JoinParams params);

    @JsonRequest("meta-log/leave")
    CompletableFuture<Done> leave(LeaveParams params);

    @JsonRequest("meta-log/digest")
    CompletableFuture<DigestVerdict> digest(DigestParams params);

    @JsonRequest("meta-log/mqttPublish")
    CompletableFuture<Done> mqttPublish(PublishParams params);

    @JsonRequest("meta-log/mqttSubscribe")
    CompletableFuture<Done> mqttSubscribe(TopicParams params);

    @JsonRequest("meta-log/mqttUnsubscribe")
    CompletableFuture<Done> mqttUnsubscribe(TopicParams params);

    @JsonRequest("meta-log/sign")
    CompletableFuture<Signature> sign(SignParams params);

    @JsonRequest("meta-log/verify")
    CompletableFuture<Verified> verify(VerifyParams params);
}

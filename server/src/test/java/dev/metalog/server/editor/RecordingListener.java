package dev.metalog.server.editor;

import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.EditorMessages.Announced;
import dev.metalog.protocol.editor.EditorMessages.BrokerPasswordParams;
import dev.metalog.protocol.editor.EditorMessages.Capability;
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
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.editor.MetaLogServer;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.protocol.editor.PresenceMessages;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * Writes down what a shell hands over. Its requests answer with what they were asked, so that a test sees both ways;
 * {@code federationInit} is the slow one: its future is completed by the test.
 */
final class RecordingListener implements EditorListener, MetaLogServer {
    final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    final BlockingQueue<CompletableFuture<Connection>> slow = new LinkedBlockingQueue<>();
    volatile EditorSession session;
    volatile InitializeInfo info;
    private final Function<InitializeInfo, InitializeAnswer> answer;

    RecordingListener() {
        this(info -> new InitializeAnswer.Serve(
                new Capability(EditorMessages.PROTOCOL_VERSION, 1, String.valueOf(info.workspaceUri()))));
    }

    RecordingListener(Function<InitializeInfo, InitializeAnswer> answer) {
        this.answer = answer;
    }

    @Override
    public InitializeAnswer initialize(EditorSession asking, InitializeInfo given) {
        session = asking;
        info = given;
        return answer.apply(given);
    }

    @Override
    public void initialized(EditorSession ready) {
        heard.add("initialized");
    }

    @Override
    public void didOpen(EditorSession from, String uri, int version, String text) {
        if (uri.endsWith("defect")) {
            throw new IllegalStateException("a handler that fails");
        }
        heard.add("didOpen " + uri + " " + version + " " + text);
    }

    @Override
    public void didChange(EditorSession from, String uri, int version, List<Change> changes) {
        heard.add("didChange " + uri + " " + version + " " + changes);
    }

    @Override
    public void changeUnreadable(EditorSession from, String uri, String why) {
        heard.add("changeUnreadable " + uri + " " + why);
    }

    @Override
    public void didSave(EditorSession from, String uri) {
        heard.add("didSave " + uri);
    }

    @Override
    public void looked(EditorSession from, PresenceMessages.Look look) {
        heard.add("looked " + look);
    }

    @Override
    public void didClose(EditorSession from, String uri) {
        heard.add("didClose " + uri);
    }

    @Override
    public MetaLogServer requests(EditorSession from) {
        return this;
    }

    @Override
    public void ended(EditorSession over, EndReason reason) {
        heard.add("ended " + reason);
    }

    @Override
    public CompletableFuture<Done> unlock(UnlockParams params) {
        return CompletableFuture.completedFuture(new Done());
    }

    @Override
    public CompletableFuture<Identity> identity() {
        return CompletableFuture.completedFuture(new Identity("peer-x", "0x04", "0x05", true));
    }

    @Override
    public CompletableFuture<Status> status() {
        return CompletableFuture.completedFuture(
                new Status("peer-x", "w", List.of(), 0, List.of(), List.of(), new EditorMessages.Divergences(0, 0)));
    }

    @Override
    public CompletableFuture<Connection> brokerPassword(BrokerPasswordParams params) {
        return CompletableFuture.completedFuture(new Connection(params.broker(), "connected", null, false));
    }

    @Override
    public CompletableFuture<MetricsMessages.Metrics> metrics() {
        return CompletableFuture.completedFuture(new MetricsMessages.Metrics(List.of(session.queue()), List.of()));
    }

    @Override
    public CompletableFuture<Connection> federationInit(FederationInitParams params) {
        CompletableFuture<Connection> future = new CompletableFuture<>();
        slow.add(future);
        return future;
    }

    @Override
    public CompletableFuture<Announced> announce() {
        return CompletableFuture.failedFuture(
                new EditorRefusal(EditorError.NOT_CONNECTED, "No broker is connected. Call federationInit."));
    }

    @Override
    public CompletableFuture<Peers> peers() {
        return CompletableFuture.completedFuture(new Peers(List.of()));
    }

    @Override
    public CompletableFuture<Shared> share(ShareParams params) {
        return CompletableFuture.completedFuture(new Shared("d", params.uri(), "invitation"));
    }

    @Override
    public CompletableFuture<Joined> join(JoinParams params) {
        return CompletableFuture.completedFuture(new Joined("d", params.invitation(), params.uri(), true));
    }

    @Override
    public CompletableFuture<Done> leave(LeaveParams params) {
        throw new EditorRefusal(EditorError.UNKNOWN_DOCUMENT, params.uri() + " is not live. Share it first.");
    }

    @Override
    public CompletableFuture<DigestVerdict> digest(DigestParams params) {
        return CompletableFuture.completedFuture(new DigestVerdict("equal"));
    }

    @Override
    public CompletableFuture<Done> mqttPublish(PublishParams params) {
        return CompletableFuture.completedFuture(new Done());
    }

    @Override
    public CompletableFuture<Done> mqttSubscribe(TopicParams params) {
        throw new IllegalStateException("a handler that fails");
    }

    @Override
    public CompletableFuture<Done> mqttUnsubscribe(TopicParams params) {
        return null;
    }

    @Override
    public CompletableFuture<FederationMessages.Sent> sendFile(FederationMessages.SendFileParams params) {
        return CompletableFuture.completedFuture(new FederationMessages.Sent("b", params.file()));
    }

    @Override
    public CompletableFuture<FederationMessages.Sent> sendMessage(FederationMessages.SendMessageParams params) {
        return CompletableFuture.completedFuture(new FederationMessages.Sent("b", params.payload()));
    }

    @Override
    public CompletableFuture<Signature> sign(SignParams params) {
        return CompletableFuture.completedFuture(new Signature(params.message()));
    }

    @Override
    public CompletableFuture<Verified> verify(VerifyParams params) {
        return CompletableFuture.failedFuture(new IllegalStateException("a future that fails"));
    }

    @Override
    public CompletableFuture<BlackboardMessages.Found> blackboardGet(BlackboardMessages.NameParams params) {
        return CompletableFuture.completedFuture(new BlackboardMessages.Found(null));
    }

    @Override
    public CompletableFuture<BlackboardMessages.Listed> blackboardList(BlackboardMessages.ListParams params) {
        return CompletableFuture.completedFuture(new BlackboardMessages.Listed(List.of(), null));
    }

    @Override
    public CompletableFuture<BlackboardMessages.Entry> blackboardSet(BlackboardMessages.WriteParams params) {
        return CompletableFuture.completedFuture(
                new BlackboardMessages.Entry(params.namespace(), params.name(), params.value(), List.of()));
    }

    @Override
    public CompletableFuture<Done> blackboardDelete(BlackboardMessages.NameParams params) {
        return CompletableFuture.completedFuture(new Done());
    }

    @Override
    public CompletableFuture<BlackboardMessages.Entry> blackboardAdd(BlackboardMessages.WriteParams params) {
        return CompletableFuture.completedFuture(
                new BlackboardMessages.Entry(params.namespace(), params.name(), params.value(), List.of()));
    }

    @Override
    public CompletableFuture<Done> blackboardRemove(BlackboardMessages.WriteParams params) {
        return CompletableFuture.completedFuture(new Done());
    }

    @Override
    public CompletableFuture<Done> blackboardWatch(BlackboardMessages.WatchParams params) {
        return CompletableFuture.completedFuture(new Done());
    }

    @Override
    public CompletableFuture<Done> blackboardUnwatch() {
        return CompletableFuture.completedFuture(new Done());
    }

    @Override
    public CompletableFuture<BlackboardMessages.Synced> blackboardSync(BlackboardMessages.SyncParams params) {
        return CompletableFuture.completedFuture(new BlackboardMessages.Synced(List.of(), params.peerId()));
    }

    @Override
    public CompletableFuture<BlackboardMessages.Invited> blackboardInvite() {
        return CompletableFuture.completedFuture(new BlackboardMessages.Invited("invitation"));
    }

    @Override
    public CompletableFuture<BlackboardMessages.BoardJoined> blackboardJoin(BlackboardMessages.BoardJoinParams params) {
        return CompletableFuture.completedFuture(new BlackboardMessages.BoardJoined(0, params.merge()));
    }

    @Override
    public CompletableFuture<MemberMessages.Invited> invite(MemberMessages.InviteParams params) {
        return CompletableFuture.completedFuture(
                new MemberMessages.Invited("w", "d", "a", "metalog2-a", "2026-11-30T12:00:00Z"));
    }

    @Override
    public CompletableFuture<MemberMessages.Members> members() {
        return CompletableFuture.completedFuture(new MemberMessages.Members(List.of()));
    }

    @Override
    public CompletableFuture<MemberMessages.Told> memberAnswer(MemberMessages.AnswerParams params) {
        return CompletableFuture.completedFuture(new MemberMessages.Told("done"));
    }

    @Override
    public CompletableFuture<MemberMessages.Told> memberRole(MemberMessages.RoleParams params) {
        return CompletableFuture.completedFuture(new MemberMessages.Told("done"));
    }

    @Override
    public CompletableFuture<MemberMessages.Told> memberRemove(MemberMessages.RemoveParams params) {
        return CompletableFuture.completedFuture(new MemberMessages.Told("done"));
    }

    @Override
    public CompletableFuture<MemberMessages.Told> memberLeave(MemberMessages.LeaveParams params) {
        return CompletableFuture.completedFuture(new MemberMessages.Told("done"));
    }

    @Override
    public CompletableFuture<PeerMessages.PeerStates> peerList() {
        return CompletableFuture.completedFuture(new PeerMessages.PeerStates(List.of(), List.of()));
    }

    @Override
    public CompletableFuture<PeerMessages.PeerState> peerShow(PeerMessages.PeerParams params) {
        return CompletableFuture.completedFuture(peer(params));
    }

    @Override
    public CompletableFuture<PeerMessages.Decided> peerBlock(PeerMessages.PeerParams params) {
        return CompletableFuture.completedFuture(new PeerMessages.Decided(peer(params), "blocked"));
    }

    @Override
    public CompletableFuture<PeerMessages.Decided> peerUnblock(PeerMessages.PeerParams params) {
        return CompletableFuture.completedFuture(new PeerMessages.Decided(peer(params), "unblocked"));
    }

    @Override
    public CompletableFuture<PeerMessages.LinkTested> linkTest(PeerMessages.PeerParams params) {
        return CompletableFuture.completedFuture(new PeerMessages.LinkTested(params.peerId(), null, List.of()));
    }

    private static PeerMessages.PeerState peer(PeerMessages.PeerParams params) {
        return new PeerMessages.PeerState(
                params.peerId(), "inactive", null, null, null, null, 0, null, null, null, null, null, List.of());
    }
}

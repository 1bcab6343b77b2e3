package dev.metalog.server.app;

import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.editor.MetaLogServer;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.server.editor.EditorRefusal;
import dev.metalog.server.link.RelayAddress;
import dev.metalog.server.workspace.BlackboardRequest;
import dev.metalog.server.workspace.EditorId;
import dev.metalog.server.workspace.FederationRequest;
import dev.metalog.server.workspace.MemberRequest;
import dev.metalog.server.workspace.PeerRequest;
import dev.metalog.server.workspace.Request;
import java.util.concurrent.CompletableFuture;

/** The {@code meta-log/*} requests of one editor, each handed to the conductor. */
final class EditorRequests implements MetaLogServer {
    private final EditorId editor;
    private final Tickets tickets;

    EditorRequests(EditorId editor, Tickets tickets) {
        this.editor = editor;
        this.tickets = tickets;
    }

    @Override
    public CompletableFuture<EditorMessages.Done> unlock(EditorMessages.UnlockParams params) {
        return tickets.ask(editor, new Request.Unlock(params), EditorMessages.Done.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Identity> identity() {
        return tickets.ask(editor, new Request.Identity(), EditorMessages.Identity.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Status> status() {
        return tickets.ask(editor, new Request.Status(), EditorMessages.Status.class);
    }

    @Override
    public CompletableFuture<MetricsMessages.Metrics> metrics() {
        return tickets.ask(editor, new Request.Metrics(), MetricsMessages.Metrics.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Connection> federationInit(EditorMessages.FederationInitParams params) {
        if (params != null && params.broker() != null && !params.broker().isBlank()) {
            try {
                RelayAddress.parse(params.broker());
            } catch (IllegalArgumentException e) {
                // Before anything is told of it: what is no address may have a password in it.
                throw new EditorRefusal(EditorError.BAD_PARAMS, "The broker asked for: " + e.getMessage());
            }
        }
        return tickets.ask(editor, new Request.FederationInit(params), EditorMessages.Connection.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Connection> brokerPassword(EditorMessages.BrokerPasswordParams params) {
        return tickets.ask(editor, new Request.BrokerPassword(params), EditorMessages.Connection.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Announced> announce() {
        return tickets.ask(editor, new Request.Announce(), EditorMessages.Announced.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Peers> peers() {
        return tickets.ask(editor, new Request.Peers(), EditorMessages.Peers.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Shared> share(EditorMessages.ShareParams params) {
        return tickets.ask(editor, new Request.Share(params), EditorMessages.Shared.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Joined> join(EditorMessages.JoinParams params) {
        return tickets.ask(editor, new Request.Join(params), EditorMessages.Joined.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Done> leave(EditorMessages.LeaveParams params) {
        return tickets.ask(editor, new Request.Leave(params), EditorMessages.Done.class);
    }

    @Override
    public CompletableFuture<EditorMessages.DigestVerdict> digest(EditorMessages.DigestParams params) {
        return tickets.ask(editor, new Request.Digest(params), EditorMessages.DigestVerdict.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Done> mqttPublish(EditorMessages.PublishParams params) {
        return tickets.ask(editor, new Request.Publish(params), EditorMessages.Done.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Done> mqttSubscribe(EditorMessages.TopicParams params) {
        return tickets.ask(editor, new Request.Subscribe(params), EditorMessages.Done.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Done> mqttUnsubscribe(EditorMessages.TopicParams params) {
        return tickets.ask(editor, new Request.Unsubscribe(params), EditorMessages.Done.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Signature> sign(EditorMessages.SignParams params) {
        return tickets.ask(editor, new Request.Sign(params), EditorMessages.Signature.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Verified> verify(EditorMessages.VerifyParams params) {
        return tickets.ask(editor, new Request.Verify(params), EditorMessages.Verified.class);
    }

    @Override
    public CompletableFuture<BlackboardMessages.Found> blackboardGet(BlackboardMessages.NameParams params) {
        return blackboard(new BlackboardRequest.Get(params), BlackboardMessages.Found.class);
    }

    @Override
    public CompletableFuture<BlackboardMessages.Listed> blackboardList(BlackboardMessages.ListParams params) {
        return blackboard(new BlackboardRequest.Listing(params), BlackboardMessages.Listed.class);
    }

    @Override
    public CompletableFuture<BlackboardMessages.Entry> blackboardSet(BlackboardMessages.WriteParams params) {
        return blackboard(new BlackboardRequest.Set(params), BlackboardMessages.Entry.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Done> blackboardDelete(BlackboardMessages.NameParams params) {
        return blackboard(new BlackboardRequest.Delete(params), EditorMessages.Done.class);
    }

    @Override
    public CompletableFuture<BlackboardMessages.Entry> blackboardAdd(BlackboardMessages.WriteParams params) {
        return blackboard(new BlackboardRequest.Add(params), BlackboardMessages.Entry.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Done> blackboardRemove(BlackboardMessages.WriteParams params) {
        return blackboard(new BlackboardRequest.Remove(params), EditorMessages.Done.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Done> blackboardWatch(BlackboardMessages.WatchParams params) {
        return blackboard(new BlackboardRequest.Watch(params), EditorMessages.Done.class);
    }

    @Override
    public CompletableFuture<EditorMessages.Done> blackboardUnwatch() {
        return blackboard(new BlackboardRequest.Unwatch(), EditorMessages.Done.class);
    }

    @Override
    public CompletableFuture<BlackboardMessages.Synced> blackboardSync(BlackboardMessages.SyncParams params) {
        return blackboard(new BlackboardRequest.Sync(params), BlackboardMessages.Synced.class);
    }

    @Override
    public CompletableFuture<BlackboardMessages.Invited> blackboardInvite() {
        return blackboard(new BlackboardRequest.Invite(), BlackboardMessages.Invited.class);
    }

    @Override
    public CompletableFuture<BlackboardMessages.BoardJoined> blackboardJoin(BlackboardMessages.BoardJoinParams params) {
        return blackboard(new BlackboardRequest.Join(params), BlackboardMessages.BoardJoined.class);
    }

    @Override
    public CompletableFuture<PeerMessages.PeerStates> peerList() {
        return peers(new PeerRequest.Listing(), PeerMessages.PeerStates.class);
    }

    @Override
    public CompletableFuture<PeerMessages.PeerState> peerShow(PeerMessages.PeerParams params) {
        return peers(new PeerRequest.Show(params), PeerMessages.PeerState.class);
    }

    @Override
    public CompletableFuture<PeerMessages.Decided> peerBlock(PeerMessages.PeerParams params) {
        return peers(new PeerRequest.Block(params), PeerMessages.Decided.class);
    }

    @Override
    public CompletableFuture<PeerMessages.Decided> peerUnblock(PeerMessages.PeerParams params) {
        return peers(new PeerRequest.Unblock(params), PeerMessages.Decided.class);
    }

    @Override
    public CompletableFuture<FederationMessages.Sent> sendFile(FederationMessages.SendFileParams params) {
        return federation(new FederationRequest.SendFile(params));
    }

    @Override
    public CompletableFuture<FederationMessages.Sent> sendMessage(FederationMessages.SendMessageParams params) {
        return federation(new FederationRequest.SendMessage(params));
    }

    private CompletableFuture<FederationMessages.Sent> federation(FederationRequest request) {
        return tickets.ask(editor, new Request.Federation(request), FederationMessages.Sent.class);
    }

    @Override
    public CompletableFuture<MemberMessages.Invited> invite(MemberMessages.InviteParams params) {
        return members(new MemberRequest.Invite(params), MemberMessages.Invited.class);
    }

    @Override
    public CompletableFuture<MemberMessages.Members> members() {
        return members(new MemberRequest.Listing(), MemberMessages.Members.class);
    }

    @Override
    public CompletableFuture<MemberMessages.Told> memberAnswer(MemberMessages.AnswerParams params) {
        return members(new MemberRequest.Answer(params), MemberMessages.Told.class);
    }

    @Override
    public CompletableFuture<MemberMessages.Told> memberRole(MemberMessages.RoleParams params) {
        return members(new MemberRequest.SetRole(params), MemberMessages.Told.class);
    }

    @Override
    public CompletableFuture<MemberMessages.Told> memberRemove(MemberMessages.RemoveParams params) {
        return members(new MemberRequest.Remove(params), MemberMessages.Told.class);
    }

    @Override
    public CompletableFuture<MemberMessages.Told> memberLeave(MemberMessages.LeaveParams params) {
        return members(new MemberRequest.Leave(params), MemberMessages.Told.class);
    }

    private <T> CompletableFuture<T> members(MemberRequest request, Class<T> type) {
        return tickets.ask(editor, new Request.Members(request), type);
    }

    @Override
    public CompletableFuture<PeerMessages.LinkTested> linkTest(PeerMessages.PeerParams params) {
        return peers(new PeerRequest.Test(params), PeerMessages.LinkTested.class);
    }

    private <T> CompletableFuture<T> peers(PeerRequest request, Class<T> type) {
        return tickets.ask(editor, new Request.PeerBook(request), type);
    }

    private <T> CompletableFuture<T> blackboard(BlackboardRequest request, Class<T> type) {
        return tickets.ask(editor, new Request.Blackboard(request), type);
    }
}

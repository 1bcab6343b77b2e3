package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.EditorMessages;

/** What an editor may ask of its sidecar, already checked for missing parameters. */
public sealed interface Request {
    /** {@code meta-log/unlock} */
    record Unlock(EditorMessages.UnlockParams params) implements Request {}

    /** {@code meta-log/identity} */
    record Identity() implements Request {}

    /** {@code meta-log/status} */
    record Status() implements Request {}

    /** {@code meta-log/metrics} */
    record Metrics() implements Request {}

    /** {@code meta-log/federationInit} */
    record FederationInit(EditorMessages.FederationInitParams params) implements Request {}

    /** {@code meta-log/brokerPassword} */
    record BrokerPassword(EditorMessages.BrokerPasswordParams params) implements Request {}

    /** {@code meta-log/announce} */
    record Announce() implements Request {}

    /** {@code meta-log/peers} */
    record Peers() implements Request {}

    /** {@code meta-log/share} */
    record Share(EditorMessages.ShareParams params) implements Request {}

    /** {@code meta-log/join} */
    record Join(EditorMessages.JoinParams params) implements Request {}

    /** {@code meta-log/leave} */
    record Leave(EditorMessages.LeaveParams params) implements Request {}

    /** {@code meta-log/digest} */
    record Digest(EditorMessages.DigestParams params) implements Request {}

    /** {@code meta-log/mqttPublish} */
    record Publish(EditorMessages.PublishParams params) implements Request {}

    /** {@code meta-log/mqttSubscribe} */
    record Subscribe(EditorMessages.TopicParams params) implements Request {}

    /** {@code meta-log/mqttUnsubscribe} */
    record Unsubscribe(EditorMessages.TopicParams params) implements Request {}

    /** {@code meta-log/sign} */
    record Sign(EditorMessages.SignParams params) implements Request {}

    /** {@code meta-log/verify} */
    record Verify(EditorMessages.VerifyParams params) implements Request {}

    /** {@code meta-log/blackboard*} */
    record Blackboard(BlackboardRequest about) implements Request {}

    /** {@code meta-log/peerList}, {@code peerShow}, {@code peerBlock}, {@code peerUnblock} and {@code linkTest} */
    record PeerBook(PeerRequest about) implements Request {}

    /** {@code meta-log/sendFile} and {@code sendMessage} */
    record Federation(FederationRequest about) implements Request {}

    /** {@code meta-log/invite} and {@code meta-log/member*} */
    record Members(MemberRequest about) implements Request {}

    /** One method for each kind. */
    interface Handler {
        void unlock(Unlock request);

        void identity(Identity request);

        void status(Status request);

        void metrics(Metrics request);

        void federationInit(FederationInit request);

        void brokerPassword(BrokerPassword request);

        void announce(Announce request);

        void peers(Peers request);

        void share(Share request);

        void join(Join request);

        void leave(Leave request);

        void digest(Digest request);

        void publish(Publish request);

        void subscribe(Subscribe request);

        void unsubscribe(Unsubscribe request);

        void sign(Sign request);

        void verify(Verify request);

        void blackboard(Blackboard request);

        void peerBook(PeerBook request);

        void members(Members request);

        void federation(Federation request);
    }

    default void dispatch(Handler handler) {
        if (this instanceof Unlock unlock) {
            handler.unlock(unlock);
        } else if (this instanceof Identity identity) {
            handler.identity(identity);
        } else if (this instanceof Status status) {
            handler.status(status);
        } else if (this instanceof Metrics metrics) {
            handler.metrics(metrics);
        } else if (this instanceof FederationInit federationInit) {
            handler.federationInit(federationInit);
        } else if (this instanceof BrokerPassword brokerPassword) {
            handler.brokerPassword(brokerPassword);
        } else if (this instanceof Announce announce) {
            handler.announce(announce);
        } else if (this instanceof Peers peers) {
            handler.peers(peers);
        } else if (this instanceof Share share) {
            handler.share(share);
        } else if (this instanceof Join join) {
            handler.join(join);
        } else if (this instanceof Leave leave) {
            handler.leave(leave);
        } else if (this instanceof Digest digest) {
            handler.digest(digest);
        } else if (this instanceof Publish publish) {
            handler.publish(publish);
        } else if (this instanceof Subscribe subscribe) {
            handler.subscribe(subscribe);
        } else if (this instanceof Unsubscribe unsubscribe) {
            handler.unsubscribe(unsubscribe);
        } else if (this instanceof Sign sign) {
            handler.sign(sign);
        } else if (this instanceof Verify verify) {
            handler.verify(verify);
        } else if (this instanceof Members members) {
            handler.members(members);
        } else if (this instanceof Blackboard blackboard) {
            handler.blackboard(blackboard);
        } else if (this instanceof PeerBook peerBook) {
            handler.peerBook(peerBook);
        } else {
            handler.federation((Federation) this);
        }
    }
}

package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.NetAddress;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.protocol.editor.PresenceMessages;
import dev.metalog.server.authorship.Equivocator;
import dev.metalog.server.identity.SentFile;
import dev.metalog.server.peers.PeerRecord;
import dev.metalog.server.reach.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Everything the conductor can want done. Performed in order: what is persisted comes before what is sent. */
public sealed interface Effect {
    /** Append to the document's log. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two owners: never compared, never a key
    record Persist(DocumentId document, LogKind kind, byte[] body) implements Effect {}

    /** Let this take the place of everything that was appended to the document's log so far. */
    record Snapshot(DocumentId document, dev.metalog.server.workspace.Snapshot snapshot) implements Effect {}

    /** Read the document's log once more; answered by {@link Input.LogRead}. */
    record Reread(DocumentId document) implements Effect {}

    /** Keep what is known about two texts that should be one, for whoever looks into it. */
    record KeepEvidence(Evidence evidence) implements Effect {}

    /** Keep what was typed where the person may only read, before it is set back, and tell them where it is. */
    record KeepAside(Aside aside) implements Effect {}

    /**
     * Keep what proves that somebody's device signed two histories of a document, for whoever looks into it.
     *
     * @param proof as {@code TestimonyCodec} has it
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two owners: never compared, never a key
    record KeepContradiction(SharedDocument document, long wallMillis, Equivocator by, byte[] proof)
            implements Effect {}

    /**
     * Keep a document's text as it was before something went out of it that is typed anew by others, or by nobody.
     *
     * @param told editors that show it, of which each is told where it is, or that it could not be kept
     */
    record KeepTakenOut(SharedDocument document, long wallMillis, String text, List<EditorId> told) implements Effect {
        public KeepTakenOut {
            told = List.copyOf(told);
        }
    }

    /** Keep what a live document is called and how it is unsealed. */
    record Remember(SharedDocument document) implements Effect {}

    /** The document is no longer live here. Its log stays. */
    record Forget(DocumentId document) implements Effect {}

    /**
     * Keep the book of peers as it is now.
     *
     * @param urgent before anything that follows is performed: a decision of the person. Else it may be written when that
     *     disturbs nobody
     */
    record KeepPeers(List<PeerRecord> records, boolean urgent) implements Effect {}

    /** Keep a file that a peer sent, where it hurts nothing; answered by {@link Input.FileKept}. */
    record KeepFile(SentFile file) implements Effect {}

    /**
     * Try this password at a broker from now on, at once if it is down.
     *
     * @param number how many were tried there since the start, this one included; told by {@link Input.LinkDown}
     */
    record UsePassword(String broker, String password, int number) implements Effect {
        /** Says nothing of the password, so that nobody prints it by mistake. */
        @Override
        public String toString() {
            return "UsePassword[" + broker + ", " + number + "]";
        }
    }

    /** Hear this topic on every broker, now and after every reconnect. */
    record Subscribe(String topic) implements Effect {}

    /** No longer hear it. */
    record Unsubscribe(String topic) implements Effect {}

    /** Publish through one broker. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two owners: never compared, never a key
    record Publish(String broker, String topic, byte[] payload, int qos, boolean retain, long token)
            implements Effect {}

    /**
     * Send what was sealed. What is for one goes over a direct link to it when somebody at its other end listens to the topic,
     * and through the brokers otherwise; what is for all goes both ways, and whoever hears it twice drops the second. While
     * everybody who listens is linked the brokers are spared: they get it only if a link does not show in time that it works.
     *
     * @param to whom alone it is for; {@code null}: everybody
     * @param urgent before what is not, where something waits
     * @param directly whether direct links may be used
     * @param linked to how many devices at least it has to go directly for brokers to be spared; 0: they are not
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two owners: never compared, never a key
    record Send(
            String topic,
            byte[] envelope,
            PeerId to,
            boolean urgent,
            boolean directly,
            int linked,
            List<String> brokers,
            long token)
            implements Effect {}

    /** Keep looking for a peer's device at these addresses until a link to it is up, and whenever it is lost. */
    record Seek(Endpoint endpoint, List<NetAddress> addresses) implements Effect {}

    /** No longer look for it, and end the link to it. */
    record Forsake(Endpoint endpoint) implements Effect {}

    /** Let devices of these peers link to us, and no others. */
    record Welcome(Set<PeerId> peers) implements Effect {}

    /** Show this once to everybody on the local networks of this machine: noise to all whom we did not give the key. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two owners: never compared, never a key
    record ShowBeacon(byte[] beacon) implements Effect {}

    /**
     * Keep where peers can be reached, and where we were: what each device signed, for those who share something with it. It may be
     * lost, and then is learned again.
     */
    record KeepContacts(List<byte[]> statements) implements Effect {}

    /** Keep up to when each peer was heard on public topics, in ms since 1970 by its own clock; the newest holds all before it. */
    record KeepHeardUpTo(Map<PeerId, Long> millis) implements Effect {
        public KeepHeardUpTo {
            millis = Map.copyOf(millis);
        }
    }

    /** Connect to one more broker and stay connected. */
    record OpenLink(String broker) implements Effect {}

    /** Ask an editor to apply edits if its document is still at this version. */
    record Offer(EditorId editor, String uri, int version, long editId, List<RangeEdit> edits) implements Effect {}

    /** Answer a request with one of the results of {@link EditorMessages}. */
    record Answer(EditorId editor, long ticket, Object result) implements Effect {}

    /** Refuse a request. */
    record Refuse(EditorId editor, long ticket, EditorError error, String explanation) implements Effect {}

    /** Answer a request with the figures of the shells, and with these of the core. */
    record Measure(EditorId editor, long ticket, List<MetricsMessages.Queue> queues) implements Effect {}

    /** Tell every editor about a broker. */
    record TellConnection(EditorMessages.Connection connection) implements Effect {}

    /** Tell one editor how a live document stands. */
    record TellDocument(EditorId editor, EditorMessages.DocumentStatus status) implements Effect {}

    /** Tell every editor that a peer appeared. */
    record TellPeer(EditorMessages.Peer peer) implements Effect {}

    /** Tell every editor that a peer is gone. */
    record TellPeerLeft(String peerId) implements Effect {}

    /** Tell every editor that somebody wants to be let into a workspace. */
    record TellMemberAsks(MemberMessages.Asks asks) implements Effect {}

    /** Tell every editor that a peer stands otherwise than before. */
    record TellPeerStatus(PeerMessages.StatusChanged changed) implements Effect {}

    /** Tell every editor about a message on a public topic. */
    record TellMessage(EditorMessages.MessageReceived message) implements Effect {}

    /** Tell every editor about a file that a peer sent. */
    record TellFile(FederationMessages.FileReceived received) implements Effect {}

    /** Tell every editor about a message for this peer. */
    record TellPeerMessage(FederationMessages.PeerMessage message) implements Effect {}

    /** Tell one editor what changed on the blackboard it watches. */
    record TellBlackboard(EditorId editor, BlackboardMessages.Changed changed) implements Effect {}

    /** Tell one editor who else is in a document, and where. */
    record TellPresence(EditorId editor, PresenceMessages.Changed changed) implements Effect {}

    /** Show a person that something went wrong: where, why, what to do. */
    record Show(EditorId editor, String explanation) implements Effect {}

    /** Write a line to the log; never holds text of documents, secrets or passwords. */
    record Log(String line) implements Effect {}

    /** Post {@link Input.Woken} after so much time, whatever the clock says then; replaces the wish before. */
    record WakeIn(long delayMillis) implements Effect {}

    /** One method for each kind. */
    interface Handler {
        void persist(Persist effect);

        void snapshot(Snapshot effect);

        void reread(Reread effect);

        void keepEvidence(KeepEvidence effect);

        void keepAside(KeepAside effect);

        void keepTakenOut(KeepTakenOut effect);

        void keepContradiction(KeepContradiction effect);

        void remember(Remember effect);

        void forget(Forget effect);

        void keepPeers(KeepPeers effect);

        void keepFile(KeepFile effect);

        void usePassword(UsePassword effect);

        void subscribe(Subscribe effect);

        void unsubscribe(Unsubscribe effect);

        void publish(Publish effect);

        void send(Send effect);

        void seek(Seek effect);

        void forsake(Forsake effect);

        void welcome(Welcome effect);

        void showBeacon(ShowBeacon effect);

        void keepContacts(KeepContacts effect);

        void keepHeardUpTo(KeepHeardUpTo effect);

        void openLink(OpenLink effect);

        void offer(Offer effect);

        void answer(Answer effect);

        void refuse(Refuse effect);

        void measure(Measure effect);

        void tellConnection(TellConnection effect);

        void tellDocument(TellDocument effect);

        void tellPeer(TellPeer effect);

        void tellPeerLeft(TellPeerLeft effect);

        void tellPeerStatus(TellPeerStatus effect);

        void tellMemberAsks(TellMemberAsks effect);

        void tellMessage(TellMessage effect);

        void tellFile(TellFile effect);

        void tellPeerMessage(TellPeerMessage effect);

        void tellBlackboard(TellBlackboard effect);

        void tellPresence(TellPresence effect);

        void show(Show effect);

        void log(Log effect);

        void wakeIn(WakeIn effect);
    }

    default void dispatch(Handler handler) {
        if (this instanceof Persist persist) {
            handler.persist(persist);
        } else if (this instanceof Snapshot snapshot) {
            handler.snapshot(snapshot);
        } else if (this instanceof Reread reread) {
            handler.reread(reread);
        } else if (this instanceof KeepEvidence keepEvidence) {
            handler.keepEvidence(keepEvidence);
        } else if (this instanceof KeepAside keepAside) {
            handler.keepAside(keepAside);
        } else if (this instanceof KeepTakenOut keepTakenOut) {
            handler.keepTakenOut(keepTakenOut);
        } else if (this instanceof KeepContradiction keepContradiction) {
            handler.keepContradiction(keepContradiction);
        } else if (this instanceof Remember remember) {
            handler.remember(remember);
        } else if (this instanceof Forget forget) {
            handler.forget(forget);
        } else if (this instanceof KeepPeers keepPeers) {
            handler.keepPeers(keepPeers);
        } else if (this instanceof KeepFile keepFile) {
            handler.keepFile(keepFile);
        } else if (this instanceof UsePassword usePassword) {
            handler.usePassword(usePassword);
        } else if (this instanceof Subscribe subscribe) {
            handler.subscribe(subscribe);
        } else if (this instanceof Unsubscribe unsubscribe) {
            handler.unsubscribe(unsubscribe);
        } else if (this instanceof Publish publish) {
            handler.publish(publish);
        } else if (this instanceof Send send) {
            handler.send(send);
        } else if (this instanceof Seek seek) {
            handler.seek(seek);
        } else if (this instanceof Forsake forsake) {
            handler.forsake(forsake);
        } else if (this instanceof Welcome welcome) {
            handler.welcome(welcome);
        } else if (this instanceof ShowBeacon showBeacon) {
            handler.showBeacon(showBeacon);
        } else if (this instanceof KeepContacts keepContacts) {
            handler.keepContacts(keepContacts);
        } else if (this instanceof KeepHeardUpTo keepHeardUpTo) {
            handler.keepHeardUpTo(keepHeardUpTo);
        } else if (this instanceof OpenLink openLink) {
            handler.openLink(openLink);
        } else if (this instanceof Offer offer) {
            handler.offer(offer);
        } else if (this instanceof Answer answer) {
            handler.answer(answer);
        } else if (this instanceof Refuse refuse) {
            handler.refuse(refuse);
        } else if (this instanceof Measure measure) {
            handler.measure(measure);
        } else if (this instanceof TellConnection tellConnection) {
            handler.tellConnection(tellConnection);
        } else if (this instanceof TellDocument tellDocument) {
            handler.tellDocument(tellDocument);
        } else if (this instanceof TellPeer tellPeer) {
            handler.tellPeer(tellPeer);
        } else if (this instanceof TellPeerLeft tellPeerLeft) {
            handler.tellPeerLeft(tellPeerLeft);
        } else if (this instanceof TellMemberAsks tellMemberAsks) {
            handler.tellMemberAsks(tellMemberAsks);
        } else if (this instanceof TellPeerStatus tellPeerStatus) {
            handler.tellPeerStatus(tellPeerStatus);
        } else if (this instanceof TellMessage tellMessage) {
            handler.tellMessage(tellMessage);
        } else if (this instanceof TellFile tellFile) {
            handler.tellFile(tellFile);
        } else if (this instanceof TellPeerMessage tellPeerMessage) {
            handler.tellPeerMessage(tellPeerMessage);
        } else if (this instanceof TellBlackboard tellBlackboard) {
            handler.tellBlackboard(tellBlackboard);
        } else if (this instanceof TellPresence tellPresence) {
            handler.tellPresence(tellPresence);
        } else if (this instanceof Show show) {
            handler.show(show);
        } else if (this instanceof Log log) {
            handler.log(log);
        } else {
            handler.wakeIn((WakeIn) this);
        }
    }
}

package dev.metalog.protocol.editor;

import dev.metalog.protocol.editor.EditorMessages.Connection;
import dev.metalog.protocol.editor.EditorMessages.DocumentStatus;
import dev.metalog.protocol.editor.EditorMessages.Locked;
import dev.metalog.protocol.editor.EditorMessages.MessageReceived;
import dev.metalog.protocol.editor.EditorMessages.Peer;
import dev.metalog.protocol.editor.EditorMessages.PeerLeft;
import org.eclipse.lsp4j.jsonrpc.services.JsonNotification;

/** What a sidecar tells its editor beyond LSP. A client that does not know one of these ignores it. */
public interface MetaLogClient {
    @JsonNotification("meta-log/locked")
    void locked(Locked params);

    @JsonNotification("meta-log/connection")
    void connection(Connection params);

    @JsonNotification("meta-log/documentStatus")
    void documentStatus(DocumentStatus params);

    @JsonNotification("meta-log/peerDiscovered")
    void peerDiscovered(Peer params);

    @JsonNotification("meta-log/peerLeft")
    void peerLeft(PeerLeft params);

    @JsonNotification("meta-log/peerStatus")
    void peerStatus(PeerMessages.StatusChanged params);

    @JsonNotification("meta-log/messageReceived")
    void messageReceived(MessageReceived params);

    @JsonNotification("meta-log/fileReceived")
    void fileReceived(FederationMessages.FileReceived params);

    @JsonNotification("meta-log/peerMessage")
    void peerMessage(FederationMessages.PeerMessage params);

    @JsonNotification("meta-log/memberAsks")
    void memberAsks(MemberMessages.Asks params);

    @JsonNotification("meta-log/presenceChanged")
    void presenceChanged(PresenceMessages.Changed params);

    @JsonNotification("meta-log/blackboardChanged")
    void blackboardChanged(BlackboardMessages.Changed params);
}

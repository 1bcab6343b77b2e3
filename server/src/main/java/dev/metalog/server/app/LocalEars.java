package dev.metalog.server.app;

import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.editor.MetaLogClient;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.protocol.editor.PresenceMessages;
import org.eclipse.lsp4j.jsonrpc.services.JsonNotification;

/** Hears what a sidecar tells a command, which is interested in nothing unless it says so. */
class LocalEars implements MetaLogClient {
    @Override
    public void locked(EditorMessages.Locked params) {
        // A request is refused with the reason.
    }

    @Override
    public void connection(EditorMessages.Connection params) {
        // A command tells what came of it, not how.
    }

    @Override
    public void documentStatus(EditorMessages.DocumentStatus params) {
        // There are no documents here.
    }

    @Override
    public void peerDiscovered(EditorMessages.Peer params) {
        // They are on the blackboard.
    }

    @Override
    public void peerLeft(EditorMessages.PeerLeft params) {
        // As above.
    }

    @Override
    public void memberAsks(MemberMessages.Asks params) {
        // Whoever invites listens.
    }

    @Override
    public void peerStatus(PeerMessages.StatusChanged params) {
        // Who asks is told how it stands.
    }

    @Override
    public void messageReceived(EditorMessages.MessageReceived params) {
        // Nothing was subscribed to.
    }

    @Override
    public void fileReceived(FederationMessages.FileReceived params) {
        // It lies where it belongs.
    }

    @Override
    public void peerMessage(FederationMessages.PeerMessage params) {
        // Nobody waits for one.
    }

    @Override
    public void presenceChanged(PresenceMessages.Changed params) {}

    @Override
    public void blackboardChanged(BlackboardMessages.Changed params) {
        // Nothing is watched.
    }

    @JsonNotification("window/showMessage")
    public final void showMessage(Object message) {
        // The journal has written it to standard error.
    }
}

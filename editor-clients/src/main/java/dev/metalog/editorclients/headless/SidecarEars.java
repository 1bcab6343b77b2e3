package dev.metalog.editorclients.headless;

import dev.metalog.editorclients.headless.EditorEvent.Message;
import dev.metalog.editorclients.sidecar.SidecarListener;
import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.protocol.editor.EditorMessages.Connection;
import dev.metalog.protocol.editor.EditorMessages.DocumentStatus;
import dev.metalog.protocol.editor.EditorMessages.Locked;
import dev.metalog.protocol.editor.EditorMessages.MessageReceived;
import dev.metalog.protocol.editor.EditorMessages.Peer;
import dev.metalog.protocol.editor.EditorMessages.PeerLeft;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.protocol.editor.PresenceMessages;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.ApplyWorkspaceEditParams;
import org.eclipse.lsp4j.ApplyWorkspaceEditResponse;
import org.eclipse.lsp4j.MessageActionItem;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.ProgressParams;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.ShowMessageRequestParams;
import org.eclipse.lsp4j.WorkDoneProgressCreateParams;

/** Passes on what the sidecar says to its editor. */
final class SidecarEars implements SidecarListener {
    private final HeadlessEditor editor;

    SidecarEars(HeadlessEditor editor) {
        this.editor = editor;
    }

    @Override
    public CompletableFuture<ApplyWorkspaceEditResponse> applyEdit(ApplyWorkspaceEditParams params) {
        return editor.applyEdit(params);
    }

    @Override
    public void locked(Locked params) {
        editor.happened("locked", params);
    }

    @Override
    public void connection(Connection params) {
        editor.happened("connection", params);
    }

    @Override
    public void documentStatus(DocumentStatus params) {
        editor.markLive(params.uri(), true);
        editor.markPaused(params.uri(), params.state().equals("paused"));
        editor.markReadOnly(params.uri(), Boolean.TRUE.equals(params.readOnly()));
        editor.happened("documentStatus", params);
    }

    @Override
    public void peerDiscovered(Peer params) {
        editor.happened("peerDiscovered", params);
    }

    @Override
    public void peerLeft(PeerLeft params) {
        editor.happened("peerLeft", params);
    }

    @Override
    public void memberAsks(MemberMessages.Asks params) {
        editor.happened("memberAsks", params);
    }

    @Override
    public void peerStatus(PeerMessages.StatusChanged params) {
        editor.happened("peerStatus", params);
    }

    @Override
    public void messageReceived(MessageReceived params) {
        editor.happened("messageReceived", params);
    }

    @Override
    public void fileReceived(FederationMessages.FileReceived params) {
        editor.happened("fileReceived", params);
    }

    @Override
    public void peerMessage(FederationMessages.PeerMessage params) {
        editor.happened("peerMessage", params);
    }

    @Override
    public void presenceChanged(PresenceMessages.Changed params) {
        editor.markOthers(params);
        editor.happened("presenceChanged", params);
    }

    @Override
    public void blackboardChanged(BlackboardMessages.Changed params) {
        editor.happened("blackboardChanged", params);
    }

    @Override
    public void showMessage(MessageParams params) {
        String type = params.getType() == null ? "log" : params.getType().name().toLowerCase(Locale.ROOT);
        editor.happened("message", new Message(type, params.getMessage()));
    }

    @Override
    public CompletableFuture<MessageActionItem> showMessageRequest(ShowMessageRequestParams params) {
        showMessage(params);
        // Nobody is here to choose; no choice is the answer LSP has for that.
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void logMessage(MessageParams params) {
        showMessage(new MessageParams(null, params.getMessage()));
    }

    @Override
    public CompletableFuture<Void> createProgress(WorkDoneProgressCreateParams params) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void notifyProgress(ProgressParams params) {
        // A headless editor has no place to show progress.
    }

    @Override
    public void publishDiagnostics(PublishDiagnosticsParams params) {
        editor.happened("diagnostics", params);
    }

    @Override
    public void telemetryEvent(Object event) {
        // Nothing is measured about people.
    }
}

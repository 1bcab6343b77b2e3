package dev.metalog.editorclients.headless;

import dev.metalog.editorclients.text.PositionEncoding;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.PresenceMessages;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.ClientInfo;
import org.eclipse.lsp4j.GeneralClientCapabilities;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.SynchronizationCapabilities;
import org.eclipse.lsp4j.TextDocumentClientCapabilities;
import org.eclipse.lsp4j.WorkspaceClientCapabilities;
import org.eclipse.lsp4j.WorkspaceEditCapabilities;
import org.eclipse.lsp4j.WorkspaceFolder;

/** What the editor says about itself in {@code initialize} and {@code didOpen}. */
final class Handshake {
    private Handshake() {}

    static InitializeParams params(EditorProfile profile) {
        InitializeParams params = new InitializeParams();
        params.setProcessId((int) ProcessHandle.current().pid());
        params.setClientInfo(new ClientInfo(profile.name()));
        params.setWorkspaceFolders(List.of(new WorkspaceFolder(
                profile.workspace().toUri().toString(),
                profile.workspace().getFileName().toString())));
        params.setCapabilities(capabilities(profile));
        if (!profile.stock()) {
            params.setInitializationOptions(new EditorMessages.Options(
                    EditorMessages.PROTOCOL_VERSION,
                    profile.name(),
                    profile.broker().isEmpty() ? null : profile.broker(),
                    null,
                    null,
                    new PresenceMessages.Wish(profile.name())));
        }
        return params;
    }

    private static ClientCapabilities capabilities(EditorProfile profile) {
        GeneralClientCapabilities general = new GeneralClientCapabilities();
        general.setPositionEncodings(
                profile.encodings().stream().map(PositionEncoding::wireName).toList());
        WorkspaceEditCapabilities edits = new WorkspaceEditCapabilities();
        edits.setDocumentChanges(true);
        WorkspaceClientCapabilities workspace = new WorkspaceClientCapabilities();
        workspace.setApplyEdit(true);
        workspace.setWorkspaceEdit(edits);
        workspace.setWorkspaceFolders(true);
        TextDocumentClientCapabilities documents = new TextDocumentClientCapabilities();
        SynchronizationCapabilities synchronization = new SynchronizationCapabilities();
        synchronization.setDidSave(true);
        documents.setSynchronization(synchronization);
        ClientCapabilities all = new ClientCapabilities(workspace, documents, null);
        all.setGeneral(general);
        return all;
    }

    static String languageOf(Path path) {
        return path.getFileName().toString().endsWith(".canvasl") ? "canvasl" : "plaintext";
    }
}

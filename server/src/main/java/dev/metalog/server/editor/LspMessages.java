package dev.metalog.server.editor;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.metalog.protocol.editor.EditorMessages.Capability;
import java.util.List;

/**
 * The few messages of LSP 3.17 that the sidecar speaks, with the few members it looks at or sends. LSP4J's own classes
 * would load several hundred more for the first reply alone, and half the start-up time is spent on that.
 *
 * <p>Whatever comes in may be absent. Nothing is a primitive there, so that absent is not zero.
 */
final class LspMessages {
    private LspMessages() {}

    record InitializeParams(
            Long processId,
            String rootUri,
            List<WorkspaceFolder> workspaceFolders,
            ClientCapabilities capabilities,
            JsonElement initializationOptions) {}

    record WorkspaceFolder(String uri) {}

    record ClientCapabilities(General general) {}

    record General(List<String> positionEncodings) {}

    record InitializeResult(ServerCapabilities capabilities, ServerInfo serverInfo) {}

    record ServerCapabilities(
            String positionEncoding,
            DocumentSync textDocumentSync,
            CommandOptions executeCommandProvider,
            Experimental experimental) {}

    /** @param change 2 is {@code TextDocumentSyncKind.Incremental}, which allows whole texts as well */
    record DocumentSync(boolean openClose, int change, SaveOptions save) {}

    record SaveOptions(boolean includeText) {}

    record CommandOptions(List<String> commands) {}

    record Experimental(Capability metaLog) {}

    record ServerInfo(String name, String version) {}

    record DidOpenParams(TextDocumentItem textDocument) {}

    record TextDocumentItem(String uri, Integer version, String text) {}

    record DidChangeParams(VersionedDocument textDocument, List<ContentChange> contentChanges) {}

    record VersionedDocument(String uri, Integer version) {}

    record ContentChange(Range range, String text) {}

    record Range(Position start, Position end) {}

    record Position(Integer line, Integer character) {}

    /** {@code didSave} and {@code didClose}. */
    record DocumentParams(DocumentUri textDocument) {}

    record DocumentUri(String uri) {}

    record ExecuteCommandParams(String command, JsonArray arguments) {}

    record ApplyEditParams(String label, WorkspaceEdit edit) {}

    record WorkspaceEdit(List<DocumentEdit> documentChanges) {}

    record DocumentEdit(VersionedDocument textDocument, List<Edit> edits) {}

    record Edit(Range range, String newText) {}

    record ApplyEditResult(Boolean applied, String failureReason) {}

    record ShowMessageParams(int type, String message) {}
}

package dev.metalog.server.editor;

import dev.metalog.protocol.editor.MetaLogServer;
import dev.metalog.protocol.editor.PresenceServer;
import dev.metalog.server.editor.LspMessages.ApplyEditParams;
import dev.metalog.server.editor.LspMessages.ApplyEditResult;
import dev.metalog.server.editor.LspMessages.DidChangeParams;
import dev.metalog.server.editor.LspMessages.DidOpenParams;
import dev.metalog.server.editor.LspMessages.DocumentParams;
import dev.metalog.server.editor.LspMessages.ExecuteCommandParams;
import dev.metalog.server.editor.LspMessages.InitializeParams;
import dev.metalog.server.editor.LspMessages.InitializeResult;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.lsp4j.jsonrpc.json.JsonRpcMethod;
import org.eclipse.lsp4j.jsonrpc.services.ServiceEndpoints;

/** The names of the messages and the types of what they carry. */
final class LspMethods {
    static final String INITIALIZE = "initialize";
    static final String INITIALIZED = "initialized";
    static final String SHUTDOWN = "shutdown";
    static final String EXIT = "exit";
    static final String CANCEL = "$/cancelRequest";
    static final String DID_OPEN = "textDocument/didOpen";
    static final String DID_CHANGE = "textDocument/didChange";
    static final String DID_SAVE = "textDocument/didSave";
    static final String DID_CLOSE = "textDocument/didClose";
    static final String EXECUTE_COMMAND = "workspace/executeCommand";
    static final String APPLY_EDIT = "workspace/applyEdit";
    static final String PRESENCE = "meta-log/presence";
    static final String META_LOG = "meta-log/";

    private LspMethods() {}

    /** What the first message of a session needs; {@link #learnTheRest} is for behind the first reply. */
    static Map<String, JsonRpcMethod> forInitialize() {
        Map<String, JsonRpcMethod> known = new ConcurrentHashMap<>();
        put(known, JsonRpcMethod.request(INITIALIZE, InitializeResult.class, InitializeParams.class));
        put(known, JsonRpcMethod.request(SHUTDOWN, Object.class));
        put(known, JsonRpcMethod.notification(EXIT));
        return known;
    }

    static void learnTheRest(Map<String, JsonRpcMethod> known) {
        put(known, JsonRpcMethod.notification(INITIALIZED));
        put(known, JsonRpcMethod.notification(DID_OPEN, DidOpenParams.class));
        put(known, JsonRpcMethod.notification(DID_CHANGE, DidChangeParams.class));
        put(known, JsonRpcMethod.notification(DID_SAVE, DocumentParams.class));
        put(known, JsonRpcMethod.notification(DID_CLOSE, DocumentParams.class));
        put(known, JsonRpcMethod.request(EXECUTE_COMMAND, Object.class, ExecuteCommandParams.class));
        put(known, JsonRpcMethod.request(APPLY_EDIT, ApplyEditResult.class, ApplyEditParams.class));
        known.putAll(ServiceEndpoints.getSupportedMethods(MetaLogServer.class));
        known.putAll(ServiceEndpoints.getSupportedMethods(PresenceServer.class));
    }

    private static void put(Map<String, JsonRpcMethod> known, JsonRpcMethod method) {
        known.put(method.getMethodName(), method);
    }
}

package dev.metalog.server.editor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.metalog.server.editor.LspMessages.ApplyEditParams;
import dev.metalog.server.editor.LspMessages.ApplyEditResult;
import dev.metalog.server.editor.LspMessages.DidChangeParams;
import dev.metalog.server.editor.LspMessages.DidOpenParams;
import dev.metalog.server.editor.LspMessages.DocumentParams;
import dev.metalog.server.editor.LspMessages.ExecuteCommandParams;
import dev.metalog.server.editor.LspMessages.InitializeParams;
import dev.metalog.server.editor.LspMessages.InitializeResult;
import dev.metalog.server.editor.LspMessages.ShowMessageParams;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.lsp4j.jsonrpc.json.JsonRpcMethod;
import org.eclipse.lsp4j.jsonrpc.json.MessageJsonHandler;
import org.eclipse.lsp4j.jsonrpc.messages.Message;
import org.eclipse.lsp4j.jsonrpc.messages.NotificationMessage;
import org.eclipse.lsp4j.jsonrpc.messages.RequestMessage;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseMessage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The LSP messages of the protocol's golden files fit our few-membered records, both ways. */
final class LspGoldenTest {
    private static final Map<String, Class<?>> TYPES = Map.of(
            "InitializeParams", InitializeParams.class,
            "InitializeResult", InitializeResult.class,
            "DidOpenParams", DidOpenParams.class,
            "DidChangeParams", DidChangeParams.class,
            "DocumentParams", DocumentParams.class,
            "ApplyEditParams", ApplyEditParams.class,
            "ApplyEditResult", ApplyEditResult.class,
            "ExecuteCommandParams", ExecuteCommandParams.class,
            "ShowMessageParams", ShowMessageParams.class);

    @ParameterizedTest
    @CsvSource({
        "initialize.request, initialize, InitializeParams",
        "initialize.result, initialize, InitializeResult",
        "didOpen.notification, textDocument/didOpen, DidOpenParams",
        "didChange.notification, textDocument/didChange, DidChangeParams",
        "didChange.whole.notification, textDocument/didChange, DidChangeParams",
        "didSave.notification, textDocument/didSave, DocumentParams",
        "didClose.notification, textDocument/didClose, DocumentParams",
        "applyEdit.request, workspace/applyEdit, ApplyEditParams",
        "applyEdit.result, workspace/applyEdit, ApplyEditResult",
        "applyEdit.refused.result, workspace/applyEdit, ApplyEditResult",
        "executeCommand.request, workspace/executeCommand, ExecuteCommandParams",
        "showMessage.notification, window/showMessage, ShowMessageParams",
    })
    void theRecordReadsItAndWritesItBack(String file, String method, String type) throws IOException {
        Map<String, JsonRpcMethod> methods = new ConcurrentHashMap<>(LspMethods.forInitialize());
        LspMethods.learnTheRest(methods);
        methods.put("window/showMessage", JsonRpcMethod.notification("window/showMessage", ShowMessageParams.class));
        MessageJsonHandler json = new MessageJsonHandler(methods, gson -> gson.disableHtmlEscaping());
        json.setMethodProvider(id -> method);
        String text = golden(file);

        Message message = json.parseMessage(text);

        Object content = message instanceof RequestMessage request
                ? request.getParams()
                : message instanceof NotificationMessage notification
                        ? notification.getParams()
                        : ((ResponseMessage) message).getResult();
        assertThat(content).isInstanceOf(TYPES.get(type));
        JsonObject golden = JsonParser.parseString(text).getAsJsonObject();
        if (file.startsWith("didOpen")) {
            // The one member that clients must send and we do not look at.
            golden.getAsJsonObject("params").getAsJsonObject("textDocument").remove("languageId");
        }
        assertThat(JsonParser.parseString(json.serialize(message))).isEqualTo(golden);
    }

    private static String golden(String file) throws IOException {
        try (InputStream in = LspGoldenTest.class.getResourceAsStream("/golden/editor/" + file + ".json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

package dev.metalog.server.editor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.metalog.protocol.editor.PositionEncoding;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole session as it should go. */
final class EditorShellTest {
    private final RecordingListener listener = new RecordingListener();
    private TestEditor editor;

    @BeforeEach
    void start() throws Exception {
        editor = TestEditor.with(listener);
    }

    @AfterEach
    void stop() throws Exception {
        editor.close();
    }

    @Test
    void anEditorOpensTypesAndLeaves() throws Exception {
        editor.send("""
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,
                 "capabilities":{"general":{"positionEncodings":["utf-7","utf-32","utf-16"]}},
                 "rootUri":"file:///ignored","workspaceFolders":[{"uri":"file:///w","name":"w"}],
                 "initializationOptions":{"protocolVersion":1,"editorName":"Emacs 28.2","broker":"tcp://h:1","brokerUser":"ada",
                 "brokerCaFile":"/ca.pem"}}}""");
        JsonObject result = editor.receive().getAsJsonObject("result");
        assertThat(result.toString())
                .isEqualTo(
                        "{\"capabilities\":{\"positionEncoding\":\"utf-32\",\"textDocumentSync\":{\"openClose\":true,"
                                + "\"change\":2,\"save\":{\"includeText\":false}},\"executeCommandProvider\":{\"commands\":["
                                + "\"meta-log.share\",\"meta-log.join\",\"meta-log.leave\",\"meta-log.peers\",\"meta-log.status\"]},"
                                + "\"experimental\":{\"metaLog\":{\"protocolVersion\":1,\"minProtocolVersion\":1,"
                                + "\"workspace\":\"file:///w\"}}},\"serverInfo\":{\"name\":\"meta-log\"}}");
        assertThat(listener.info)
                .isEqualTo(new InitializeInfo(
                        "file:///w",
                        PositionEncoding.UTF_32,
                        "Emacs 28.2",
                        new BrokerChoice("tcp://h:1", "ada", "/ca.pem"),
                        1,
                        null,
                        null));

        editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"initialized\",\"params\":{}}");
        editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":"
                + "{\"uri\":\"file:///w/a\",\"languageId\":\"x\",\"version\":0,\"text\":\"ä\\u2028\"}}}");
        editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didChange\",\"params\":{\"textDocument\":"
                + "{\"uri\":\"file:///w/a\",\"version\":1},\"contentChanges\":[{\"range\":{\"start\":{\"line\":0,"
                + "\"character\":1},\"end\":{\"line\":0,\"character\":2}},\"rangeLength\":1,\"text\":\"b\"},"
                + "{\"text\":\"whole\"}]}}");
        editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didSave\",\"params\":{\"textDocument\":"
                + "{\"uri\":\"file:///w/a\"}}}");
        editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didClose\",\"params\":{\"textDocument\":"
                + "{\"uri\":\"file:///w/a\"}}}");
        assertThat(heard()).isEqualTo("initialized");
        assertThat(heard()).isEqualTo("didOpen file:///w/a 0 ä\u2028");
        assertThat(heard())
                .isEqualTo("didChange file:///w/a 1 [Change[range=TextRange[startLine=0, startCharacter=1, endLine=0,"
                        + " endCharacter=2], text=b], Change[range=null, text=whole]]");
        assertThat(heard()).isEqualTo("didSave file:///w/a");
        assertThat(heard()).isEqualTo("didClose file:///w/a");

        editor.send("{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"method\":\"shutdown\"}");
        assertThat(editor.receive().toString()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"result\":null}");
        editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");
        assertThat(editor.awaitEnd()).isEqualTo(EndReason.SHUTDOWN_AND_EXIT);
        assertThat(heard()).isEqualTo("ended SHUTDOWN_AND_EXIT");
    }

    @Test
    void anEditGoesOutVersionedAndItsOutcomeComesBack() throws Exception {
        initialize();
        BlockingQueue<ApplyOutcome> outcomes = new LinkedBlockingQueue<>();
        listener.session.applyEdit(
                "file:///w/a",
                7,
                List.of(
                        new TextChange(new TextRange(0, 0, 0, 1), "<é>"),
                        new TextChange(new TextRange(0, 1, 1, 0), "")),
                "remote edit",
                outcomes::add);
        JsonObject request = editor.receive();
        assertThat(request.get("method").getAsString()).isEqualTo("workspace/applyEdit");
        assertThat(request.get("params").toString())
                .isEqualTo("{\"label\":\"remote edit\",\"edit\":{\"documentChanges\":[{\"textDocument\":"
                        + "{\"uri\":\"file:///w/a\",\"version\":7},\"edits\":[{\"range\":{\"start\":{\"line\":0,"
                        + "\"character\":0},\"end\":{\"line\":0,\"character\":1}},\"newText\":\"<é>\"},{\"range\":"
                        + "{\"start\":{\"line\":0,\"character\":1},\"end\":{\"line\":1,\"character\":0}},"
                        + "\"newText\":\"\"}]}]}}");
        editor.send("{\"jsonrpc\":\"2.0\",\"id\":" + request.get("id") + ",\"result\":{\"applied\":false,"
                + "\"failureReason\":\"version is 8\"}}");
        assertThat(outcomes.poll(TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                .isEqualTo(new ApplyOutcome(ApplyOutcome.Kind.REFUSED, "version is 8"));
    }

    @Test
    void requestsAreAnsweredByTheListener() throws Exception {
        initialize();
        editor.send(
                "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"meta-log/share\",\"params\":{\"uri\":\"file:///w/a\"}}");
        assertThat(editor.receive().toString())
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"documentId\":\"d\",\"path\":\"file:///w/a\","
                        + "\"invitation\":\"invitation\"}}");
        editor.send("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"workspace/executeCommand\",\"params\":"
                + "{\"command\":\"meta-log.join\",\"arguments\":[\"inv\"]}}");
        assertThat(editor.receive().toString())
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{\"documentId\":\"d\",\"path\":\"inv\","
                        + "\"arrived\":true}}");
        editor.send("{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"meta-log/announce\"}");
        assertThat(editor.receive().getAsJsonObject("error").toString())
                .isEqualTo("{\"code\":-32054,\"message\":\"No broker is connected. Call federationInit.\"}");
    }

    private void initialize() throws Exception {
        editor.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"rootUri\":\"file:///w\"}}");
        assertThat(editor.receive().has("result")).isTrue();
    }

    private String heard() throws InterruptedException {
        return listener.heard.poll(TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
}

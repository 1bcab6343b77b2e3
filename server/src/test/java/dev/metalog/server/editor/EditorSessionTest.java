package dev.metalog.server.editor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.EditorMessages.Connection;
import dev.metalog.protocol.editor.EditorMessages.MessageReceived;
import dev.metalog.server.editor.ApplyOutcome.Kind;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the sidecar asks and tells, the odd answers to it, and the limits of asking the sidecar. */
final class EditorSessionTest {
    private final RecordingListener listener = new RecordingListener();
    private final BlockingQueue<ApplyOutcome> outcomes = new LinkedBlockingQueue<>();
    private TestEditor editor;

    @BeforeEach
    void greet() throws Exception {
        editor = TestEditor.with(listener);
        editor.send("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"rootUri\":\"file:///w\"}}");
        assertThat(editor.receive().has("result")).isTrue();
    }

    @AfterEach
    void stop() throws Exception {
        editor.close();
    }

    private String askForAnEdit() throws Exception {
        listener.session.applyEdit(
                "file:///w/a", 1, List.of(new TextChange(new TextRange(0, 0, 0, 0), "x")), "l", outcomes::add);
        return editor.receive().get("id").toString();
    }

    private ApplyOutcome outcome() throws InterruptedException {
        return outcomes.poll(TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void ask(String id, String method, String params) throws Exception {
        editor.send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}");
    }

    private CompletableFuture<Connection> nextSlow() throws InterruptedException {
        return listener.slow.poll(TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"result\":{\"applied\":true} | APPLIED",
                "\"result\":{\"applied\":true,\"failureReason\":null,\"failedChange\":0} | APPLIED",
                "\"result\":{\"applied\":false} | REFUSED",
                "\"result\":{\"applied\":false,\"failureReason\":\"stale\"} | REFUSED",
                "\"result\":{} | FAILED",
                "\"result\":null | FAILED",
                "\"result\":{\"applied\":null} | FAILED",
                "\"result\":{\"applied\":[]} | FAILED",
                "\"result\":[] | FAILED",
                "\"result\":true | FAILED",
                "\"result\":\"yes\" | FAILED",
                "\"error\":{\"code\":-32601,\"message\":\"no such method\"} | FAILED",
                "\"error\":{} | FAILED",
                "\"error\":{\"code\":\"x\"} | FAILED",
                "\"error\":7 | FAILED",
                "\"error\":null,\"result\":{\"applied\":true} | APPLIED",
                "\"error\":{\"code\":1,\"message\":\"m\"},\"result\":{\"applied\":true} | FAILED",
            })
    void everyAnswerToAnEditIsAnOutcome(String answer, Kind expected) throws Exception {
        String id = askForAnEdit();
        editor.send("{\"jsonrpc\":\"2.0\",\"id\":" + id + "," + answer + "}");
        ApplyOutcome outcome = outcome();
        assertThat(outcome.kind()).isEqualTo(expected);
        assertThat(outcome.reason() == null).isEqualTo(expected == Kind.APPLIED);
    }

    @Test
    void aSecondAnswerToOneEditIsIgnored() throws Exception {
        String id = askForAnEdit();
        editor.send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{\"applied\":true}}");
        editor.send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{\"applied\":false}}");
        assertThat(outcome().kind()).isEqualTo(Kind.APPLIED);
        ask("1", "meta-log/peers", "{}");
        assertThat(editor.receive().has("result")).isTrue();
        assertThat(outcomes).isEmpty();
    }

    @Test
    void anIdThatComesBackAsANumberIsTheSameId() throws Exception {
        String id = askForAnEdit().replace("\"", "");
        editor.send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{\"applied\":true}}");
        assertThat(outcome().kind()).isEqualTo(Kind.APPLIED);
    }

    @Test
    void anOutcomeHandlerThatThrowsStopsNothing() throws Exception {
        listener.session.applyEdit(
                "file:///w/a", 1, List.of(new TextChange(new TextRange(0, 0, 0, 0), "x")), "l", outcome -> {
                    throw new IllegalStateException("a handler that fails");
                });
        editor.send("{\"jsonrpc\":\"2.0\",\"id\":" + editor.receive().get("id") + ",\"result\":{\"applied\":true}}");
        ask("1", "meta-log/peers", "{}");
        assertThat(editor.receive().has("result")).isTrue();
    }

    @Test
    void partsOfAnEditThatOverlapAreNotSent() throws Exception {
        List<TextChange> overlapping =
                List.of(new TextChange(new TextRange(0, 0, 0, 2), "x"), new TextChange(new TextRange(0, 1, 0, 3), "y"));
        assertThatThrownBy(() -> listener.session.applyEdit("u", 1, overlapping, "l", outcomes::add))
                .isInstanceOf(IllegalArgumentException.class);
        askForAnEdit();
    }

    @Test
    void halfASurrogatePairGoesOutAsAnEscapeAndWholePairsAsTheyAre() throws Exception {
        listener.session.showMessage(Severity.INFO, "\ud83d\ude00 \ud83d \ude00");
        assertThat(editor.receive().getAsJsonObject("params").get("message").getAsString())
                .isEqualTo("\ud83d\ude00 \ud83d \ude00");
    }

    @Test
    void notificationsLeaveOutWhatIsAbsent() throws Exception {
        listener.session.notifications().connection(new Connection("tcp://b", "connected", null, true));
        assertThat(editor.receive().toString())
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"meta-log/connection\",\"params\":"
                        + "{\"broker\":\"tcp://b\",\"state\":\"connected\",\"embedded\":true}}");
        listener.session.notifications().messageReceived(new MessageReceived("t", "<&>\u2028", false));
        assertThat(editor.receive().getAsJsonObject("params").get("message").getAsString())
                .isEqualTo("<&>\u2028");
    }

    @Test
    void aCancelledRequestIsAnsweredSoAndItsFutureIsCancelled() throws Exception {
        ask("5", "meta-log/federationInit", "{}");
        CompletableFuture<Connection> slow = nextSlow();
        editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"$/cancelRequest\",\"params\":{\"id\":5}}");
        JsonObject reply = editor.receive();
        assertThat(reply.getAsJsonObject("error").get("code").getAsInt()).isEqualTo(-32800);
        assertThat(reply.get("id").getAsInt()).isEqualTo(5);
        assertThat(slow).isCancelled();

        editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"$/cancelRequest\",\"params\":{\"id\":5}}");
        ask("5", "meta-log/peers", "{}");
        assertThat(editor.receive().has("result")).isTrue();
    }

    @Test
    void anIdInUseIsRefusedAndTheFirstRequestStillAnswered() throws Exception {
        ask("5", "meta-log/federationInit", "{}");
        CompletableFuture<Connection> slow = nextSlow();
        ask("\"5\"", "meta-log/peers", "{}");
        assertThat(editor.receive().getAsJsonObject("error").get("code").getAsInt())
                .isEqualTo(-32600);
        slow.complete(new Connection("tcp://b", "connected", null, false));
        assertThat(editor.receive().has("result")).isTrue();
    }

    @Test
    void repliesComeInTheOrderInWhichTheyAreReady() throws Exception {
        ask("1", "meta-log/federationInit", "{}");
        ask("2", "meta-log/peers", "{}");
        assertThat(editor.receive().get("id").getAsInt()).isEqualTo(2);
        nextSlow().complete(new Connection("tcp://b", "connected", null, false));
        assertThat(editor.receive().get("id").getAsInt()).isEqualTo(1);
    }

    @Test
    void oneRequestTooManyIsRefusedUntilOneWasAnswered() throws Exception {
        for (int i = 1; i <= Limits.JSONRPC_REQUESTS_IN_FLIGHT; i++) {
            ask(String.valueOf(i), "meta-log/federationInit", "{}");
        }
        ask("\"over\"", "meta-log/peers", "{}");
        JsonObject refusal = editor.receive();
        assertThat(refusal.get("id").getAsString()).isEqualTo("over");
        assertThat(refusal.getAsJsonObject("error").get("code").getAsInt()).isEqualTo(-32056);

        nextSlow().complete(new Connection("tcp://b", "connected", null, false));
        assertThat(editor.receive().get("id").getAsInt()).isEqualTo(1);
        ask("\"fits\"", "meta-log/peers", "{}");
        assertThat(editor.receive().has("result")).isTrue();
    }
}

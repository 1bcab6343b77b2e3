package dev.metalog.server.editor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever an editor sends costs one error reply at most, or ends with the documented code when no step can be kept. */
final class OddInputTest {
    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"rootUri\":\"file:///w\"}}";

    static Stream<Odd> all() {
        return Stream.of(OddFraming.all(), OddJson.all(), OddTalk.all()).flatMap(cases -> cases);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void isSurvived(Odd odd) throws Exception {
        RecordingListener listener = new RecordingListener();
        try (TestEditor editor = TestEditor.with(listener)) {
            if (odd.greeted()) {
                greet(editor, listener);
            }
            editor.sendBytes(odd.sent());
            if (odd.end() == EndReason.END_OF_INPUT) {
                editor.endInput();
            }
            if (odd.end() == null) {
                assertThat(repliesUntilTheProbes(editor, odd.greeted())).isEqualTo(odd.replies());
            } else {
                for (String reply : odd.replies()) {
                    assertThat(summary(editor.receive())).isEqualTo(reply);
                }
                assertThat(editor.awaitEnd()).isEqualTo(odd.end());
            }
            assertHeard(odd, listener);
        }
    }

    private static void greet(TestEditor editor, RecordingListener listener) throws Exception {
        editor.send(INITIALIZE);
        assertThat(summary(editor.receive())).isEqualTo("result 0");
        editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"initialized\",\"params\":{}}");
        assertThat(listener.heard.poll(TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                .isEqualTo("initialized");
    }

    /** A good message behind the odd one must be answered as if nothing had been. */
    private static List<String> repliesUntilTheProbes(TestEditor editor, boolean greeted) throws Exception {
        editor.send(greeted ? "{\"jsonrpc\":\"2.0\",\"id\":\"probe\",\"method\":\"meta-log/identity\"}" : INITIALIZE);
        String probes = greeted ? "result \"probe\"" : "result 0";
        List<String> replies = new ArrayList<>();
        for (String reply = summary(editor.receive()); !reply.equals(probes); reply = summary(editor.receive())) {
            replies.add(reply);
        }
        return replies;
    }

    private static String summary(JsonObject message) {
        if (message.has("method")) {
            return message.get("method").getAsString();
        }
        return message.has("error")
                ? "error " + message.getAsJsonObject("error").get("code") + " " + message.get("id")
                : "result " + message.get("id");
    }

    private static void assertHeard(Odd odd, RecordingListener listener) {
        List<String> heard = new ArrayList<>();
        listener.heard.drainTo(heard);
        heard.removeIf(line -> line.startsWith("ended "));
        assertThat(heard).hasSameSizeAs(odd.heard());
        for (int i = 0; i < heard.size(); i++) {
            assertThat(heard.get(i)).startsWith(odd.heard().get(i));
        }
    }

    @Test
    void thereAreManyAndEachHasItsOwnName() {
        List<String> names = all().map(Odd::name).toList();
        assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(80);
    }

    @Test
    void bytesThatComeOneByOneAreAMessageAllTheSame() throws Exception {
        RecordingListener listener = new RecordingListener();
        try (TestEditor editor = TestEditor.with(listener)) {
            for (byte b : TestEditor.framed(INITIALIZE)) {
                editor.sendBytes(new byte[] {b});
            }
            assertThat(summary(editor.receive())).isEqualTo("result 0");
        }
    }
}

package dev.metalog.server.editor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.EditorError;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A second sidecar of one workspace: its editor is served by the first, and nobody else comes in. */
final class AttachTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"rootUri\":\"file:///w\"}}";

    private final RecordingListener host = new RecordingListener();
    private Path folder;
    private Path socket;

    /** Not JUnit's temporary folder: its path may be longer than a socket's may. */
    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory("attach");
        socket = folder.resolve("run/attach.sock");
    }

    @AfterEach
    void removeFolder() throws IOException {
        Files.deleteIfExists(socket);
        Files.deleteIfExists(socket.getParent());
        Files.deleteIfExists(folder);
    }

    private TestEditor attached(String token) throws IOException {
        return TestEditor.with(new RecordingListener(info -> new InitializeAnswer.Forward(socket, token)));
    }

    private TestEditor greeted() throws Exception {
        TestEditor editor = attached(TOKEN);
        editor.send(INITIALIZE);
        assertThat(editor.receive().has("result")).isTrue();
        return editor;
    }

    private static int errorCode(JsonObject reply) {
        return reply.getAsJsonObject("error").get("code").getAsInt();
    }

    private static String errorText(JsonObject reply) {
        return reply.getAsJsonObject("error").get("message").getAsString();
    }

    private String hostHears() throws InterruptedException {
        return host.heard.poll(TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Test
    void anAttachedEditorIsServedLikeTheHostsOwn() throws Exception {
        try (AttachListener door = AttachListener.open(socket, TOKEN, host);
                TestEditor editor = greeted()) {
            assertThat(door).isNotNull();
            editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"initialized\",\"params\":{}}");
            assertThat(hostHears()).isEqualTo("initialized");
            editor.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"meta-log/sign\",\"params\":{\"message\":\"m\"}}");
            assertThat(editor.receive()
                            .getAsJsonObject("result")
                            .get("signature")
                            .getAsString())
                    .isEqualTo("m");

            BlockingQueue<ApplyOutcome> outcomes = new LinkedBlockingQueue<>();
            host.session.applyEdit("u", 1, List.of(new TextChange(new TextRange(0, 0, 0, 0), "x")), "l", outcomes::add);
            editor.send(
                    "{\"jsonrpc\":\"2.0\",\"id\":" + editor.receive().get("id") + ",\"result\":{\"applied\":true}}");
            assertThat(outcomes.poll(TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                    .isEqualTo(new ApplyOutcome(ApplyOutcome.Kind.APPLIED, null));

            editor.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"shutdown\"}");
            assertThat(editor.receive().get("id").getAsInt()).isEqualTo(2);
            editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");
            assertThat(editor.awaitEnd()).isEqualTo(EndReason.SHUTDOWN_AND_EXIT);
            assertThat(hostHears()).isEqualTo("ended SHUTDOWN_AND_EXIT");
        }
    }

    @Test
    void largeMessagesPassBothWaysAtOnce() throws Exception {
        String large = "x".repeat(4 << 20);
        try (AttachListener door = AttachListener.open(socket, TOKEN, host);
                TestEditor editor = greeted()) {
            assertThat(door).isNotNull();
            for (int i = 1; i <= 4; i++) {
                editor.send("{\"jsonrpc\":\"2.0\",\"id\":" + i + ",\"method\":\"meta-log/sign\",\"params\":"
                        + "{\"message\":\"" + large + "\"}}");
            }
            for (int i = 1; i <= 4; i++) {
                assertThat(editor.receive()
                                .getAsJsonObject("result")
                                .get("signature")
                                .getAsString())
                        .hasSameSizeAs(large);
            }
        }
    }

    @Test
    void oddInputIsAnsweredAndNeverReachesTheHost() throws Exception {
        try (AttachListener door = AttachListener.open(socket, TOKEN, host);
                TestEditor editor = greeted()) {
            assertThat(door).isNotNull();
            editor.send("{");
            assertThat(errorCode(editor.receive())).isEqualTo(-32700);
            editor.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"meta-log/peers\"}");
            assertThat(editor.receive().has("result")).isTrue();
            editor.sendBytes("hello\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(editor.awaitEnd()).isEqualTo(EndReason.FRAMING_LOST);
            assertThat(hostHears()).isEqualTo("ended END_OF_INPUT");
        }
    }

    @Test
    void theEditorsEndIsTheEndAtTheHost() throws Exception {
        try (AttachListener door = AttachListener.open(socket, TOKEN, host);
                TestEditor editor = greeted()) {
            assertThat(door).isNotNull();
            editor.endInput();
            assertThat(editor.awaitEnd()).isEqualTo(EndReason.END_OF_INPUT);
            assertThat(hostHears()).isEqualTo("ended END_OF_INPUT");
        }
    }

    @Test
    void exitWithoutShutdownIsToldApart() throws Exception {
        try (AttachListener door = AttachListener.open(socket, TOKEN, host);
                TestEditor editor = greeted()) {
            assertThat(door).isNotNull();
            editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");
            assertThat(editor.awaitEnd()).isEqualTo(EndReason.EXIT_WITHOUT_SHUTDOWN);
            assertThat(hostHears()).isEqualTo("ended EXIT_WITHOUT_SHUTDOWN");
        }
    }

    @Test
    void theHostsEndIsTheEndOfTheAttached() throws Exception {
        AttachListener door = AttachListener.open(socket, TOKEN, host);
        try (TestEditor editor = greeted()) {
            door.close();
            assertThat(editor.awaitEnd()).isEqualTo(EndReason.HOST_GONE);
            assertThat(EndReason.HOST_GONE.exitCode()).isEqualTo(3);
            assertThat(socket).doesNotExist();
        }
    }

    @Test
    void theHostMayCloseOneSessionOnly() throws Exception {
        try (AttachListener door = AttachListener.open(socket, TOKEN, host);
                TestEditor first = greeted()) {
            assertThat(door).isNotNull();
            EditorSession firstSession = host.session;
            try (TestEditor second = greeted()) {
                firstSession.close(EndReason.CLOSED);
                assertThat(first.awaitEnd()).isEqualTo(EndReason.HOST_GONE);
                second.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"meta-log/peers\"}");
                assertThat(second.receive().has("result")).isTrue();
            }
        }
    }

    @Test
    void aTokenOfAnotherRunIsRefusedWithAReason() throws Exception {
        try (AttachListener door = AttachListener.open(socket, TOKEN, host);
                TestEditor editor = attached("f".repeat(32))) {
            assertThat(door).isNotNull();
            editor.send(INITIALIZE);
            JsonObject reply = editor.receive();
            assertThat(errorCode(reply)).isEqualTo(-32057);
            assertThat(errorText(reply))
                    .contains("file:///w", socket.toString(), "token")
                    .doesNotContain(TOKEN);
            assertThat(host.heard).isEmpty();
        }
    }

    @Test
    void aHostThatIsNotThereIsSaidAndTheEditorMayTryAgain() throws Exception {
        try (TestEditor editor = attached(TOKEN)) {
            editor.send(INITIALIZE);
            assertThat(errorCode(editor.receive())).isEqualTo(-32057);
            try (AttachListener door = AttachListener.open(socket, TOKEN, host)) {
                assertThat(door).isNotNull();
                editor.send(INITIALIZE);
                assertThat(editor.receive().has("result")).isTrue();
            }
        }
    }

    @Test
    void aHostThatDoesNotAnswerIsSaidAfterAWhile() throws Exception {
        Files.createDirectories(socket.getParent());
        try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                TestEditor editor = attached(TOKEN)) {
            silent.bind(UnixDomainSocketAddress.of(socket));
            editor.send(INITIALIZE);
            JsonObject reply = editor.receive();
            assertThat(errorCode(reply)).isEqualTo(-32057);
            assertThat(errorText(reply)).contains("did not answer within 3000 ms");
        }
    }

    /** The one that has the workspace was killed and started again between the token's reading and the knock. */
    @Test
    void aTokenOfTheRunBeforeIsReadAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        RecordingListener door = new RecordingListener(info -> new InitializeAnswer.Forward(
                socket, asked.incrementAndGet() < 3 ? "the-token-of-the-run-before" : TOKEN));
        try (AttachListener open = AttachListener.open(socket, TOKEN, host);
                TestEditor editor = TestEditor.with(door)) {
            assertThat(open).isNotNull();
            editor.send(INITIALIZE);
            assertThat(editor.receive().has("result")).isTrue();
            assertThat(asked).hasValue(3);
        }
    }

    @Test
    void whoHadItAndHasGoneIsNotWaitedFor() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        RecordingListener door = new RecordingListener(info -> asked.incrementAndGet() == 1
                ? new InitializeAnswer.Forward(socket, TOKEN)
                : new InitializeAnswer.Refuse(EditorError.STORE_FAILED, "asked anew"));
        try (TestEditor editor = TestEditor.with(door)) {
            editor.send(INITIALIZE);
            assertThat(errorText(editor.receive())).isEqualTo("asked anew");
        }
    }

    @Test
    void aDoorThatIsNotOpenYetIsWaitedFor() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        RecordingListener door = new RecordingListener(info -> asked.incrementAndGet() < 3
                ? new InitializeAnswer.AskAgain("not open yet")
                : new InitializeAnswer.Forward(socket, TOKEN));
        try (AttachListener open = AttachListener.open(socket, TOKEN, host);
                TestEditor editor = TestEditor.with(door)) {
            assertThat(open).isNotNull();
            editor.send(INITIALIZE);
            assertThat(editor.receive().has("result")).isTrue();
            assertThat(asked).hasValue(3);
        }
    }

    @Test
    void aDoorThatNeverOpensIsSaidAfterAWhile() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        RecordingListener door = new RecordingListener(info -> {
            asked.incrementAndGet();
            return new InitializeAnswer.AskAgain("lets nobody in");
        });
        try (TestEditor editor = TestEditor.with(door)) {
            editor.send(INITIALIZE);
            JsonObject reply = editor.receive();
            assertThat(errorCode(reply)).isEqualTo(-32057);
            assertThat(errorText(reply)).isEqualTo("lets nobody in");
            assertThat(asked).hasValue(20);
        }
    }

    @Test
    void anAttachedEditorIsNotPassedOnOnceMore() throws Exception {
        RecordingListener passesOn =
                new RecordingListener(info -> new InitializeAnswer.Forward(folder.resolve("x"), TOKEN));
        try (AttachListener door = AttachListener.open(socket, TOKEN, passesOn);
                TestEditor editor = attached(TOKEN)) {
            assertThat(door).isNotNull();
            editor.send(INITIALIZE);
            assertThat(errorCode(editor.receive())).isEqualTo(-32057);
        }
    }

    @Test
    void oneEditorTooManyIsToldSoAndFitsWhenAnotherLeft() throws Exception {
        List<TestEditor> editors = new ArrayList<>();
        try (AttachListener door = AttachListener.open(socket, TOKEN, host);
                TestEditor tooMany = attached(TOKEN)) {
            assertThat(door).isNotNull();
            for (int i = 0; i < Limits.ATTACHED_EDITORS; i++) {
                editors.add(greeted());
            }
            tooMany.send(INITIALIZE);
            JsonObject reply = tooMany.receive();
            assertThat(errorCode(reply)).isEqualTo(-32057);
            assertThat(errorText(reply)).contains("serves 16 other editors");

            editors.get(0).endInput();
            assertThat(editors.get(0).awaitEnd()).isEqualTo(EndReason.END_OF_INPUT);
            await().untilAsserted(() -> {
                tooMany.send(INITIALIZE);
                assertThat(tooMany.receive().has("result")).isTrue();
            });
        } finally {
            for (TestEditor editor : editors) {
                editor.close();
            }
        }
    }

    @Test
    void strangersAtTheDoorAreSentAway() throws Exception {
        try (AttachListener door = AttachListener.open(socket, TOKEN, host)) {
            assertThat(door).isNotNull();
            assertThat(answerTo("GET / HTTP/1.1\r\n\r\n")).startsWith("no ");
            assertThat(answerTo("meta-log-attach 1 " + TOKEN.substring(1) + "\n"))
                    .startsWith("no ");
            assertThat(answerTo("x".repeat(600))).isEmpty();
            // One who says nothing is sent away after a while.
            assertThat(answerTo("")).isEmpty();
            assertThat(host.heard).isEmpty();
        }
    }

    private String answerTo(String sent) throws IOException {
        try (SocketChannel stranger = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            stranger.write(ByteBuffer.wrap(sent.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(1_000);
            try {
                int read = 0;
                while (read >= 0) {
                    read = stranger.read(answer);
                }
            } catch (IOException e) {
                // Closed with some of what we wrote unread, which the system tells as a reset.
                assertThat(e).hasMessageContaining("reset");
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void onlyThisPersonReachesTheDoor() throws Exception {
        assumeThat(folder.getFileSystem().supportedFileAttributeViews()).contains("posix");
        Files.createDirectories(socket.getParent());
        Files.setPosixFilePermissions(socket.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        try (AttachListener door = AttachListener.open(socket, TOKEN, host)) {
            assertThat(door).isNotNull();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void aSocketThatADeadHostLeftIsReplaced() throws Exception {
        Files.createDirectories(socket.getParent());
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        try (AttachListener door = AttachListener.open(socket, TOKEN, host);
                TestEditor editor = greeted()) {
            assertThat(door).isNotNull();
            assertThat(editor.hasEnded()).isFalse();
        }
    }

    @Test
    void aPathThatIsTooLongIsSaidOrShortened() throws Exception {
        Path tooLong = folder.resolve("d".repeat(100)).resolve("attach.sock");
        assertThatThrownBy(() -> AttachListener.open(tooLong, TOKEN, host))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("100 bytes");
        assertThat(tooLong.getParent()).doesNotExist();
        try (TestEditor editor =
                TestEditor.with(new RecordingListener(info -> new InitializeAnswer.Forward(tooLong, TOKEN)))) {
            editor.send(INITIALIZE);
            assertThat(errorText(editor.receive())).contains("100 bytes");
        }

        Path fitting = AttachListener.socketPath(tooLong, folder.resolve("run"));
        assertThat(fitting).isEqualTo(AttachListener.socketPath(tooLong, folder.resolve("run")));
        assertThat(fitting).isNotEqualTo(AttachListener.socketPath(tooLong.resolve("b"), folder.resolve("run")));
        assertThat(AttachListener.socketPath(socket, folder)).isEqualTo(socket);
        try (AttachListener door = AttachListener.open(fitting, TOKEN, host)) {
            assertThat(door).isNotNull();
            assertThat(fitting).exists();
        }
    }

    @Test
    void aTokenThatCouldBreakTheFirstLineIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> AttachListener.open(socket, "short", host));
        assertThatIllegalArgumentException().isThrownBy(() -> AttachListener.open(socket, "0123456789abcdef\nx", host));
    }
}

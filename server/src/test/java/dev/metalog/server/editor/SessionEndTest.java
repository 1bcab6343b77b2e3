package dev.metalog.server.editor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.OutputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** However a session ends, it does so once, soon, and with the right reason. */
final class SessionEndTest {
    /** The promise is one second; these tests share their processors with others. */
    private static final long SOON_MILLIS = 2_000;

    private final RecordingListener listener = new RecordingListener();

    private static String initialize(String processId) {
        return "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"processId\":" + processId + "}}";
    }

    private String lastHeard() throws InterruptedException {
        return listener.heard.poll(TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static long millisUntil(TestEditor editor, EndReason expected) throws InterruptedException {
        long from = System.nanoTime();
        assertThat(editor.awaitEnd()).isEqualTo(expected);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
    }

    @Test
    void theEndOfInputEndsItSoon() throws Exception {
        try (TestEditor editor = TestEditor.with(listener)) {
            editor.send(initialize("null"));
            editor.receive();
            editor.endInput();
            assertThat(millisUntil(editor, EndReason.END_OF_INPUT)).isLessThan(SOON_MILLIS);
            assertThat(lastHeard()).isEqualTo("ended END_OF_INPUT");
            assertThat(listener.heard).isEmpty();
        }
    }

    @Test
    void theEndOfInputEndsItSoonEvenIfNobodyReadsWhatWeWrite() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        OutputStream stuck = new OutputStream() {
            @Override
            public void write(int b) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (TestEditor editor = TestEditor.with(listener, stuck)) {
            editor.send(initialize("null"));
            editor.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"meta-log/peers\"}");
            editor.endInput();
            assertThat(millisUntil(editor, EndReason.END_OF_INPUT)).isLessThan(SOON_MILLIS);
        } finally {
            never.countDown();
        }
    }

    @Test
    void anEditorWhoseProcessDiesEndsItSoonThoughItsPipeStaysOpen() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        try (TestEditor editor = TestEditor.with(listener)) {
            editor.send(initialize(String.valueOf(process.pid())));
            editor.receive();
            assertThat(listener.info.clientProcessId()).isEqualTo(process.pid());
            editor.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"meta-log/peers\"}");
            editor.receive();
            process.destroyForcibly();
            assertThat(process.waitFor(TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                    .isTrue();
            assertThat(millisUntil(editor, EndReason.CLIENT_DIED)).isLessThan(SOON_MILLIS);
            assertThat(lastHeard()).isEqualTo("ended CLIENT_DIED");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aProcessThatCannotBeSeenIsNotWatched() throws Exception {
        long nobody = 4_194_304L * 4;
        assumeThat(ProcessHandle.of(nobody)).isEmpty();
        try (TestEditor editor = TestEditor.with(listener)) {
            editor.send(initialize(String.valueOf(nobody)));
            editor.receive();
            assertThat(editor.awaitNoEnd(SOON_MILLIS)).isTrue();
        }
    }

    @Test
    void theSidecarCanCloseItAndWhatWasSaidBeforeIsWritten() throws Exception {
        try (TestEditor editor = TestEditor.with(listener)) {
            editor.send(initialize("null"));
            editor.receive();
            listener.session.showMessage(Severity.ERROR, "The disk is gone.");
            listener.session.close(EndReason.CLOSED);
            assertThat(editor.receive().get("method").getAsString()).isEqualTo("window/showMessage");
            assertThat(editor.awaitEnd()).isEqualTo(EndReason.CLOSED);
            assertThat(lastHeard()).isEqualTo("ended CLOSED");
            listener.session.showMessage(Severity.ERROR, "nobody hears this, and nothing breaks");
        }
    }

    @Test
    void anEditorThatWasNeverServedIsNotReportedAsEnded() throws Exception {
        try (TestEditor editor = TestEditor.with(listener)) {
            editor.endInput();
            assertThat(editor.awaitEnd()).isEqualTo(EndReason.END_OF_INPUT);
            assertThat(listener.heard).isEmpty();
        }
    }

    @Test
    void everythingSaidBeforeTheEndIsHeardBeforeIt() throws Exception {
        BlockingQueue<String> expected = new LinkedBlockingQueue<>();
        try (TestEditor editor = TestEditor.with(listener)) {
            editor.send(initialize("null"));
            for (int i = 0; i < 500; i++) {
                editor.send("{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didSave\",\"params\":"
                        + "{\"textDocument\":{\"uri\":\"" + i + "\"}}}");
                expected.add("didSave " + i);
            }
            editor.endInput();
            assertThat(editor.awaitEnd()).isEqualTo(EndReason.END_OF_INPUT);
            expected.add("ended END_OF_INPUT");
            assertThat(listener.heard).containsExactlyElementsOf(expected);
        }
    }
}

package dev.metalog.server.editor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.metalog.protocol.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The overflow rule, met rule by rule by an editor that does not read. */
final class OutboxTest {
    private final CompletableFuture<EndReason> end = new CompletableFuture<>();
    private final HeldStream held = new HeldStream();
    private final Outbox outbox = new Outbox(held, end::complete, new SessionLog());

    /** Takes bytes only after it was released. */
    private static final class HeldStream extends OutputStream {
        private final CountDownLatch released = new CountDownLatch(1);
        private final CountDownLatch writing = new CountDownLatch(1);
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            throw new AssertionError("the outbox writes whole messages");
        }

        @Override
        public void write(byte[] message) throws IOException {
            writing.countDown();
            try {
                assertThat(released.await(TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                        .isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            bytes.write(message);
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    /** One message is on its way and stuck; everything after it waits. */
    private void stick() throws InterruptedException {
        outbox.start();
        outbox.send("\"first\"");
        assertThat(held.writing.await(TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                .isTrue();
    }

    private String written() throws InterruptedException {
        held.released.countDown();
        outbox.finish(TestEditor.PATIENCE_MILLIS);
        return held.text();
    }

    @AfterEach
    void release() throws InterruptedException {
        held.released.countDown();
        outbox.finish(TestEditor.PATIENCE_MILLIS);
    }

    @Test
    void ofTheStatesOfOneThingOnlyTheNewestWaits() throws Exception {
        stick();
        outbox.sendState("a", "\"a1\"");
        outbox.sendState("b", "\"b1\"");
        outbox.sendState("a", "\"a2\"");
        assertThat(written()).doesNotContain("\"a1\"").containsSubsequence("\"first\"", "\"a2\"", "\"b1\"");
    }

    @Test
    void aStateAfterOneThatWasWrittenIsSentAsWell() throws Exception {
        outbox.start();
        held.released.countDown();
        outbox.sendState("a", "\"a1\"");
        outbox.send("\"reply\"");
        await().until(() -> held.text().contains("\"reply\""));
        outbox.sendState("a", "\"a2\"");
        assertThat(written()).containsSubsequence("\"a1\"", "\"a2\"");
    }

    @Test
    void newsIsDroppedAtThreeQuartersAndRepliesStillFit() throws Exception {
        stick();
        int news = Limits.EDITOR_OUTBOX_MESSAGES / 4 * 3;
        for (int i = 0; i < news; i++) {
            outbox.sendNews("\"news\"");
        }
        outbox.sendNews("\"dropped\"");
        outbox.sendState("s", "\"dropped\"");
        outbox.send("\"reply\"");
        assertThat(end).isNotDone();
        String written = written();
        assertThat(written).contains("\"reply\"").doesNotContain("\"dropped\"");
        assertThat(count(written, "\"news\"")).isEqualTo(news);
    }

    @Test
    void newsIsDroppedAtAQuarterOfTheCharacters() throws Exception {
        stick();
        String large = "\"" + "n".repeat(Limits.EDITOR_OUTBOX_CHARS / 8) + "\"";
        Stream.of(large, large, "\"dropped\"").forEach(outbox::sendNews);
        outbox.send("\"reply\"");
        assertThat(written()).contains("\"reply\"").doesNotContain("\"dropped\"");
    }

    @Test
    void oneReplyTooManyEndsTheSession() throws Exception {
        stick();
        for (int i = 0; i < Limits.EDITOR_OUTBOX_MESSAGES; i++) {
            outbox.send("\"reply\"");
        }
        assertThat(end).isNotDone();
        outbox.send("\"one too many\"");
        assertThat(end).isCompletedWithValue(EndReason.OUTBOX_FULL);
        assertThat(EndReason.OUTBOX_FULL.exitCode()).isEqualTo(2);
    }

    @Test
    void tooManyCharactersEndTheSession() throws Exception {
        stick();
        String large = "\"" + "r".repeat(Limits.EDITOR_OUTBOX_CHARS / 4) + "\"";
        Stream.of(large, large, large, large).forEach(outbox::send);
        assertThat(end).isNotDone();
        outbox.send("\"one too many\"");
        assertThat(end).isCompletedWithValue(EndReason.OUTBOX_FULL);
    }

    @Test
    void aBrokenStreamEndsTheSession() throws Exception {
        CompletableFuture<EndReason> broken = new CompletableFuture<>();
        Outbox toNobody = new Outbox(OutputStream.nullOutputStream(), broken::complete, new SessionLog());
        Outbox toClosed = new Outbox(closedStream(), broken::complete, new SessionLog());
        toNobody.start();
        toNobody.send("\"x\"");
        toNobody.finish(TestEditor.PATIENCE_MILLIS);
        assertThat(broken).isNotDone();
        toClosed.start();
        toClosed.send("\"x\"");
        assertThat(broken.get(TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                .isEqualTo(EndReason.END_OF_INPUT);
    }

    private static OutputStream closedStream() throws IOException {
        OutputStream closed = OutputStream.nullOutputStream();
        closed.close();
        return closed;
    }

    private static int count(String text, String part) {
        return (text.length() - text.replace(part, "").length()) / part.length();
    }
}

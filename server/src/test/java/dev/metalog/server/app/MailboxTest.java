package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.server.workspace.Input;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who finds the mailbox full waits, and that is counted. */
@Timeout(20)
final class MailboxTest {
    @Test
    void theOneThatFindsItFullWaitsAndIsCounted() throws Exception {
        Mailbox mailbox = new Mailbox(2);
        assertThat(mailbox.post(new Input.LinkUp("1"))).isTrue();
        assertThat(mailbox.post(new Input.LinkUp("2"))).isTrue();
        assertThat(mailbox.postAtOnce(new Input.LinkUp("not taken"))).isFalse();
        CompletableFuture<Boolean> third = CompletableFuture.supplyAsync(() -> mailbox.post(new Input.LinkUp("3")));
        while (mailbox.queue().overflows() == 0) {
            Thread.onSpinWait();
        }
        assertThat(third).isNotDone();

        assertThat(mailbox.take(0)).isEqualTo(new Input.LinkUp("1"));
        assertThat(third.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(mailbox.take(0)).isEqualTo(new Input.LinkUp("2"));
        assertThat(mailbox.take(0)).isEqualTo(new Input.LinkUp("3"));
        assertThat(mailbox.queue()).isEqualTo(new MetricsMessages.Queue("inputs", null, 0, 2, 2, 1));
    }

    @Test
    void theLoopNeverWaitsForItself() throws Exception {
        Mailbox mailbox = new Mailbox(2);
        assertThat(mailbox.take(0)).isNull();
        for (int i = 1; i <= 4; i++) {
            assertThat(mailbox.post(new Input.LinkUp("" + i))).isTrue();
        }
        assertThat(mailbox.take(0)).isEqualTo(new Input.LinkUp("1"));
        assertThat(mailbox.post(new Input.LinkUp("5"))).isTrue();
        for (int i = 2; i <= 5; i++) {
            assertThat(i % 2 == 0 ? mailbox.poll() : mailbox.take(0)).isEqualTo(new Input.LinkUp("" + i));
        }
        assertThat(mailbox.take(0)).isNull();
    }

    @Test
    void nobodyWaitsForOneThatIsClosed() {
        Mailbox mailbox = new Mailbox(1);
        mailbox.close();
        assertThat(mailbox.post(new Input.LinkUp("1"))).isFalse();
        assertThat(mailbox.queue().size()).isZero();
    }
}

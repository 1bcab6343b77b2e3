package dev.metalog.server.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BrokerProcessTest {
    @Test
    void takesAnyFreePortAndEndsWhenClosed() throws Exception {
        long[] millis = new long[3];
        for (int i = 0; i < millis.length; i++) {
            long before = System.nanoTime();
            BrokerProcess broker = BrokerProcess.start(0);
            millis[i] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
            assertThat(broker.port()).isPositive();
            assertThat(broker.isAlive()).isTrue();
            broker.close();
            assertThat(broker.isAlive()).isFalse();
        }
        Arrays.sort(millis);
        System.out.println("MEASURED embedded broker process, start to ready: " + Arrays.toString(millis) + " ms");
    }

    @Test
    void aTakenPortIsToldApart() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, TestBroker.LOOPBACK)) {
            assertThatThrownBy(() -> BrokerProcess.start(taken.getLocalPort()))
                    .isInstanceOfSatisfying(BrokerProcess.StartException.class, e -> {
                        assertThat(e.failure()).isEqualTo(BrokerProcess.Failure.PORT_TAKEN);
                        assertThat(e).hasMessageContaining(Integer.toString(taken.getLocalPort()));
                    });
        }
    }

    @Test
    void aBrokerThatIsTooSlowIsEndedAndToldApart() {
        assertThatThrownBy(() -> BrokerProcess.start(0, java.time.Duration.ofMillis(1)))
                .isInstanceOfSatisfying(
                        BrokerProcess.StartException.class,
                        e -> assertThat(e.failure()).isEqualTo(BrokerProcess.Failure.NOT_STARTED));
        Recorder.awaitThat(
                "no broker is left", () -> ProcessHandle.current().children().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void theBrokerGoesWhenItsParentIsKilled() throws Exception {
        Process parent = LinkChild.start("broker");
        ProcessHandle broker;
        int port;
        try {
            String[] said = LinkChild.firstLine(parent).split(" ");
            broker = ProcessHandle.of(Long.parseLong(said[0])).orElseThrow();
            port = Integer.parseInt(said[1]);
            Recorder heard = new Recorder();
            RelayLink link = new RelayLink(RelaySettings.of(new RelayAddress(false, "", "127.0.0.1", port)), heard);
            link.start();
            heard.awaitUp(1);
            link.close(java.time.Duration.ofSeconds(1));
            assertThat(broker.isAlive()).isTrue();
        } finally {
            parent.destroyForcibly();
        }
        Recorder.awaitThat("the broker is gone", () -> !broker.isAlive());
    }
}

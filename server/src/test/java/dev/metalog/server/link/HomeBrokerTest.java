package dev.metalog.server.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sidecars of one machine that nobody told about a broker. */
@Timeout(90)
class HomeBrokerTest {
    private static final int SIDECARS = 3;

    private record Sidecar(HomeBroker home, RelayLink link, Recorder heard) {}

    private final List<Sidecar> sidecars = new ArrayList<>();

    private Sidecar sidecar(int port) {
        HomeBroker home = new HomeBroker(port);
        Recorder heard = new Recorder();
        RelayLink link = new RelayLink(RelaySettings.of(home.address()), heard, home);
        link.subscribe("home/#");
        Sidecar sidecar = new Sidecar(home, link, heard);
        sidecars.add(sidecar);
        return sidecar;
    }

    @AfterEach
    void closeAll() {
        for (Sidecar sidecar : sidecars) {
            sidecar.link().close(Duration.ofMillis(300));
            sidecar.home().close();
        }
    }

    @Test
    void sidecarsMeetAndGoOnWhenTheirHostGoes() throws Exception {
        int port = TestBroker.freePort();
        for (int i = 0; i < SIDECARS; i++) {
            sidecar(port);
        }
        sidecars.forEach(sidecar -> sidecar.link().start());
        sidecars.forEach(sidecar -> sidecar.heard().awaitUp(1));
        assertThat(sidecars.stream().filter(sidecar -> sidecar.home().isHost())).hasSize(1);
        everybodyHearsEverybody("first");

        Sidecar host = sidecars.stream()
                .filter(sidecar -> sidecar.home().isHost())
                .findFirst()
                .orElseThrow();
        host.link().close(Duration.ofSeconds(1));
        host.home().close();
        sidecars.remove(host);
        sidecars.forEach(sidecar -> sidecar.heard().awaitUp(2));
        assertThat(sidecars.stream().filter(sidecar -> sidecar.home().isHost())).hasSize(1);
        everybodyHearsEverybody("second");
    }

    private void everybodyHearsEverybody(String word) {
        for (int i = 0; i < sidecars.size(); i++) {
            sidecars.get(i).link().publish("home/x", (word + i).getBytes(UTF_8), 1, false, i);
        }
        for (Sidecar sidecar : sidecars) {
            Recorder.awaitThat(
                    "all hear " + word,
                    () -> new HashSet<>(sidecar.heard().texts())
                                    .stream()
                                            .filter(text -> text.startsWith(word))
                                            .count()
                            == sidecars.size());
        }
    }

    @Test
    void somethingElseOnThePortIsSaidClearly() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 5, TestBroker.LOOPBACK)) {
            Thread hangsUp = new Thread(() -> hangUpOnEverybody(other));
            hangsUp.setDaemon(true);
            hangsUp.start();
            Sidecar sidecar = sidecar(other.getLocalPort());
            sidecar.link().start();
            sidecar.heard().awaitDown(DownReason.UNREACHABLE);
            assertThat(sidecar.heard().downs.peek().explanation())
                    .contains("something else may be listening on port " + other.getLocalPort());
            assertThat(sidecar.home().isHost()).isFalse();
        }
    }

    private static void hangUpOnEverybody(ServerSocket socket) {
        try {
            while (true) {
                socket.accept().close();
            }
        } catch (java.io.IOException e) {
            // The test is over.
        }
    }
}

package dev.metalog.server.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A relay link against brokers that misbehave, or are not there. */
@Timeout(60)
class RelayLinkFaultTest {
    private static final byte[] CONNACK = {0x20, 2, 0, 0};

    private final List<RelayLink> links = new ArrayList<>();
    private ServerSocket server;

    /** What a misbehaving broker does with one connection. */
    private interface Behaviour {
        void serve(Socket socket) throws IOException;
    }

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, TestBroker.LOOPBACK);
    }

    @AfterEach
    void stop() throws IOException {
        links.forEach(link -> link.close(Duration.ofMillis(300)));
        server.close();
    }

    private RelayAddress address() {
        return new RelayAddress(false, "", "127.0.0.1", server.getLocalPort());
    }

    private void behave(Behaviour behaviour) {
        Thread thread = new Thread(
                () -> {
                    while (!server.isClosed()) {
                        try (Socket socket = server.accept()) {
                            behaviour.serve(socket);
                        } catch (IOException e) {
                            // The link hung up, or the test is over.
                        }
                    }
                },
                "misbehaving-broker");
        thread.setDaemon(true);
        thread.start();
    }

    private RelayLink impatient(Recorder heard, RelayLink.BeforeConnect beforeConnect) {
        RelayLink link = new RelayLink(
                RelaySettings.of(address()),
                heard,
                beforeConnect,
                new Outbox(LinkLimits.OUTBOX_MESSAGES, LinkLimits.OUTBOX_BYTES, LinkLimits.WINDOW),
                new Backoff(new Random(1), Duration.ofMillis(1), Duration.ofMillis(5)));
        links.add(link);
        return link;
    }

    /** Reads one packet; its length fits into one byte in these tests. */
    private static byte[] readPacket(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        int type = in.read();
        int length = in.read();
        if (type < 0 || length < 0) {
            throw new SocketException("hung up");
        }
        return in.readNBytes(length);
    }

    @Test
    void aFullOutboxTakesNothingMoreAndKeepsWhatItHas() {
        Recorder heard = new Recorder();
        RelayLink link = new RelayLink(RelaySettings.of(address()), heard);
        links.add(link);
        for (int i = 0; i < LinkLimits.OUTBOX_MESSAGES; i++) {
            assertThat(link.publish("t", new byte[1], 1, false, i)).isTrue();
        }
        assertThat(link.publish("t", new byte[1], 1, false, -1)).isFalse();
        assertThat(heard.refused)
                .as("a full outbox is told by the return value only")
                .isEmpty();

        RelayLink bytes = new RelayLink(RelaySettings.of(address()), heard);
        links.add(bytes);
        int parts = LinkLimits.OUTBOX_BYTES / 512_000;
        for (int i = 0; i < parts; i++) {
            assertThat(bytes.publish("t", new byte[512_000], 1, false, i)).isTrue();
        }
        assertThat(bytes.publish("t", new byte[512_000], 1, false, -1)).isFalse();
    }

    @Test
    void qosZeroIsDroppedWhileTheLinkIsDown() {
        RelayLink link = new RelayLink(RelaySettings.of(address()), new Recorder());
        links.add(link);
        for (int i = 0; i < 3 * LinkLimits.OUTBOX_MESSAGES; i++) {
            assertThat(link.publish("t", new byte[1], 0, false, i)).isTrue();
        }
        assertThatThrownBy(() -> link.publish("t", new byte[1], 2, false, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBrokerThatHangsUpLeavesNoThreadBehind() {
        AtomicInteger connections = new AtomicInteger();
        behave(socket -> {
            int turn = connections.incrementAndGet();
            if (turn % 3 > 0) {
                readPacket(socket);
            }
            if (turn % 3 == 2) {
                socket.getOutputStream().write(CONNACK);
            }
            if (turn % 2 == 0) {
                socket.setSoLinger(true, 0);
            }
        });
        Recorder heard = new Recorder();
        RelayLink link = impatient(heard, () -> {});
        link.start();
        Recorder.awaitThat("twenty attempts", () -> connections.get() >= 20);
        link.close(Duration.ofSeconds(2));
        Recorder.awaitThat(
                "no thread of Paho's is left: " + RelayLinkContract.libraryThreads(),
                () -> RelayLinkContract.libraryThreads().isEmpty());
        assertThat(heard.reasons()).contains(DownReason.UNREACHABLE, DownReason.LOST);
    }

    @Test
    void everyConnackIsExplained() {
        AtomicInteger code = new AtomicInteger();
        behave(socket -> {
            readPacket(socket);
            socket.getOutputStream().write(new byte[] {0x20, 2, 0, (byte) code.incrementAndGet()});
        });
        Recorder heard = new Recorder();
        impatient(heard, () -> {}).start();
        Recorder.awaitThat("five refusals", () -> heard.downs.size() >= 5);
        assertThat(heard.reasons().limit(5))
                .containsExactly(
                        DownReason.REFUSED,
                        DownReason.REFUSED,
                        DownReason.REFUSED,
                        DownReason.BAD_CREDENTIALS,
                        DownReason.NOT_AUTHORISED);
        int expected = 1;
        for (Recorder.Down down : heard.downs.stream().limit(5).toList()) {
            assertThat(down.explanation())
                    .contains(address().url(), "CONNACK " + expected++, "Local editing goes on; trying again in");
        }
    }

    @Test
    void nonsenseFromABrokerIsALostConnection() {
        behave(socket -> {
            readPacket(socket);
            socket.getOutputStream().write(CONNACK);
            socket.getOutputStream().write(new byte[] {0x30, 3, 0, 9, 'x'});
            // Waits for the link to hang up.
            socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        });
        Recorder heard = new Recorder();
        impatient(heard, () -> {}).start();
        heard.awaitDown(DownReason.LOST);
        Recorder.awaitThat("it tries again", () -> heard.downs.size() >= 2);
        assertThat(heard.downs.toString()).contains("breaks the MQTT 3.1.1 protocol");
        assertThat(heard.messages).isEmpty();
    }

    @Test
    void aMessageThatKillsEveryConnectionIsGivenUpAndTheNextOnesPass() {
        behave(socket -> {
            readPacket(socket);
            socket.getOutputStream().write(CONNACK);
            while (true) {
                byte[] packet = readPacket(socket);
                boolean goodbye = packet.length == 0;
                if (goodbye || packet.length > 2 + 1 + 2 + 50) {
                    return;
                }
                socket.getOutputStream().write(new byte[] {0x40, 2, packet[3], packet[4]});
            }
        });
        Recorder heard = new Recorder();
        RelayLink link = impatient(heard, () -> {});
        for (int i = 0; i < 10; i++) {
            link.publish("t", new byte[i == 4 ? 100 : 1], 1, false, i);
        }
        link.start();
        Recorder.awaitThat("the others passed", () -> heard.acknowledged.size() == 9);
        assertThat(heard.acknowledged)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, 10).filter(i -> i != 4).boxed().toList());
        assertThat(heard.refused).hasSize(1);
        assertThat(heard.refused.peek().token()).isEqualTo(4);
        assertThat(heard.refused.peek().explanation()).contains(address().url(), "given up");
    }

    @Test
    void workBeforeConnectingThatFailsIsToldInItsOwnWords() {
        Recorder heard = new Recorder();
        impatient(heard, () -> {
                    throw new IOException("The kitchen is closed.");
                })
                .start();
        heard.awaitDown(DownReason.UNREACHABLE);
        assertThat(heard.downs.peek().explanation()).startsWith("The kitchen is closed. Local editing goes on");
    }

    @Test
    void workBeforeConnectingThatThrowsDoesNotEndTheLink() {
        Recorder heard = new Recorder();
        impatient(heard, () -> {
                    throw new IllegalStateException("thrown by the test");
                })
                .start();
        Recorder.awaitThat("it tries again", () -> heard.downs.size() >= 2);
    }

    @Test
    void closingInterruptsWorkBeforeConnecting() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Recorder heard = new Recorder();
        RelayLink link = impatient(heard, () -> {
            working.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        link.start();
        assertThat(working.await(10, TimeUnit.SECONDS)).isTrue();
        link.close(Duration.ofSeconds(5));
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(heard.reasons()).containsExactly(DownReason.CLOSED);
    }

    @Test
    void closingEndsAPause() throws IOException {
        server.close();
        Recorder heard = new Recorder();
        RelayLink link = new RelayLink(RelaySettings.of(address()), heard);
        link.start();
        heard.awaitDown(DownReason.UNREACHABLE);
        long before = System.nanoTime();
        link.publish("t", "kept".getBytes(UTF_8), 1, false, 1);
        assertThat(link.close(Duration.ofSeconds(5)))
                .as("one message was not sent")
                .isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
        assertThat(heard.downs.stream()
                        .reduce((first, last) -> last)
                        .orElseThrow()
                        .reason())
                .isEqualTo(DownReason.CLOSED);
        assertThat(link.close(Duration.ofSeconds(5))).as("closing twice").isFalse();
    }

    @Test
    void aLinkThatWasNeverStartedCloses() {
        Recorder heard = new Recorder();
        RelayLink link = new RelayLink(RelaySettings.of(address()), heard);
        assertThat(link.close(Duration.ofSeconds(1))).isTrue();
        assertThatThrownBy(link::start).isInstanceOf(IllegalStateException.class);
        assertThat(link.publish("t", new byte[1], 1, false, 1)).isFalse();
    }

    @Test
    void anUnknownHostIsUnreachable() {
        Recorder heard = new Recorder();
        RelayLink link = new RelayLink(RelaySettings.of(RelayAddress.parse("mqtt://no-such-host.invalid")), heard);
        links.add(link);
        link.start();
        heard.awaitDown(DownReason.UNREACHABLE);
        assertThat(heard.downs.peek().explanation()).contains("mqtt://no-such-host.invalid:1883", "cannot be found");
    }

    @Test
    void subscriptionsHaveABound() {
        Recorder heard = new Recorder();
        RelayLink link = new RelayLink(RelaySettings.of(address()), heard);
        links.add(link);
        for (int i = 0; i < LinkLimits.SUBSCRIPTIONS; i++) {
            link.subscribe("s/" + i);
        }
        assertThat(heard.denied).isEmpty();
        link.subscribe("s/0");
        link.subscribe("s/one-more");
        assertThat(heard.denied.stream().map(Recorder.Denied::filter)).containsExactly("s/one-more");
        link.unsubscribe("s/0");
        link.subscribe("s/one-more");
        assertThat(heard.denied).hasSize(1);
    }
}

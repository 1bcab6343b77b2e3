package dev.metalog.server.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the embedded broker does not put up with; after each of it, it still serves others. */
@Timeout(60)
class EmbeddedBrokerLimitsTest {
    private static BrokerProcess broker;

    @BeforeAll
    static void start() throws Exception {
        broker = BrokerProcess.start(0);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static boolean hangsUp(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    private static void stillServes() throws IOException {
        assertThat(RawMqtt.publish(broker.port(), "still/serves", "x")).isTrue();
    }

    private static Socket dial() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(TestBroker.LOOPBACK, broker.port()), 2_000);
        return socket;
    }

    @Test
    void hangsUpOnAnythingButMqtt() throws IOException {
        for (String greeting : List.of(
                "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 2000000000\r\n\r\n",
                "ARTEMIS",
                "STOMP\n\n\0",
                "AMQP\0\1\0\0",
                "\u0001")) {
            try (Socket socket = dial()) {
                socket.getOutputStream().write(greeting.getBytes(UTF_8));
                assertThat(hangsUp(socket)).as(greeting).isTrue();
            }
        }
        stillServes();
    }

    @Test
    void hangsUpOnAPacketAboveTheLimitBeforeItHasCome() throws IOException {
        try (RawMqtt client = new RawMqtt(broker.port()).connect("large")) {
            // PUBLISH of 256 MiB: only its first bytes.
            client.socket.getOutputStream().write(new byte[] {0x30, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f, 0});
            assertThat(hangsUp(client.socket)).isTrue();
        }
        stillServes();
    }

    @Test
    void hangsUpOnSilence() throws IOException {
        try (Socket silent = dial();
                Socket slow = dial()) {
            slow.getOutputStream().write(new byte[] {0x10, 20, 0, 4, 'M', 'Q'});
            long before = System.nanoTime();
            assertThat(hangsUp(silent)).isTrue();
            assertThat(hangsUp(slow)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(9));
        }
        stillServes();
    }

    @Test
    void takesSoManyConnectionsAndNoMore() throws Exception {
        List<RawMqtt> clients = new ArrayList<>();
        try {
            boolean refused = false;
            while (!refused && clients.size() <= LinkLimits.BROKER_CONNECTIONS) {
                try {
                    clients.add(new RawMqtt(broker.port()).connect("many-" + clients.size()));
                } catch (IOException e) {
                    refused = true;
                }
            }
            assertThat(refused).isTrue();
            // Connections of other tests may just be ending.
            assertThat(clients).hasSizeBetween(LinkLimits.BROKER_CONNECTIONS - 5, LinkLimits.BROKER_CONNECTIONS);
        } finally {
            for (RawMqtt client : clients) {
                client.close();
            }
        }
        Recorder.awaitThat("places are free again", () -> {
            try {
                return RawMqtt.publish(broker.port(), "still/serves", "x");
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    void theBrokersOwnTopicsAreOutOfReach() throws IOException {
        for (String topic : List.of("$sys.mqtt.sessions", "$SYS/x", "a\\b", "t".repeat(LinkLimits.TOPIC_BYTES + 1))) {
            assertThat(RawMqtt.publish(broker.port(), topic, "x")).as(topic).isFalse();
        }
        stillServes();
    }

    @Test
    void retainsSmallMessagesAndSoManyOfThem() throws IOException {
        assertThat(retain("retain/large", LinkLimits.BROKER_RETAINED_BYTES + 1)).isFalse();
        assertThat(retain("retain/small", LinkLimits.BROKER_RETAINED_BYTES)).isTrue();
        try (RawMqtt client = new RawMqtt(broker.port()).connect("retainer")) {
            for (int i = 1; i < LinkLimits.BROKER_RETAINED_TOPICS; i++) {
                client.publish("retain/" + i, new byte[] {1}, true);
                assertThat(client.acknowledged()).as("message %s", i).isTrue();
            }
        }
        assertThat(retain("retain/one-more", 1)).isFalse();
        assertThat(retain("retain/1", 2)).as("a known topic is replaced").isTrue();
        assertThat(retain("retain/1", 0)).as("and cleared").isTrue();
        assertThat(retain("retain/one-more", 1)).as("which makes room").isTrue();
        try (RawMqtt client = new RawMqtt(broker.port()).connect("retainer")) {
            for (int i = 2; i < LinkLimits.BROKER_RETAINED_TOPICS; i++) {
                client.publish("retain/" + i, new byte[0], true);
                assertThat(client.acknowledged()).isTrue();
            }
        }
    }

    private static boolean retain(String topic, int bytes) throws IOException {
        try (RawMqtt client = new RawMqtt(broker.port()).connect("one")) {
            client.publish(topic, new byte[bytes], true);
            return client.acknowledged();
        }
    }

    /** A reader that reads nothing may lose messages; it may not cost the others theirs, nor the broker its memory. */
    @Test
    void aReaderThatDoesNotReadHarmsNobodyElse() throws Exception {
        try (RawMqtt stuck = new RawMqtt(broker.port()).connect("stuck")) {
            stuck.socket.setReceiveBufferSize(4_096);
            stuck.subscribe("flood/#");
            Recorder reader = new Recorder();
            RelayLink reading = new RelayLink(RelaySettings.of(broker.address()), reader);
            Recorder writer = new Recorder();
            RelayLink writing = new RelayLink(RelaySettings.of(broker.address()), writer);
            try {
                reading.subscribe("flood/marker");
                reading.start();
                writing.start();
                reader.awaitUp(1);
                writer.awaitUp(1);
                byte[] large = new byte[200_000];
                int count = 1_000;
                for (int i = 0; i < count; i++) {
                    long token = i;
                    Recorder.awaitThat("room", () -> writing.publish("flood/x", large, 1, false, token));
                }
                Recorder.awaitThat("200 MB are gone", () -> writer.acknowledged.size() == count);
                writing.publish("flood/marker", "marker".getBytes(UTF_8), 1, false, 9_999);
                Recorder.awaitThat("the marker", () -> reader.texts().contains("marker"));
                assertThat(broker.isAlive()).isTrue();
                assertThat(writer.downs).isEmpty();
                assertThat(reader.downs).isEmpty();
            } finally {
                writing.close(Duration.ofSeconds(1));
                reading.close(Duration.ofSeconds(1));
            }
        }
        stillServes();
    }

    @Test
    void speaksMqttFiveToo() throws Exception {
        String publisher = Mosquitto.executable("mosquitto_pub");
        org.junit.jupiter.api.Assumptions.assumeTrue(
                publisher != null, "skipped: mosquitto_pub is not installed (apt-get install mosquitto-clients)");
        Recorder heard = new Recorder();
        RelayLink link = new RelayLink(RelaySettings.of(broker.address()), heard);
        try {
            link.subscribe("five/#");
            link.start();
            heard.awaitUp(1);
            Process process = new ProcessBuilder(
                            publisher,
                            "-V",
                            "mqttv5",
                            "-p",
                            "" + broker.port(),
                            "-q",
                            "1",
                            "-t",
                            "five/x",
                            "-m",
                            "hello")
                    .inheritIO()
                    .start();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            Recorder.awaitThat("arrived", () -> heard.texts().contains("hello"));
        } finally {
            link.close(Duration.ofSeconds(1));
        }
    }
}

package dev.metalog.server.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.server.link.broker.BrokerAccess;
import dev.metalog.server.link.broker.BrokerUsers;
import dev.metalog.server.link.broker.EmbeddedBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The embedded broker where others can reach it: users, TLS, and what it does not put up with from strangers. */
@Timeout(60)
class GuardedBrokerTest {
    private static final byte[] ANY = {0, 0, 0, 0};

    @TempDir
    private static Path folder;

    private static Certificates certificates;
    private static Path certificate;
    private static Path users;
    private static EmbeddedBroker broker;

    private final List<RelayLink> links = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        certificates = new Certificates(folder, "ours");
        certificate = certificates.sign("localhost", 2);
        users = Files.write(
                folder.resolve("users"),
                List.of(
                        BrokerUsers.line("ann", "right".toCharArray(), new SecureRandom()),
                        BrokerUsers.line("bob", "also right".toCharArray(), new SecureRandom())));
        broker = EmbeddedBroker.start(InetAddress.getByAddress(ANY), 0, access());
    }

    @AfterAll
    static void stop() throws IOException {
        if (broker != null) {
            broker.close();
        }
    }

    @AfterEach
    void closeLinks() {
        links.forEach(link -> link.close(Duration.ofMillis(500)));
    }

    private static BrokerAccess access() throws IOException {
        return BrokerAccess.guarded(users, certificate, Certificates.keyOf(certificate));
    }

    private RelayLink started(String user, String password, Recorder heard, String... filters) {
        RelaySettings settings = RelaySettings.of(new RelayAddress(true, user, "localhost", broker.port()))
                .withAuthorities(certificates.authority());
        RelayLink link =
                new RelayLink(password.isEmpty() ? settings : settings.withPassword(password.toCharArray()), heard);
        links.add(link);
        for (String filter : filters) {
            link.subscribe(filter);
        }
        link.start();
        return link;
    }

    @Test
    void twoUsersMeet() {
        Recorder ann = new Recorder();
        Recorder bob = new Recorder();
        RelayLink writing = started("ann", "right", ann);
        started("bob", "also right", bob, "met/#");
        ann.awaitUp(1);
        bob.awaitUp(1);
        writing.publish("met/x", new byte[300_000], 1, false, 1);
        writing.publish("met/x", "hello".getBytes(UTF_8), 1, false, 2);
        Recorder.awaitThat("hello", () -> bob.texts().contains("hello"));
        assertThat(ann.downs).isEmpty();
        assertThat(bob.downs).isEmpty();
    }

    @Test
    void strangersAreToldWhy() {
        Recorder wrong = new Recorder();
        started("ann", "wrong", wrong);
        wrong.awaitDown(DownReason.BAD_CREDENTIALS);
        Recorder unknown = new Recorder();
        started("eve", "right", unknown);
        unknown.awaitDown(DownReason.BAD_CREDENTIALS);
        Recorder nameless = new Recorder();
        started("", "", nameless);
        nameless.awaitDown(DownReason.NOT_AUTHORISED);
        assertThat(wrong.ups).isEmpty();
        assertThat(unknown.ups).isEmpty();
        assertThat(nameless.ups).isEmpty();
    }

    @Test
    void itRetainsAnnouncementsOnly() {
        Recorder heard = new Recorder();
        RelayLink link = started("ann", "right", heard);
        heard.awaitUp(1);
        link.publish("canvasl/peers/announce/peer-x", "here".getBytes(UTF_8), 1, true, 1);
        Recorder.awaitThat("kept", () -> heard.acknowledged.contains(1L));
        link.publish("canvasl/elsewhere", "kept for ever".getBytes(UTF_8), 1, true, 2);
        heard.awaitDown(DownReason.LOST);
        Recorder late = new Recorder();
        started("bob", "also right", late, "#");
        Recorder.awaitThat("the announcement", () -> late.texts().contains("here"));
        assertThat(late.texts()).doesNotContain("kept for ever");
    }

    /** Eight that have not said who they are may wait; one more is let go at once, and users come in when they are gone. */
    @Test
    void oneAddressHasEightStrangersAndNoMore() throws Exception {
        List<Socket> strangers = new ArrayList<>();
        try {
            for (int i = 0; i <= LinkLimits.BROKER_UNPROVEN_OF_ONE; i++) {
                strangers.add(dial());
            }
            // Which of them it is depends on the broker's threads.
            List<Socket> letGo = new ArrayList<>();
            for (Socket stranger : strangers) {
                if (endsWithin(stranger, 300)) {
                    letGo.add(stranger);
                }
            }
            assertThat(letGo).hasSize(1);
            // The five seconds until CONNECT hold before TLS is agreed on, too.
            for (Socket stranger : strangers) {
                assertThat(endsWithin(stranger, 10_000)).isTrue();
            }
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
        }
        Recorder ann = new Recorder();
        started("ann", "right", ann);
        ann.awaitUp(1);
    }

    /** A password is checked while the sender may send on; only so much is kept of it, and nothing of it is carried out. */
    @Test
    void whatAStrangerSendsBehindConnectIsNotCarriedOut() throws Exception {
        Recorder bob = new Recorder();
        started("bob", "also right", bob, "sneak/#");
        bob.awaitUp(1);
        try (Socket plain = dial();
                SSLSocket secure = (SSLSocket) Authorities.trusting(certificates.authority())
                        .createSocket(plain, "localhost", broker.port(), true)) {
            byte[] connect = {
                0x10, 21, 0, 4, 'M', 'Q', 'T', 'T', 4, (byte) 0xc2, 0, 0, 0, 1, 'x', 0, 3, 'a', 'n', 'n', 0, 1, 'n'
            };
            connect[1] = (byte) (connect.length - 2);
            secure.getOutputStream().write(connect);
            byte[] publish = {0x30, 9, 0, 7, 's', 'n', 'e', 'a', 'k', '/', 'x'};
            secure.getOutputStream().write(publish);
            secure.setSoTimeout(10_000);
            assertThat(secure.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, 4);
            assertThat(secure.getInputStream().read()).isEqualTo(-1);
        }
        Recorder ann = new Recorder();
        started("ann", "right", ann).publish("sneak/marker", "marker".getBytes(UTF_8), 1, false, 1);
        Recorder.awaitThat("the marker", () -> bob.texts().contains("marker"));
        assertThat(bob.texts()).containsExactly("marker");
    }

    @Test
    void plainTcpGetsNothing() throws Exception {
        try (RawMqtt client = new RawMqtt(broker.port())) {
            assertThatThrownBy(() -> client.connect("plain")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void withoutUsersItDoesNotListenToOthers() {
        assertThatThrownBy(() -> EmbeddedBroker.start(InetAddress.getByAddress(ANY), 0, BrokerAccess.OPEN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A broker that others can reach needs users and TLS.");
    }

    @Test
    void filesThatCannotBeUsedAreToldApart() throws Exception {
        Path key = Certificates.keyOf(certificate);
        assertThatThrownBy(() -> BrokerAccess.guarded(folder.resolve("absent"), certificate, key))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("absent")
                .hasMessageContaining("cannot be read");
        Path plain = Files.writeString(folder.resolve("plain"), "ann:s3cret\n");
        assertThatThrownBy(() -> BrokerAccess.guarded(plain, certificate, key))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Line 1")
                .hasMessageContaining("meta-log broker user")
                .message()
                .doesNotContain("s3cret");
        Path none = Files.writeString(folder.resolve("none"), "\n");
        assertThatThrownBy(() -> BrokerAccess.guarded(none, certificate, key)).hasMessageContaining("names 0 users");
        assertThatThrownBy(() -> BrokerAccess.guarded(users, certificate, certificate))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("PKCS #8");
    }

    /** Files of Mosquitto's own tool are read as well. */
    @Test
    void aFileOfMosquittosOwnToolIsRead() throws Exception {
        Mosquitto.assumeInstalled();
        Path theirs = folder.resolve("theirs");
        Process tool = new ProcessBuilder(
                        Mosquitto.executable("mosquitto_passwd"), "-b", "-c", theirs.toString(), "carl", "of theirs")
                .inheritIO()
                .start();
        assertThat(tool.waitFor()).isZero();
        EmbeddedBroker other = EmbeddedBroker.start(
                InetAddress.getLoopbackAddress(),
                0,
                BrokerAccess.guarded(theirs, certificate, Certificates.keyOf(certificate)));
        try {
            Recorder heard = new Recorder();
            RelayLink link = new RelayLink(
                    RelaySettings.of(new RelayAddress(true, "carl", "localhost", other.port()))
                            .withAuthorities(certificates.authority())
                            .withPassword("of theirs".toCharArray()),
                    heard);
            links.add(link);
            link.start();
            heard.awaitUp(1);
            assertThat(heard.downs).isEmpty();
        } finally {
            other.close();
        }
    }

    private static Socket dial() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(TestBroker.LOOPBACK, broker.port()), 2_000);
        return socket;
    }

    private static boolean endsWithin(Socket socket, int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException e) {
            return true;
        }
    }
}

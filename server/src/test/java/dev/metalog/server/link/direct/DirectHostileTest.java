package dev.metalog.server.link.direct;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.DirectFrame;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.TransportVoucher;
import dev.metalog.server.link.LinkLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever somebody does to the port, over real sockets: nobody comes in who may not, and the honest link goes on. */
@Timeout(90)
class DirectHostileTest {
    /** Short waits, so that those who wait for nothing are found soon. */
    private static final DirectTimes IMPATIENT = new DirectTimes(
            Duration.ofMillis(1_500),
            Duration.ofMillis(700),
            Duration.ofMillis(200),
            Duration.ofMillis(1_500),
            Duration.ofMillis(50),
            Duration.ofMillis(400),
            Duration.ofMillis(200),
            Duration.ofSeconds(20),
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ofMillis(200),
            Duration.ofMillis(700),
            Duration.ofMillis(100));

    private final Club club = new Club();
    private final DeviceKey member = club.member();
    private End ann;
    private End ben;

    @BeforeEach
    void linkTwo() {
        ann = new End(club, club.member(), IMPATIENT, 0);
        ann.listen();
        ann.links.subscribe("w/wanted");
        ben = End.listening(club);
        ben.links.seek(ann.name(), List.of(ann.address()));
        ben.heard.awaitUp(1);
        ann.heard.awaitUp(1);
    }

    @AfterEach
    void theHonestLinkIsStillThere() {
        assertThat(ben.say("w/wanted", "still here")).isEqualTo(1);
        ann.heard.awaitThat("heard", () -> ann.heard.texts().contains("still here"));
        assertThat(ben.heard.downs).isEmpty();
        ann.close();
        ben.close();
    }

    private TransportKey keyOf(DeviceKey device) {
        return TransportKey.create(spki -> TransportVoucher.issue(device, spki));
    }

    /** With TLS 1.3 whoever dials learns it from the handshake, or just after it, as it happens. */
    private void expectTurnedAway(TransportKey key) throws Exception {
        try (Stranger stranger = Stranger.dial(ann.address(), key)) {
            assertThat(stranger.hear()).isNull();
        } catch (IOException inTheHandshake) {
            assertThat(inTheHandshake).isNotInstanceOf(SocketTimeoutException.class);
        }
    }

    private void nobodyElseIsUp() {
        assertThat(ann.heard.ups)
                .singleElement()
                .satisfies(up -> assertThat(up.who()).isEqualTo(ben.asRemote()));
    }

    private void expectHangUp(Socket socket) throws IOException {
        byte[] some = new byte[4_096];
        try {
            int count = 0;
            while (count >= 0) {
                count = socket.getInputStream().read(some);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nobody hung up", e);
        } catch (IOException reset) {
            // That is hanging up as well.
        }
    }

    @Test
    void aMemberWhoSpeaksByHandComesIn() throws Exception {
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
            stranger.greet();
            ann.heard.awaitUp(2);
            stranger.say(new DirectFrame.Message("w/wanted", false, "by hand".getBytes(US_ASCII)));
            ann.heard.awaitThat("heard", () -> ann.heard.texts().contains("by hand"));
            assertThat(stranger.tls().getSession().getProtocol()).isEqualTo("TLSv1.3");
        }
        ann.heard.awaitDown(DirectDown.LOST);
    }

    @Test
    void theRightCertificateOfAStranger() throws Exception {
        expectTurnedAway(keyOf(club.stranger()));
        ann.heard.awaitRefused(DirectDown.NOT_ADMITTED);
        assertThat(ann.heard.refusals.peek().explanation()).contains("is no member here");
        nobodyElseIsUp();
    }

    /** A voucher of a member, copied off the wire, for a key that is not the member's. */
    @Test
    void aVoucherForAnotherKey() throws Exception {
        byte[] copied = TransportVoucher.issue(member, keyOf(member).spki());
        expectTurnedAway(TransportKey.create(spki -> copied));
        ann.heard.awaitRefused(DirectDown.NOT_ADMITTED);
        assertThat(ann.heard.refusals.peek().explanation()).contains("for another key");
        nobodyElseIsUp();
    }

    @Test
    void aCertificateWithoutAVoucher() throws Exception {
        for (int bytes : new int[] {0, 1, LinkLimits.DIRECT_VOUCHER_BYTES}) {
            expectTurnedAway(TransportKey.create(spki -> new byte[bytes]));
        }
        ann.heard.awaitRefused(DirectDown.NOT_ADMITTED);
        assertThat(ann.heard.refusals)
                .as("the same is not told again and again")
                .hasSize(1);
        nobodyElseIsUp();
    }

    @Test
    void noCertificate() throws Exception {
        expectTurnedAway(null);
        ann.heard.awaitRefused(DirectDown.NO_TLS);
        nobodyElseIsUp();
    }

    @Test
    void anOlderTls() {
        assertThatThrownBy(
                        () -> Stranger.dial(ann.address(), keyOf(member), "TLSv1.2", TlsHandlers.APPLICATION_PROTOCOL))
                .isInstanceOf(SSLException.class);
        ann.heard.awaitRefused(DirectDown.NO_TLS);
        nobodyElseIsUp();
    }

    @Test
    void anotherProtocolInside() {
        assertThatThrownBy(() -> Stranger.dial(ann.address(), keyOf(member), "TLSv1.3", "h2"))
                .isInstanceOf(SSLException.class);
        ann.heard.awaitRefused(DirectDown.NO_TLS);
        nobodyElseIsUp();
    }

    @Test
    void noProtocolInside() throws Exception {
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member), "TLSv1.3", null)) {
            assertThat(stranger.hear()).isNull();
        }
        ann.heard.awaitRefused(DirectDown.NO_TLS);
        nobodyElseIsUp();
    }

    /** A session is never taken up again: each connection is judged by itself. */
    @Test
    void noSessionIsTakenUpAgain() throws Exception {
        SSLContext context = Stranger.context(keyOf(member));
        List<byte[]> vouchers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            try (Stranger stranger =
                    Stranger.over(Stranger.tcp(ann.address()), context, "TLSv1.3", TlsHandlers.APPLICATION_PROTOCOL)) {
                stranger.greet();
                // A ticket, if there were any, would have come before this.
                assertThat(stranger.hear()).isInstanceOf(DirectFrame.Hello.class);
                long age =
                        System.currentTimeMillis() - stranger.tls().getSession().getCreationTime();
                vouchers.add(stranger.tls().getSession().getId());
                assertThat(age).isLessThan(60_000);
            }
        }
        assertThat(vouchers).doesNotHaveDuplicates();
    }

    @Test
    void plainText() throws Exception {
        try (Socket socket = Stranger.tcp(ann.address())) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(US_ASCII));
            expectHangUp(socket);
        }
        ann.heard.awaitRefused(DirectDown.NO_TLS);
        assertThat(ann.heard.refusals.peek().explanation()).contains("does not speak TLS");
        nobodyElseIsUp();
    }

    @Test
    void silence() throws Exception {
        try (Socket socket = Stranger.tcp(ann.address())) {
            expectHangUp(socket);
        }
        ann.heard.awaitRefused(DirectDown.SILENT);
        nobodyElseIsUp();
    }

    @Test
    void silenceAfterTheHandshake() throws Exception {
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
            assertThat(stranger.hearBye()).isZero();
        }
        ann.heard.awaitRefused(DirectDown.SILENT);
        nobodyElseIsUp();
    }

    /** The time for the handshake, and for the hello, is for all of it. */
    @Test
    void oneByteAtATime() throws Exception {
        long before = System.nanoTime();
        try (Socket socket = Stranger.tcp(ann.address())) {
            byte[] record = {0x16, 0x03, 0x01, 0x40, 0x00};
            try {
                for (int i = 0; i < 1_000; i++) {
                    socket.getOutputStream().write(i < record.length ? record[i] : 0);
                    socket.getOutputStream().flush();
                    Thread.onSpinWait();
                    pauseMillis(20);
                }
            } catch (IOException hungUp) {
                // As it should.
            }
        }
        ann.heard.awaitRefused(DirectDown.SILENT);
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
            byte[] hello = {0, 0, 0, 18, 1, 0, 0, 0, 1, 0, 0, 0, 1};
            try {
                for (int i = 0; i < 1_000; i++) {
                    stranger.out().write(hello, Math.min(i, hello.length - 1), 1);
                    pauseMillis(100);
                }
            } catch (IOException hungUp) {
                // As it should.
            }
        }
        assertThat(System.nanoTime() - before).isLessThan(15_000_000_000L);
        nobodyElseIsUp();
    }

    /** Waits in a test of slowness itself. */
    private static void pauseMillis(int millis) throws InterruptedException {
        java.util.concurrent.TimeUnit.MILLISECONDS.sleep(millis);
    }

    @Test
    void aFrameOfFourGibibytes() throws Exception {
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
            stranger.out().write(new byte[] {-1, -1, -1, -1, 1});
            assertThat(stranger.hearBye()).isEqualTo(DirectFrame.Bye.BAD_FRAMES);
        }
        ann.heard.awaitRefused(DirectDown.BAD_FRAMES);
        assertThat(ann.heard.refusals.peek().explanation()).contains("4294967295");
        nobodyElseIsUp();
    }

    /** Before the hello not even a frame of the size that others may have is waited for. */
    @Test
    void aLongFrameInsteadOfAHello() throws Exception {
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
            stranger.out().write(new byte[] {0, 0x10, 0, 0, 5});
            assertThat(stranger.hearBye()).isEqualTo(DirectFrame.Bye.BAD_FRAMES);
        }
        nobodyElseIsUp();
    }

    @Test
    void framesOutOfTurn() throws Exception {
        DirectFrame hello = new DirectFrame.Hello(DirectFrame.VERSIONS, 1, Extras.NONE);
        DirectFrame message = new DirectFrame.Message("w/wanted", false, new byte[0]);
        List<List<DirectFrame>> wrong = List.of(
                List.of(new DirectFrame.Ready()), List.of(message), List.of(hello, hello), List.of(hello, message));
        for (List<DirectFrame> frames : wrong) {
            try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
                stranger.say(frames.toArray(new DirectFrame[0]));
                assertThat(stranger.hearBye()).as("%s", frames).isEqualTo(DirectFrame.Bye.BAD_FRAMES);
            }
        }
        nobodyElseIsUp();
    }

    @Test
    void aVersionThatIsNotSpokenHere() throws Exception {
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
            stranger.say(new DirectFrame.Hello(new ProtocolRange(2, 3), 1, Extras.NONE));
            assertThat(stranger.hearBye()).isEqualTo(DirectFrame.Bye.UPGRADE_NEEDED);
        }
        ann.heard.awaitRefused(DirectDown.UPGRADE_NEEDED);
        assertThat(ann.heard.refusals.peek().explanation()).contains("Upgrade this sidecar");
        nobodyElseIsUp();
    }

    @Test
    void unknownFramesAreMissedOrMeanAnUpgrade() throws Exception {
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
            stranger.greet();
            ann.heard.awaitUp(2);
            stranger.out().write(new byte[] {0, 0, 0, 3, (byte) 200, 1, 2});
            stranger.say(new DirectFrame.Message("w/wanted", false, "after it".getBytes(US_ASCII)));
            ann.heard.awaitThat("heard", () -> ann.heard.texts().contains("after it"));
            stranger.out().write(new byte[] {0, 0, 0, 1, 99});
            assertThat(stranger.hearBye()).isEqualTo(DirectFrame.Bye.UPGRADE_NEEDED);
        }
        ann.heard.awaitDown(DirectDown.UPGRADE_NEEDED);
    }

    @Test
    void messagesThatNobodyWantsAreDroppedAndAFloodOfThemEndsTheLink() throws Exception {
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
            stranger.greet();
            ann.heard.awaitUp(2);
            DirectFrame unwanted = new DirectFrame.Message("w/other", false, new byte[10]);
            stranger.say(unwanted, unwanted, unwanted);
            stranger.say(new DirectFrame.Message("w/wanted", false, "wanted".getBytes(US_ASCII)));
            ann.heard.awaitThat("heard", () -> ann.heard.texts().contains("wanted"));
            assertThat(ann.heard.messages).hasSize(1);
            assertThat(ann.links.links())
                    .filteredOn(view -> view.who().equals(Club.remote(member)))
                    .singleElement()
                    .satisfies(view -> assertThat(view.unwantedMessages()).isEqualTo(3));
            try {
                for (int i = 0; i <= LinkLimits.DIRECT_UNWANTED_A_MINUTE; i++) {
                    stranger.say(unwanted);
                }
            } catch (IOException hungUp) {
                // Before the last was written.
            }
            ann.heard.awaitDown(DirectDown.BAD_FRAMES);
        }
    }

    @Test
    void whoWantsTooManyTopicsIsLetGo() throws Exception {
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
            stranger.greet();
            ann.heard.awaitUp(2);
            for (int i = 0; i <= LinkLimits.DIRECT_TOPICS; i++) {
                stranger.say(new DirectFrame.Want("many/" + i));
            }
            assertThat(stranger.hearBye()).isEqualTo(DirectFrame.Bye.OVERFLOW);
        }
        ann.heard.awaitDown(DirectDown.OVERFLOW);
    }

    /** Pings whose answers are not read: what is owed is bounded. */
    @Test
    void whoAsksAndNeverListensIsLetGo() throws Exception {
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
            stranger.greet();
            ann.heard.awaitUp(2);
            Thread pinging = new Thread(() -> {
                try {
                    while (true) {
                        stranger.say(new DirectFrame.Ping(1));
                    }
                } catch (IOException hungUp) {
                    // As it should.
                }
            });
            pinging.setDaemon(true);
            pinging.start();
            ann.heard.awaitDown(DirectDown.OVERFLOW);
            pinging.join(Stranger.PATIENCE_MILLIS);
            assertThat(pinging.isAlive()).isFalse();
        }
    }

    /** The cable is out: nothing comes, not even an end. */
    @Test
    void whoIsNotHeardIsDead() throws Exception {
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
            stranger.greet();
            ann.heard.awaitUp(2);
            ann.heard.awaitDown(DirectDown.DEAD);
            assertThat(stranger.hearBye()).isZero();
        }
    }

    @Test
    void moreConnectionsThanOneAddressMayHave() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < LinkLimits.DIRECT_UNPROVEN_OF_ONE + 4; i++) {
                silent.add(Stranger.tcp(ann.address()));
            }
            ann.heard.awaitRefused(DirectDown.FULL);
            for (Socket socket : silent) {
                expectHangUp(socket);
            }
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
        // Their places are free again.
        try (Stranger stranger = Stranger.dial(ann.address(), keyOf(member))) {
            stranger.greet();
            ann.heard.awaitUp(2);
        }
    }

    /** One run after the other takes over, and none of those before lets go. */
    @Test
    void moreConnectionsThanOneDeviceMayHave() throws Exception {
        List<Stranger> runs = new ArrayList<>();
        try {
            for (int i = 0; i < LinkLimits.DIRECT_LINKS_OF_ONE; i++) {
                Stranger run = Stranger.dial(ann.address(), keyOf(member));
                runs.add(run);
                run.greet();
                if (i > 0) {
                    assertThat(runs.get(i - 1).hearBye()).isEqualTo(DirectFrame.Bye.REPLACED);
                }
                ann.heard.awaitUp(2);
            }
            Stranger tooMany = Stranger.dial(ann.address(), keyOf(member));
            runs.add(tooMany);
            tooMany.greet();
            assertThat(tooMany.hearBye()).isEqualTo(DirectFrame.Bye.FULL);
        } finally {
            for (Stranger run : runs) {
                run.close();
            }
        }
        ann.heard.awaitRefused(DirectDown.FULL);
    }

    /** We dial, and somebody else answers, or nobody does. */
    @Test
    void whatAnswersWhenWeDialIsJudgedAsWell() throws Exception {
        End other = End.listening(club);
        try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            ann.links.seek(Club.nameOf(member), List.of(other.address()));
            ann.heard.awaitRefused(DirectDown.OTHER_DEVICE);
            ann.links.seek(Club.nameOf(member), List.of(new DirectAddress("127.0.0.1", mute.getLocalPort())));
            ann.heard.awaitRefused(DirectDown.SILENT);
            ann.links.seek(Club.nameOf(member), List.of(ann.address()));
            assertThat(other.heard.ups).isEmpty();
            nobodyElseIsUp();
        } finally {
            other.close();
        }
    }

    @Test
    void whoeverDoesNotAdmitUsSaysSo() {
        DeviceKey stranger = club.stranger();
        try (End outside = new End(club, stranger, End.QUICK, 0)) {
            outside.links.seek(ann.name(), List.of(ann.address()));
            outside.heard.awaitRefused(DirectDown.NOT_ADMITTED);
            assertThat(outside.heard.refusals)
                    .anyMatch(refused -> refused.explanation().contains("does not admit this device"));
            ann.heard.awaitRefused(DirectDown.NOT_ADMITTED);
        }
        nobodyElseIsUp();
    }
}

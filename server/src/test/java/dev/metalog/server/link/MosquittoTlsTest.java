package dev.metalog.server.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code mqtts} against a Mosquitto with certificates that are right, and with such as are not. */
@Timeout(60)
class MosquittoTlsTest {
    @TempDir
    private Path folder;

    private final List<RelayLink> links = new ArrayList<>();
    private Mosquitto broker;

    @BeforeAll
    static void needed() {
        Mosquitto.assumeInstalled();
    }

    @AfterEach
    void stop() throws Exception {
        links.forEach(link -> link.close(Duration.ofMillis(300)));
        if (broker != null) {
            broker.stop();
        }
    }

    private RelayAddress serve(Path certificate) throws Exception {
        broker = new Mosquitto(folder, "certfile " + certificate, "keyfile " + Certificates.keyOf(certificate));
        broker.start();
        return new RelayAddress(true, "", "localhost", broker.port());
    }

    private RelayLink started(RelaySettings settings, Recorder heard, String... filters) {
        RelayLink link = new RelayLink(settings, heard);
        links.add(link);
        for (String filter : filters) {
            link.subscribe(filter);
        }
        link.start();
        return link;
    }

    /** The whole explanation, which has to name the broker and what happens next. */
    private String untrusted(RelaySettings settings) {
        Recorder heard = new Recorder();
        started(settings, heard);
        heard.awaitDown(DownReason.UNTRUSTED);
        assertThat(heard.ups).isEmpty();
        String explanation = heard.downs.peek().explanation();
        assertThat(explanation).contains(settings.address().url(), "could not be trusted", "Local editing goes on");
        return explanation;
    }

    @Test
    void itsAuthorityIsBelievedAndNoOther() throws Exception {
        Certificates ours = new Certificates(folder, "ours");
        Certificates others = new Certificates(folder, "others");
        RelayAddress secure = serve(ours.sign("localhost", 2));

        Recorder trusting = new Recorder();
        RelayLink link = started(RelaySettings.of(secure).withAuthorities(ours.authority()), trusting, "s/#");
        trusting.awaitUp(1);
        link.publish("s/x", new byte[200_000], 1, false, 1);
        link.publish("s/x", "over TLS".getBytes(UTF_8), 1, false, 2);
        Recorder.awaitThat("arrived", () -> trusting.texts().contains("over TLS"));

        assertThat(untrusted(RelaySettings.of(secure).withAuthorities(others.authority())))
                .contains("an authority that is not believed here", "META_LOG_MQTT_CA_FILE");
        assertThat(untrusted(RelaySettings.of(secure))).contains("an authority that is not believed here");
        assertThat(trusting.downs).isEmpty();
    }

    @Test
    void aCertificateForAnotherHostIsTold() throws Exception {
        Certificates ours = new Certificates(folder, "ours");
        RelayAddress secure = serve(ours.sign("broker.example", 2));
        assertThat(untrusted(RelaySettings.of(secure).withAuthorities(ours.authority())))
                .contains("Its certificate is not for localhost");
        RelayAddress byNumber = new RelayAddress(true, "", "127.0.0.1", broker.port());
        assertThat(untrusted(RelaySettings.of(byNumber).withAuthorities(ours.authority())))
                .contains("Its certificate is not for 127.0.0.1");
    }

    @Test
    void anExpiredCertificateIsTold() throws Exception {
        Certificates ours = new Certificates(folder, "ours");
        RelayAddress secure = serve(ours.sign("localhost", -1));
        assertThat(untrusted(RelaySettings.of(secure).withAuthorities(ours.authority())))
                .contains("its certificate has expired");
    }

    /** The pauses grow as they do for every other trouble, and a certificate that was cured is believed by itself. */
    @Test
    void aBrokerThatIsNotTrustedIsNotFloodedAndIsTakenOnceItIsCured() throws Exception {
        Certificates ours = new Certificates(folder, "ours");
        RelayAddress secure = serve(ours.sign("localhost", -1));
        Recorder heard = new Recorder();
        long beforeNanos = System.nanoTime();
        started(RelaySettings.of(secure).withAuthorities(ours.authority()), heard);
        Recorder.awaitThat("four attempts", () -> heard.downs.size() >= 4);
        // The pauses between four attempts are 250, 500 and 1,000 ms, each shortened by 30 % at most.
        assertThat(Duration.ofNanos(System.nanoTime() - beforeNanos)).isGreaterThan(Duration.ofMillis(1_225));
        assertThat(heard.reasons()).containsOnly(DownReason.UNTRUSTED);

        Path good = ours.sign("localhost", 2);
        Path bad = folder.resolve("ours-localhost-expired.pem");
        Files.copy(good, bad, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                Certificates.keyOf(good), Certificates.keyOf(bad), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        broker.stop();
        broker.start();
        heard.awaitUp(1);
    }

    @Test
    void aPlainBrokerBehindATlsAddressIsToldAsUntrusted() throws Exception {
        broker = new Mosquitto(folder);
        broker.start();
        Recorder heard = new Recorder();
        started(RelaySettings.of(new RelayAddress(true, "", "127.0.0.1", broker.port())), heard);
        Recorder.awaitThat("down", () -> !heard.downs.isEmpty());
        assertThat(heard.downs.peek().explanation()).contains("mqtts://127.0.0.1");
    }

    @Test
    void aUselessFileOfAuthoritiesIsRefusedAtOnce() throws Exception {
        RelayAddress secure = new RelayAddress(true, "", "localhost", 8883);
        Path empty = Files.writeString(folder.resolve("empty.pem"), "not a certificate");
        assertThatThrownBy(() -> new RelayLink(RelaySettings.of(secure).withAuthorities(empty), new Recorder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty.pem")
                .hasMessageContaining("certificate authorities for the broker");
        assertThatThrownBy(() -> new RelayLink(
                        RelaySettings.of(secure).withAuthorities(folder.resolve("absent.pem")), new Recorder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("absent.pem");
    }
}

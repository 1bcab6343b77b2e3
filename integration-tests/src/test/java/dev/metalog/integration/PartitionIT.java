package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ada is at one broker and Ben at another; Zoe is at both. Each of them is told who does not hear whom. */
final class PartitionIT {
    private static final String PASSWORD = "correct horse";

    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void everybodyIsToldAndTheTextPassesAllTheSame() throws Exception {
        Mosquitto here = closed();
        Mosquitto there = Mosquitto.open(rig);
        Driven ada = start("ada", here.url().replace("//", "//ada@"));
        Driven zoe = start("zoe", here.url().replace("//", "//zoe@"));
        Driven ben = start("ben", there.url());
        zoe.call("federate", Map.of("broker", there.url()));
        ada.open(ada.seat().file("plan.txt", "begun\n"));
        String invitation = ada.share();
        for (Driven other : List.of(zoe, ben)) {
            other.join(invitation, other.seat().workspace().resolve("plan.txt"));
            other.waitForText("begun\n");
        }
        List<String> both = new ArrayList<>(List.of(ada.peerId(), ben.peerId()));
        both.sort(null);
        String told = both.get(0) + " and " + both.get(1) + " do not hear each other; what they write passes through "
                + zoe.peerId() + ".";
        for (Driven each : List.of(ada, zoe, ben)) {
            Rig.await("who does not hear whom")
                    .atMost(Duration.ofMinutes(4))
                    .pollInterval(Duration.ofSeconds(2))
                    .until(() -> peers(each).contains(told));
        }
        ada.insert(0, "one, ");
        ben.waitForContains("one, ");
        ben.insert(0, "two, ");
        ada.waitForContains("two, ");
    }

    /** Without direct links, so that the brokers carry everything. */
    private Driven start(String name, String broker) throws Exception {
        Seat seat = rig.seat(name, broker).with("META_LOG_DIRECT", "off").with("META_LOG_MQTT_PASSWORD", PASSWORD);
        return rig.keep(headless().start(seat)).federated();
    }

    /** For Ada and Zoe alone. */
    private Mosquitto closed() throws IOException {
        Path passwords = Files.writeString(rig.folder("secrets").resolve("passwords"), "");
        for (String user : List.of("ada", "zoe")) {
            Run.successfully(
                    rig,
                    rig.folder("run"),
                    Map.of(),
                    Duration.ofSeconds(30),
                    List.of(
                            Tools.need("mosquitto_passwd", "Debian: apt-get install mosquitto"),
                            "-b",
                            passwords.toString(),
                            user,
                            PASSWORD));
        }
        return Mosquitto.start(
                rig,
                List.of(
                        "allow_anonymous false",
                        "password_file " + passwords,
                        "user " + System.getProperty("user.name")));
    }

    private String peers(Driven editor) throws IOException {
        return Run.successfully(
                rig,
                editor.seat().workspace(),
                editor.seat().environment(),
                Duration.ofSeconds(60),
                Product.command("peers"));
    }
}

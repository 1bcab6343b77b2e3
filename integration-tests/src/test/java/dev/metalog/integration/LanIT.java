package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two who met once find each other on their network without any broker, though neither is where it was: by their beacons. */
final class LanIT {
    private static final Pattern PORT = Pattern.compile("^port ([0-9]+)$", Pattern.MULTILINE);

    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void whoMovedIsFoundWithoutABroker() throws Exception {
        Mosquitto broker = Mosquitto.open(rig);
        Seat adasSeat = seat("ada", broker);
        Seat bensSeat = seat("ben", broker);
        Driven ada = rig.keep(headless().start(adasSeat)).federated();
        Driven ben = rig.keep(headless().start(bensSeat)).federated();
        ada.open(adasSeat.file("plan.txt", "together"));
        ben.join(ada.share(), bensSeat.workspace().resolve("plan.txt"));
        ben.waitForText("together");
        Rig.await("both keep what the other's beacon is recognised by")
                .until(() -> statements(adasSeat) == 2 && statements(bensSeat) == 2);
        int adasPort = port(adasSeat).orElseThrow();
        int bensPort = port(bensSeat).orElseThrow();
        ada.close();
        ben.close();
        broker.kill();

        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket inAdasPlace = new ServerSocket(adasPort, 1, loopback);
                ServerSocket inBensPlace = new ServerSocket(bensPort, 1, loopback)) {
            ada = rig.keep(headless().start(adasSeat));
            ben = rig.keep(headless().start(bensSeat));
            ada.open(adasSeat.workspace().resolve("plan.txt"));
            ben.open(bensSeat.workspace().resolve("plan.txt"));
            ada.insert(0, "1 ");
            ben.insert(0, "2 ");
            awaitSame(ada, ben, "1 2 together".length());
            for (int i = 0; i < 50; i++) {
                ada.insert(0, "a");
                ben.insert(ben.text().length(), "b");
            }
            awaitSame(ada, ben, "1 2 together".length() + 100);
            assertThat(List.of(inAdasPlace.getLocalPort(), inBensPlace.getLocalPort()))
                    .doesNotContain(port(adasSeat).orElseThrow(), port(bensSeat).orElseThrow());
        }
        assertThat(adasSeat.logged() + bensSeat.logged()).contains("was seen on this network");
    }

    private Seat seat(String name, Mosquitto broker) throws IOException {
        return rig.seat(name, broker.url()).with("META_LOG_DIRECT", "loopback").with("META_LOG_LAN", "on");
    }

    private static void awaitSame(Driven ada, Driven ben, int length) {
        Rig.await("both have the same " + length + " characters")
                .until(() -> ada.text().length() == length && ada.text().equals(ben.text()));
    }

    /** Its own statement, and those of others. */
    private static long statements(Seat seat) {
        return contacts(seat).lines().filter(line -> line.startsWith("peer ")).count();
    }

    private static OptionalInt port(Seat seat) {
        Matcher matcher = PORT.matcher(contacts(seat));
        return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    private static String contacts(Seat seat) {
        try (Stream<Path> files = Files.walk(seat.home())) {
            StringBuilder text = new StringBuilder();
            for (Path file : files.filter(one -> one.getFileName().toString().startsWith("contacts"))
                    .toList()) {
                text.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

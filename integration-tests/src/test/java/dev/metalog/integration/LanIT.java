package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static dev.metalog.integration.Editors.headlessWith;
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
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two who met once find each other on their network without any broker, though neither is where it was: by their beacons. */
final class LanIT {
    private static final Pattern PORT = Pattern.compile("^port ([0-9]+)$", Pattern.MULTILINE);

    @RegisterExtension
    private final Rig rig = new Rig();

    private Seat adasSeat;
    private Seat bensSeat;
    private Driven ada;
    private Driven ben;

    /** They meet at a broker, within this machine, and end; so does the broker. */
    private void twoWhoMet() throws Exception {
        Mosquitto broker = Mosquitto.open(rig);
        adasSeat = seat("ada", broker);
        bensSeat = seat("ben", broker);
        ada = rig.keep(headless().start(adasSeat)).federated();
        ben = rig.keep(headless().start(bensSeat)).federated();
        ada.open(adasSeat.file("plan.txt", "together"));
        ben.join(ada.share(), bensSeat.workspace().resolve("plan.txt"));
        ben.waitForText("together");
        Rig.await("both keep what the other's beacon is recognised by")
                .until(() -> statements(adasSeat) == 2 && statements(bensSeat) == 2);
        ada.close();
        ben.close();
        broker.kill();
    }

    /** Both come back, of these kinds, and type. */
    private void theyFindEachOther(Editors.Kind adas, Editors.Kind bens) throws Exception {
        ada = rig.keep(adas.start(adasSeat));
        ben = rig.keep(bens.start(bensSeat));
        ada.open(adasSeat.workspace().resolve("plan.txt"));
        ben.open(bensSeat.workspace().resolve("plan.txt"));
        ada.insert(0, "1 ");
        ben.insert(0, "2 ");
        Rig.await("what both typed is at both, or it is said that there is no multicast")
                .until(() -> hasNoMulticast() || isSame(ada, ben, "1 2 together".length()));
        Assumptions.assumeFalse(hasNoMulticast(), "skipped: there is no multicast here");
        for (int i = 0; i < 50; i++) {
            ada.insert(0, "a");
            ben.insert(ben.text().length(), "b");
        }
        awaitSame(ada, ben, "1 2 together".length() + 100);
        assertThat(adasSeat.logged() + bensSeat.logged()).contains("was seen on this network");
    }

    private boolean hasNoMulticast() throws IOException {
        return (adasSeat.logged() + bensSeat.logged()).contains("not found by multicast DNS");
    }

    @Test
    void whoMovedIsFoundWithoutABroker() throws Exception {
        twoWhoMet();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket inAdasPlace = new ServerSocket(port(adasSeat).orElseThrow(), 1, loopback);
                ServerSocket inBensPlace = new ServerSocket(port(bensSeat).orElseThrow(), 1, loopback)) {
            theyFindEachOther(headless(), headless());
            assertThat(List.of(inAdasPlace.getLocalPort(), inBensPlace.getLocalPort()))
                    .doesNotContain(port(adasSeat).orElseThrow(), port(bensSeat).orElseThrow());
        }
    }

    /** Ben's machine is in another network at first, and gets another address while his sidecar runs. */
    @Test
    void twoMachinesWithACableAreEnough() throws Exception {
        Cable cable = Cable.lay(rig).with(0, "198.51.100.1/24").with(1, "203.0.113.2/24");
        twoWhoMet();
        theyFindEachOther(over(cable, 0), seat -> {
            Driven driven = over(cable, 1).start(seat);
            cable.without(1).with(1, "198.51.100.2/24");
            return driven;
        });
    }

    @Test
    void ipv6AloneIsEnoughToo() throws Exception {
        Cable cable = Cable.lay(rig).with(0, "fd00:7::1/64").with(1, "fd00:7::2/64");
        twoWhoMet();
        theyFindEachOther(over(cable, 0), over(cable, 1));
    }

    private static Editors.Kind over(Cable cable, int end) {
        return seat -> headlessWith(cable.at(end, Product.serve())).start(seat.with("META_LOG_DIRECT", "on"));
    }

    private Seat seat(String name, Mosquitto broker) throws IOException {
        return rig.seat(name, broker.url()).with("META_LOG_DIRECT", "loopback").with("META_LOG_LAN", "on");
    }

    private static void awaitSame(Driven ada, Driven ben, int length) {
        Rig.await("both have the same " + length + " characters").until(() -> isSame(ada, ben, length));
    }

    private static boolean isSame(Driven ada, Driven ben, int length) {
        return ada.text().length() == length && ada.text().equals(ben.text());
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

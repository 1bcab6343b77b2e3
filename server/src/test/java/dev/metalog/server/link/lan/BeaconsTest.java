package dev.metalog.server.link.lan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.metalog.server.link.LinkLimits;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real packets on the loopback interface, on a port of the test's own. */
@Timeout(60)
class BeaconsTest {
    private final List<Beacons> all = new ArrayList<>();
    private final Random random = new Random(5);
    private int port;

    private static final class Heard implements BeaconListener {
        final List<byte[]> beacons = new CopyOnWriteArrayList<>();
        final List<String> problems = new CopyOnWriteArrayList<>();

        @Override
        public void seen(byte[] beacon) {
            beacons.add(beacon);
        }

        @Override
        public void unavailable(String explanation) {
            problems.add(explanation);
        }

        boolean has(byte[] beacon) {
            return beacons.stream().anyMatch(one -> java.util.Arrays.equals(one, beacon));
        }
    }

    @BeforeEach
    void aPortOfOurOwn() throws IOException {
        try (DatagramSocket free = new DatagramSocket()) {
            port = free.getLocalPort();
        }
    }

    @AfterEach
    void end() {
        all.forEach(Beacons::close);
    }

    private Beacons beacons(Heard heard) {
        Beacons made = new Beacons(true, port, heard);
        all.add(made);
        return made;
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Shown again until it is seen, as a sidecar does: whoever has just begun may miss one. */
    private static void awaitSeen(Beacons by, byte[] beacon, Heard heard) {
        assumeTrue(heard.problems.isEmpty(), () -> "this machine has no multicast: " + heard.problems);
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            by.show(beacon);
            return heard.has(beacon);
        });
    }

    @Test
    void twoSeeEachOtherAndNotThemselves() {
        Heard first = new Heard();
        Heard second = new Heard();
        Beacons one = beacons(first);
        Beacons other = beacons(second);
        byte[] ofOne = bytes(431);
        byte[] ofOther = bytes(431);
        one.watch();
        awaitSeen(other, ofOther, first);
        awaitSeen(one, ofOne, second);
        assertThat(first.has(ofOne)).isFalse();
        assertThat(second.has(ofOther)).isFalse();
        assertThat(first.beacons).as("it was shown more than once").hasSize(1);
    }

    @Test
    void afterAFloodOfAllSortsTheNextIsSeen() throws IOException {
        Heard heard = new Heard();
        Beacons watching = beacons(heard);
        watching.watch();
        Beacons other = beacons(new Heard());
        awaitSeen(other, bytes(431), heard);

        InetAddress group = InetAddress.getByName("224.0.0.251");
        try (MulticastSocket flood = new MulticastSocket(null)) {
            flood.setReuseAddress(true);
            flood.bind(new InetSocketAddress(port));
            flood.setNetworkInterface(NetworkInterface.networkInterfaces()
                    .filter(BeaconsTest::isLoopback)
                    .findFirst()
                    .orElseThrow());
            for (int i = 0; i < 20_000; i++) {
                byte[] packet = i % 2 == 0 ? packet(bytes(431)) : bytes(1 + random.nextInt(1_400));
                if (i % 4 == 0) {
                    packet[random.nextInt(packet.length)] = (byte) random.nextInt();
                }
                flood.send(new DatagramPacket(packet, packet.length, group, port));
            }
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> watching.tally().dropped() > 0);
        assertThat(watching.tally().most()).isLessThanOrEqualTo(LinkLimits.LAN_BEACONS_A_SECOND);
        byte[] later = bytes(431);
        awaitSeen(other, later, heard);
    }

    private static boolean isLoopback(NetworkInterface one) {
        try {
            return one.isLoopback();
        } catch (IOException e) {
            return false;
        }
    }

    private static byte[] packet(byte[] beacon) {
        return BeaconRecordsTest.encoded(
                BeaconRecords.packet(beacon, false, new InetSocketAddress("224.0.0.251", Beacons.PORT)));
    }

    @Test
    void withoutMulticastItIsSaidOnceAndNothingElseHappens() throws IOException {
        Heard heard = new Heard();
        Beacons beacons = beacons(heard);
        try (DatagramSocket taken = new DatagramSocket(null)) {
            taken.setReuseAddress(false);
            taken.bind(new InetSocketAddress(port));
            beacons.watch();
            await().atMost(Duration.ofSeconds(20)).until(() -> !heard.problems.isEmpty());
            for (int i = 0; i < 20; i++) {
                beacons.show(bytes(431));
            }
        }
        Heard other = new Heard();
        beacons(other).watch();
        awaitSeen(beacons, bytes(431), other);
        assertThat(heard.problems).hasSize(1).first().asString().contains("multicast DNS");
    }

    @Test
    void itEndsInTimeWheneverItIsTold() {
        for (int i = 0; i < 10; i++) {
            Beacons beacons = beacons(new Heard());
            if (i > 0) {
                beacons.show(bytes(431));
            }
            if (i > 5) {
                await().atMost(Duration.ofSeconds(20)).until(() -> threads() > 0);
            }
            long before = System.nanoTime();
            beacons.close();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
            beacons.show(bytes(431));
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> threads() == 0);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("meta-log-lan"))
                .count();
    }

    @Test
    void whatIsNoBeaconIsNotShown() {
        Beacons beacons = beacons(new Heard());
        assertThatIllegalArgumentException().isThrownBy(() -> beacons.show(new byte[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> beacons.show(new byte[LinkLimits.LAN_BEACON_BYTES + 1]));
        assertThat(threads())
                .as("nothing is loaded before anything is watched or shown")
                .isZero();
    }
}

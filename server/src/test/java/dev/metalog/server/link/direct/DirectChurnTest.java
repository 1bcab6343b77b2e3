package dev.metalog.server.link.direct;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.metalog.protocol.DirectFrame;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.TransportVoucher;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who comes and goes ten thousand times leaves nothing behind: no thread, no descriptor, no memory, and few words. */
@Timeout(180)
class DirectChurnTest {
    private static final int CONNECTIONS = 10_000;
    private static final int LINKS = 200;
    private static final long SLACK_BYTES = 6L << 20;

    private final Club club = new Club();

    private static long descriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    private static long heapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long ourThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("meta-log-direct"))
                .count();
    }

    private static void churn(End host, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            try (Socket socket = Stranger.tcp(host.address())) {
                switch (i % 4) {
                    case 0 -> socket.getOutputStream().write(0x16);
                    case 1 ->
                        socket.getOutputStream()
                                .write("GET /\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    case 2 -> socket.setSoLinger(true, 0);
                    default -> {}
                }
            }
        }
    }

    /** Some of those before may not have been found gone yet, and of one address there may only be a few. */
    private static Stranger dialUntilLetIn(End host, TransportKey key) {
        AtomicReference<Stranger> in = new AtomicReference<>();
        host.heard.awaitThat("let in", () -> {
            try {
                in.set(Stranger.dial(host.address(), key));
            } catch (IOException turnedAway) {
                return false;
            }
            return true;
        });
        return in.get();
    }

    private void linkAndLeave(End host, TransportKey key, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            int ups = host.heard.ups.size();
            try (Stranger stranger = dialUntilLetIn(host, key)) {
                stranger.greet();
                host.heard.awaitUp(ups + 1);
                if (i % 2 == 0) {
                    stranger.say(new DirectFrame.Bye(DirectFrame.Bye.CLOSING, "bye"));
                    stranger.hearBye();
                }
            }
            host.heard.awaitThat("gone", () -> host.links.links().isEmpty());
        }
    }

    @Test
    void tenThousandConnectionsLeaveNothingBehind() throws Exception {
        Assumptions.assumeTrue(
                ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean,
                "Descriptors are counted on Unix alone.");
        DeviceKey member = club.member();
        TransportKey key = TransportKey.create(spki -> TransportVoucher.issue(member, spki));
        try (End host = End.listening(club)) {
            churn(host, 1_000);
            linkAndLeave(host, key, 20);
            long threads = ourThreads();
            long descriptors = descriptors();
            long heap = heapBytes();
            churn(host, CONNECTIONS);
            linkAndLeave(host, key, LINKS);
            host.heard.awaitThat("descriptors as before", () -> descriptors() <= descriptors);
            host.heard.awaitThat("memory as before", () -> heapBytes() <= heap + SLACK_BYTES);
            assertThat(ourThreads()).isLessThanOrEqualTo(threads);
            assertThat(host.heard.refusals).as("told once for each reason").hasSizeLessThan(6);
        }
        new Witness().awaitThat("no thread", () -> ourThreads() == 0);
    }
}

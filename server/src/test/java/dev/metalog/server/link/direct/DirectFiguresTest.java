package dev.metalog.server.link.direct;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/benchmarks.md says of direct links, measured on the loopback address; the bounds only guard against blunders. */
@Timeout(120)
class DirectFiguresTest {
    private static final int PAYLOAD_BYTES = 256;
    private static final int SINGLE = Integer.getInteger("direct.single", 2_000);
    private static final int BURST = Integer.getInteger("direct.burst", 20_000);
    private static final int HANDSHAKES = Integer.getInteger("direct.handshakes", 100);
    private static final int WINDOW = 2_000;

    private final Club club = new Club();

    /** Notes when each message arrives. */
    private static final class Clock implements DirectListener {
        final BlockingQueue<Long> tookNanos = new LinkedBlockingQueue<>();
        final Semaphore room = new Semaphore(WINDOW);
        volatile List<DirectAddress> addresses;

        @Override
        public void listening(List<DirectAddress> found) {
            addresses = found;
        }

        @Override
        public void up(RemoteDevice who, DirectAddress where, boolean dialled) {}

        @Override
        public void down(RemoteDevice who, DirectDown reason, String explanation) {}

        @Override
        public void message(RemoteDevice from, String topic, byte[] payload) {
            room.release();
            tookNanos.add(System.nanoTime() - ByteBuffer.wrap(payload).getLong());
        }

        @Override
        public boolean messageAtOnce(RemoteDevice from, String topic, byte[] payload) {
            message(from, topic, payload);
            return true;
        }

        @Override
        public void settled(long token) {}

        @Override
        public void proved(long token) {}

        @Override
        public void unproved(long token) {}

        @Override
        public void refused(DirectAddress where, DirectDown reason, String explanation) {}
    }

    private static byte[] stamped() {
        byte[] payload = new byte[PAYLOAD_BYTES];
        ByteBuffer.wrap(payload).putLong(System.nanoTime());
        return payload;
    }

    private static long micros(long[] nanos, int percent) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1_000;
    }

    @Test
    void oneMessageAtATimeAndAsManyAsGoThrough() throws InterruptedException {
        Clock clock = new Clock();
        End writer = End.of(club);
        var device = club.member();
        try (writer;
                DirectLinks reader =
                        new DirectLinks(new DirectSettings(0, true), club.doormanOf(device), clock, End.QUICK)) {
            reader.listen();
            reader.subscribe("f/x");
            writer.heard.awaitThat("listening", () -> clock.addresses != null);
            writer.links.seek(Club.nameOf(device), List.of(clock.addresses.get(0)));
            writer.heard.awaitUp(1);
            long[] nanos = new long[SINGLE];
            for (int i = 0; i < 2 * SINGLE; i++) {
                writer.links.publish("f/x", stamped(), true);
                nanos[i % SINGLE] = clock.tookNanos.poll(10, TimeUnit.SECONDS);
            }
            clock.room.drainPermits();
            clock.room.release(WINDOW);
            long before = System.nanoTime();
            for (int i = 0; i < BURST; i++) {
                assertThat(clock.room.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
                assertThat(writer.links.publish("f/x", stamped(), false)).isEqualTo(1);
            }
            for (int i = 0; i < BURST; i++) {
                assertThat(clock.tookNanos.poll(10, TimeUnit.SECONDS)).isNotNull();
            }
            double seconds = (System.nanoTime() - before) / 1e9;
            System.out.printf(
                    "MEASURED direct link, publish to deliver, 256 B, %d messages: p50 %d µs, p99 %d µs; ping %d µs; %.0f messages/s%n",
                    SINGLE,
                    micros(nanos, 50),
                    micros(nanos, 99),
                    writer.links.links().get(0).roundTripMicros(),
                    BURST / seconds);
            // Tens of microseconds on a quiet machine; this guards against Nagle's 40 ms and the like.
            assertThat(micros(nanos, 50)).isLessThan(20_000);
            assertThat(BURST / seconds).isGreaterThan(1_000);
        }
    }

    /** From the seeking to the link, with the look at the voucher on both sides. */
    @Test
    void fromSeekingToTheLink() {
        try (End host = End.listening(club);
                End guest = End.of(club)) {
            long[] nanos = new long[HANDSHAKES];
            for (int i = 0; i < 2 * HANDSHAKES; i++) {
                int ups = guest.heard.ups.size();
                long before = System.nanoTime();
                guest.links.seek(host.name(), List.of(host.address()));
                while (guest.heard.ups.size() == ups) {
                    LockSupport.parkNanos(20_000);
                    assertThat(System.nanoTime() - before)
                            .isLessThan(Duration.ofSeconds(10).toNanos());
                }
                nanos[i % HANDSHAKES] = System.nanoTime() - before;
                guest.links.forsake(host.name());
                guest.heard.awaitThat("gone", () -> guest.heard.downs.size() == guest.heard.ups.size());
                host.heard.awaitThat("gone there", () -> host.links.links().isEmpty());
            }
            System.out.printf(
                    "MEASURED direct link, from seeking to up, %d times: p50 %d µs, p99 %d µs%n",
                    HANDSHAKES, micros(nanos, 50), micros(nanos, 99));
            assertThat(micros(nanos, 50)).isLessThan(1_000_000);
        }
    }
}

package dev.metalog.server.link.direct;

import dev.metalog.server.identity.DeviceKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** One sidecar's direct links on the loopback address, with a device of its own and what it heard. */
final class End implements AutoCloseable {
    /** As ours, with short pauses and much patience for a busy machine. */
    static final DirectTimes QUICK = new DirectTimes(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(60),
            Duration.ofMillis(50),
            Duration.ofMillis(400),
            Duration.ofMillis(200),
            Duration.ofSeconds(20),
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ofMillis(200),
            Duration.ofMillis(700),
            Duration.ofMillis(100));

    final DeviceKey device;
    final Witness heard = new Witness();
    final DirectLinks links;

    End(Club club, DeviceKey device, DirectTimes times, int port) {
        this.device = device;
        links = new DirectLinks(new DirectSettings(port, true), club.doormanOf(device), heard, times);
    }

    static End of(Club club) {
        return new End(club, club.member(), QUICK, 0);
    }

    static End listening(Club club) {
        End end = of(club);
        end.listen();
        return end;
    }

    void listen() {
        links.listen();
        heard.awaitThat("listening", () -> heard.addresses != null);
    }

    List<DirectAddress> addresses() {
        return heard.addresses;
    }

    /** Of IPv4. */
    DirectAddress address() {
        return heard.addresses.get(0);
    }

    void seek(End other) {
        links.seek(other.name(), other.addresses());
    }

    String name() {
        return Club.nameOf(device);
    }

    RemoteDevice asRemote() {
        return Club.remote(device);
    }

    int say(String topic, String text) {
        return links.publish(topic, text.getBytes(StandardCharsets.UTF_8), true);
    }

    @Override
    public void close() {
        heard.mayHear.release(1_000_000);
        links.close();
    }
}

package dev.metalog.server.link.direct;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.server.link.LinkLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bounds that are reached with real links: what happens there is what is written at each. */
@Timeout(120)
class DirectPressureTest {
    private final Club club = new Club();
    private final List<End> ends = new ArrayList<>();

    private End end() {
        return keep(End.listening(club));
    }

    private End keep(End end) {
        ends.add(end);
        return end;
    }

    @AfterEach
    void closeAll() {
        ends.forEach(End::close);
    }

    private static void link(End ann, End ben) {
        int before = ben.heard.ups.size();
        ann.links.seek(ben.name(), List.of(ben.address()));
        ben.heard.awaitUp(before + 1);
        ann.heard.awaitThat(
                "linked",
                () -> ann.links.links().stream().anyMatch(view -> view.who().equals(ben.asRemote())));
    }

    /** A listener that blocks: its links are read no further, nothing is lost, and pings are answered meanwhile. */
    @Test
    void aListenerThatBlocksHoldsUpTheSenderAndNotThePings() {
        DirectTimes pinging = new DirectTimes(
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofMillis(50),
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
        End ann = end();
        End ben = end();
        End cat = keep(new End(club, club.member(), pinging, 0));
        ben.links.subscribe("b/x");
        link(ann, ben);
        link(cat, ben);
        ben.heard.mayHear.drainPermits();
        byte[] payload = new byte[1_000];
        int total = LinkLimits.DIRECT_UNHEARD_MESSAGES * 12;
        for (int i = 0; i < total; i++) {
            byte[] numbered = (i + " ").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            System.arraycopy(numbered, 0, payload, 0, numbered.length);
            assertThat(ann.links.publish("b/x", payload.clone(), false)).isEqualTo(1);
        }
        // A new answer to a ping, while the listener stands still.
        long before = cat.links.links().get(0).bytesOut();
        cat.heard.awaitThat("pings go on", () -> cat.links.links().get(0).bytesOut() > before + 20 * 13);
        assertThat(cat.links.links().get(0).roundTripMicros()).isNotNegative();
        assertThat(cat.heard.downs).isEmpty();
        assertThat(ben.heard.messages).isEmpty();
        ben.heard.mayHear.release(total);
        ben.heard.awaitThat("all there", () -> ben.heard.messages.size() == total);
        assertThat(ben.heard.texts().stream()
                        .map(text -> Integer.parseInt(text.substring(0, text.indexOf(' '))))
                        .toList())
                .isEqualTo(IntStream.range(0, total).boxed().toList());
        assertThat(ann.heard.downs).isEmpty();
    }

    /** More than may wait: the link is closed for that, and dialled again. */
    @Test
    void aQueueThatIsFullClosesTheLinkWhichIsDialledAgain() {
        End ann = end();
        End ben = end();
        ben.links.subscribe("o/x");
        link(ann, ben);
        ben.heard.mayHear.drainPermits();
        byte[] payload = new byte[200_000];
        int sent = 0;
        while (ann.links.publish("o/x", payload, false) == 1) {
            sent++;
            assertThat((long) sent * payload.length).isLessThan(200L << 20);
        }
        assertThat((long) sent * payload.length).isGreaterThan(LinkLimits.DIRECT_QUEUE_BYTES - payload.length);
        ann.heard.awaitDown(DirectDown.OVERFLOW);
        ben.heard.mayHear.release(1_000_000);
        ann.heard.awaitUp(2);
        ben.heard.awaitUp(2);
        ann.heard.awaitThat("carries again", () -> ann.say("o/x", "afterwards") == 1);
        ben.heard.awaitThat("heard", () -> ben.heard.texts().contains("afterwards"));
        assertThat(ben.heard.downs).hasSize(1);
    }

    @Test
    void moreTopicsThanAreToldWaitInLine() {
        End ann = end();
        End ben = end();
        for (int i = 0; i <= LinkLimits.DIRECT_TOPICS; i++) {
            ben.links.subscribe("many/" + i);
        }
        link(ann, ben);
        assertThat(ann.say("many/0", "first")).isEqualTo(1);
        assertThat(ann.say("many/" + (LinkLimits.DIRECT_TOPICS - 1), "last told"))
                .isEqualTo(1);
        assertThat(ann.say("many/" + LinkLimits.DIRECT_TOPICS, "not told")).isZero();
        ben.links.unsubscribe("many/0");
        ann.heard.awaitThat("told now", () -> ann.say("many/" + LinkLimits.DIRECT_TOPICS, "told") == 1);
        ben.heard.awaitThat("heard", () -> ben.heard.texts().contains("told"));
        assertThat(ben.heard.downs).isEmpty();
    }

    @Test
    void moreDevicesThanThereMayBeAreTurnedAway() {
        End host = end();
        for (int i = 0; i < LinkLimits.DIRECT_DEVICES; i++) {
            link(keep(End.of(club)), host);
        }
        End tooMany = keep(End.of(club));
        tooMany.links.seek(tooMany.name(), List.of());
        tooMany.links.seek(host.name(), List.of(host.address()));
        tooMany.heard.awaitRefused(DirectDown.FULL);
        host.heard.awaitRefused(DirectDown.FULL);
        assertThat(host.links.links()).hasSize(LinkLimits.DIRECT_DEVICES);
        ends.get(1).close();
        host.heard.awaitDown(DirectDown.LEFT);
        tooMany.heard.awaitUp(1);
    }

    @Test
    void moreDevicesThanMayBeSoughtAreRefused() {
        End ann = end();
        DirectAddress nowhere = new DirectAddress("127.0.0.1", 1);
        for (int i = 0; i < LinkLimits.DIRECT_SOUGHT; i++) {
            ann.links.seek("device " + i, List.of());
        }
        ann.links.seek("one more", List.of(nowhere));
        ann.heard.awaitRefused(DirectDown.FULL);
        assertThat(ann.heard.refusals.peek().explanation()).contains("device one more is not");
        ann.links.forsake("device 0");
        ann.links.seek("another", List.of(nowhere));
        ann.heard.awaitRefused(DirectDown.UNREACHABLE);
    }
}

package dev.metalog.server.link.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.link.CutProxy;
import dev.metalog.server.link.LinkLimits;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What two ends do with each other, over real sockets. */
@Timeout(90)
class DirectLinksTest {
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

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void link(End ann, End ben) {
        ann.seek(ben);
        ann.heard.awaitUp(1);
        ben.heard.awaitUp(1);
    }

    @Test
    void carriesMessagesBothWaysInOrder() {
        End ann = end();
        End ben = end();
        ann.links.subscribe("t/to-ann");
        ben.links.subscribe("t/to-ben");
        // By one address: order is kept within a link, and two addresses may give two for a moment.
        ann.links.seek(ben.name(), ben.addresses().subList(0, 1));
        ann.heard.awaitUp(1);
        ben.heard.awaitUp(1);
        assertThat(ann.heard.ups).singleElement().satisfies(up -> {
            assertThat(up.who()).isEqualTo(ben.asRemote());
            assertThat(up.dialled()).isTrue();
        });
        assertThat(ben.heard.ups).singleElement().satisfies(up -> {
            assertThat(up.who()).isEqualTo(ann.asRemote());
            assertThat(up.dialled()).isFalse();
        });
        for (int i = 0; i < 2_000; i++) {
            assertThat(ann.say("t/to-ben", "a" + i)).isEqualTo(1);
            assertThat(ben.say("t/to-ann", "b" + i)).isEqualTo(1);
        }
        ben.heard.awaitThat("all there", () -> ben.heard.messages.size() == 2_000);
        ann.heard.awaitThat("all there", () -> ann.heard.messages.size() == 2_000);
        assertThat(ben.heard.texts())
                .isEqualTo(IntStream.range(0, 2_000).mapToObj(i -> "a" + i).toList());
        assertThat(ann.heard.texts())
                .isEqualTo(IntStream.range(0, 2_000).mapToObj(i -> "b" + i).toList());
        assertThat(ben.heard.messages.peek().from()).isEqualTo(ann.asRemote());
    }

    @Test
    void onlyWhatIsWantedIsSent() {
        End ann = end();
        End ben = end();
        link(ann, ben);
        assertThat(ann.say("s/one", "nobody wants it")).isZero();
        ben.links.subscribe("s/one");
        ann.heard.awaitThat("told", () -> ann.say("s/one", "1") == 1);
        ben.heard.awaitThat("the first", () -> ben.heard.texts().contains("1"));
        ben.links.unsubscribe("s/one");
        ben.links.subscribe("s/two");
        ann.heard.awaitThat("told", () -> ann.say("s/two", "2") == 1);
        assertThat(ann.say("s/one", "3")).isZero();
        ben.heard.awaitThat("the last one", () -> ben.heard.texts().contains("2"));
        assertThat(ben.heard.texts()).containsExactly("1", "2");
    }

    @Test
    void whatIsUrgentOvertakes() {
        End ann = end();
        End ben = end();
        ben.links.subscribe("u/x");
        link(ann, ben);
        ben.heard.mayHear.drainPermits();
        byte[] bulk = new byte[100_000];
        Arrays.fill(bulk, (byte) 'b');
        for (int i = 0; i < 60; i++) {
            assertThat(ann.links.publish("u/x", bulk, false)).isEqualTo(1);
        }
        assertThat(ann.say("u/x", "urgent")).isEqualTo(1);
        ben.heard.mayHear.release(1_000);
        ben.heard.awaitThat("all there", () -> ben.heard.messages.size() == 61);
        assertThat(ben.heard.texts().indexOf("urgent")).isLessThan(60);
    }

    @Test
    void sizesUpToTheLimitPass() {
        End ann = end();
        End ben = end();
        String longest = "p/" + "t".repeat(LinkLimits.TOPIC_BYTES - 2);
        ben.links.subscribe(longest);
        link(ann, ben);
        byte[] largest = new byte[LinkLimits.PACKET_BYTES - 3 - LinkLimits.TOPIC_BYTES];
        Arrays.fill(largest, (byte) 'x');
        assertThat(ann.links.publish(longest, largest, false)).isEqualTo(1);
        ben.heard.awaitThat("there", () -> ben.heard.messages.size() == 1);
        assertThat(ben.heard.messages.peek().text()).hasSize(largest.length);
        assertThatThrownBy(() -> ann.links.publish(longest, new byte[largest.length + 1], false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Send it in parts");
        assertThatThrownBy(() -> ann.links.subscribe("p/+")).isInstanceOf(IllegalArgumentException.class);
    }

    /** Both dial at the same time; however it goes, one link is left and nothing that was said meanwhile is lost. */
    @Test
    void ofTwoLinksOneIsKeptWithoutAGap() {
        for (int round = 0; round < 25; round++) {
            try (End ann = End.listening(club);
                    End ben = End.listening(club)) {
                ann.links.subscribe("g/x");
                ben.links.subscribe("g/x");
                ann.seek(ben);
                ben.seek(ann);
                ann.heard.awaitUp(1);
                ben.heard.awaitUp(1);
                for (int i = 0; i < 300; i++) {
                    assertThat(ann.say("g/x", "a" + i)).isEqualTo(1);
                    assertThat(ben.say("g/x", "b" + i)).isEqualTo(1);
                }
                ann.heard.awaitThat("all at ann", () -> new HashSet<>(ann.heard.texts()).size() == 300);
                ben.heard.awaitThat("all at ben", () -> new HashSet<>(ben.heard.texts()).size() == 300);
                assertThat(ann.heard.messages).hasSize(300);
                assertThat(ben.heard.messages).hasSize(300);
                assertThat(ann.links.links()).hasSize(1);
                assertThat(ben.links.links()).hasSize(1);
                ann.heard.awaitThat(
                        "both keep the same",
                        () -> ann.links.links().get(0).dialled()
                                != ben.links.links().get(0).dialled());
                assertThat(ann.heard.ups).hasSize(1);
                assertThat(ben.heard.ups).hasSize(1);
                assertThat(ann.heard.downs).isEmpty();
                assertThat(ben.heard.downs).isEmpty();
            }
        }
    }

    @Test
    void aLinkWhoseOtherEndIsSilentShowsThatItWorks() {
        End ann = end();
        End ben = end();
        ben.links.subscribe("p/x");
        link(ann, ben);
        assertThat(ann.links.publish("p/x", new byte[1], true, null, true, 7)).isEqualTo(1);
        ann.heard.awaitThat("shown", () -> ann.heard.proved.contains(7L));
        assertThat(ann.links.publish("p/x", new byte[1], true, null, false, 8)).isEqualTo(1);
        assertThat(ann.links.publish("p/x", new byte[1], true, null, true, 9)).isEqualTo(1);
        ann.heard.awaitThat("shown", () -> ann.heard.proved.contains(9L));
        assertThat(ann.heard.proved).containsExactly(7L, 9L);
        assertThat(ann.heard.unproved).isEmpty();
    }

    /** The connection is up on both ends for a minute yet. */
    @Test
    void aLinkThatCarriesNothingAnyMoreIsToldWithinASecond() throws IOException {
        End ann = end();
        End ben = end();
        ben.links.subscribe("p/x");
        try (CutProxy proxy = new CutProxy(ben.address().port())) {
            ann.links.seek(ben.name(), List.of(new DirectAddress("127.0.0.1", proxy.port())));
            ann.heard.awaitUp(1);
            assertThat(ann.links.publish("p/x", new byte[1], true, null, true, 1))
                    .isEqualTo(1);
            ann.heard.awaitThat("shown", () -> ann.heard.proved.contains(1L));
            proxy.swallow();
            long startNanos = System.nanoTime();
            assertThat(ann.links.publish("p/x", new byte[1], true, null, true, 2))
                    .isEqualTo(1);
            ann.heard.awaitThat("not shown", () -> ann.heard.unproved.contains(2L));
            assertThat(System.nanoTime() - startNanos)
                    .isGreaterThan(End.QUICK.proof().toNanos());
            assertThat(ann.heard.downs).isEmpty();
            assertThat(ann.heard.proved).containsExactly(1L);
        }
    }

    @Test
    void whatALinkCarriedBeforeItEndedIsNotShown() throws IOException {
        End ann = end();
        End ben = end();
        ben.links.subscribe("p/x");
        try (CutProxy proxy = new CutProxy(ben.address().port())) {
            ann.links.seek(ben.name(), List.of(new DirectAddress("127.0.0.1", proxy.port())));
            ann.heard.awaitUp(1);
            proxy.swallow();
            assertThat(ann.links.publish("p/x", new byte[1], true, null, true, 3))
                    .isEqualTo(1);
            proxy.cut(true);
            ann.heard.awaitThat("not shown", () -> ann.heard.unproved.contains(3L));
            assertThat(ann.heard.proved).isEmpty();
        }
    }

    /** Whoever publishes more turns to the other way at once. */
    @Test
    void moreThanCanWaitToBeShownCountsAsNotShown() throws IOException {
        End ann = end();
        End ben = end();
        ben.links.subscribe("p/x");
        try (CutProxy proxy = new CutProxy(ben.address().port())) {
            ann.links.seek(ben.name(), List.of(new DirectAddress("127.0.0.1", proxy.port())));
            ann.heard.awaitUp(1);
            proxy.swallow();
            for (int i = 0; i <= LinkLimits.DIRECT_PROOFS; i++) {
                assertThat(ann.links.publish("p/x", new byte[1], true, null, true, i))
                        .isEqualTo(1);
            }
            ann.heard.awaitThat("all", () -> ann.heard.unproved.size() == LinkLimits.DIRECT_PROOFS + 1);
            assertThat(new HashSet<>(ann.heard.unproved)).hasSize(LinkLimits.DIRECT_PROOFS + 1);
            assertThat(ann.heard.unproved.peek()).isEqualTo((long) LinkLimits.DIRECT_PROOFS);
        }
    }

    @Test
    void ofSeveralAddressesTheOneThatAnswersIsTaken() throws IOException {
        End ann = end();
        End ben = end();
        End other = end();
        List<DirectAddress> addresses = List.of(
                new DirectAddress("127.0.0.1", freePort()),
                other.address(),
                new DirectAddress("no-such-host.invalid", 9),
                ben.address());
        ann.links.seek(ben.name(), addresses);
        ann.heard.awaitUp(1);
        assertThat(ann.heard.ups.peek().who()).isEqualTo(ben.asRemote());
        assertThat(ann.links.links()).hasSize(1);
        assertThat(other.heard.ups).isEmpty();
    }

    @Test
    void whoIsLostIsDialledAgainWhereverItIsThen() {
        End ann = end();
        DeviceKey moving = club.member();
        End before = keep(new End(club, moving, End.QUICK, 0));
        before.listen();
        link(ann, before);
        before.close();
        ann.heard.awaitDown(DirectDown.LEFT);
        ann.heard.awaitRefused(DirectDown.UNREACHABLE);
        End after = keep(new End(club, moving, End.QUICK, 0));
        after.listen();
        ann.seek(after);
        ann.heard.awaitUp(2);
        assertThat(ann.heard.downs)
                .singleElement()
                .satisfies(down -> assertThat(down.explanation()).contains("said goodbye"));
    }

    /** Another run of the same device: what is left of the former is no reason to turn it away. */
    @Test
    void anotherRunOfADeviceTakesOver() {
        End ann = end();
        DeviceKey device = club.member();
        End first = keep(new End(club, device, End.QUICK, 0));
        End second = keep(new End(club, device, End.QUICK, 0));
        second.links.subscribe("r/x");
        first.seek(ann);
        ann.heard.awaitUp(1);
        second.seek(ann);
        second.heard.awaitUp(1);
        ann.heard.awaitThat("the new run hears", () -> ann.say("r/x", "hello") == 1);
        second.heard.awaitThat("heard", () -> second.heard.texts().contains("hello"));
        assertThat(ann.heard.ups).hasSize(1);
        assertThat(ann.heard.downs).isEmpty();
    }

    @Test
    void forsakenIsNotSoughtAnyMore() {
        End ann = end();
        End ben = end();
        link(ann, ben);
        ann.links.forsake(ben.name());
        ann.heard.awaitDown(DirectDown.FORSAKEN);
        ben.heard.awaitDown(DirectDown.LEFT);
        assertThat(ann.links.links()).isEmpty();
        // Who is sought after it is found, so whatever was to come of the other would have come.
        End cat = end();
        ann.seek(cat);
        ann.heard.awaitUp(2);
        assertThat(ann.heard.ups).hasSize(2);
    }

    @Test
    void closingSaysGoodbyeAndNothingFollows() {
        End ann = end();
        End ben = end();
        link(ann, ben);
        long before = System.nanoTime();
        ann.links.close();
        assertThat(System.nanoTime() - before).isLessThan(2_500_000_000L);
        ann.heard.awaitDown(DirectDown.CLOSED);
        ben.heard.awaitDown(DirectDown.LEFT);
        assertThat(ann.say("x", "late")).isZero();
        ann.links.seek(ben.name(), ben.addresses());
        ann.links.close();
        assertThat(ann.heard.ups).hasSize(1);
        assertThat(ben.heard.downs).hasSize(1);
    }

    @Test
    void showsWhatALinkDoes() {
        End ann = end();
        End ben = end();
        ben.links.subscribe("v/x");
        ann.links.seek(ben.name(), List.of(ben.address()));
        ann.heard.awaitUp(1);
        ben.heard.awaitUp(1);
        assertThat(ann.say("v/x", "0123456789")).isEqualTo(1);
        ben.heard.awaitThat("there", () -> ben.heard.messages.size() == 1);
        ann.heard.awaitThat("ping answered", () -> ann.links.links().get(0).roundTripMicros() >= 0);
        DirectLinkView mine = ann.links.links().get(0);
        DirectLinkView theirs = ben.links.links().get(0);
        assertThat(mine.who()).isEqualTo(ben.asRemote());
        assertThat(mine.where()).isIn(ben.addresses());
        assertThat(mine.dialled()).isTrue();
        assertThat(theirs.dialled()).isFalse();
        assertThat(mine.bytesOut()).isGreaterThan(10);
        assertThat(theirs.bytesIn()).isEqualTo(3 + 10);
        assertThat(mine.queuedMessages()).isZero();
        assertThat(mine.sinceMillis()).isPositive();
    }

    @Test
    void aNameIsLookedUp() {
        End ann = end();
        End ben = end();
        ann.links.seek(
                ben.name(), List.of(new DirectAddress("localhost", ben.address().port())));
        ann.heard.awaitUp(1);
        assertThat(ann.heard.ups.peek().where().host()).isEqualTo("localhost");
    }

    @Test
    void aPortThatIsTakenIsSaid() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            End ann = keep(new End(club, club.member(), End.QUICK, taken.getLocalPort()));
            ann.links.listen();
            ann.heard.awaitRefused(DirectDown.NOT_LISTENING);
            End ben = end();
            ann.seek(ben);
            ann.heard.awaitUp(1);
        }
    }
}

package dev.metalog.server.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a relay link does over any MQTT broker; run against each broker we know. */
@Timeout(90)
abstract class RelayLinkContract {
    private static final Duration SOON = Duration.ofSeconds(5);

    private final List<RelayLink> links = new ArrayList<>();
    private TestBroker broker;

    abstract TestBroker newBroker() throws Exception;

    @BeforeEach
    void startBroker() throws Exception {
        broker = newBroker();
        broker.start();
    }

    @AfterEach
    void stopEverything() throws Exception {
        links.forEach(link -> link.close(Duration.ofMillis(500)));
        broker.stop();
    }

    private RelayLink link(RelayListener listener) {
        return link(RelaySettings.of(broker.address()), listener);
    }

    private RelayLink link(RelaySettings settings, RelayListener listener) {
        RelayLink link = new RelayLink(settings, listener);
        links.add(link);
        return link;
    }

    private RelayLink started(RelayListener listener, String... filters) {
        RelayLink link = link(listener);
        for (String filter : filters) {
            link.subscribe(filter);
        }
        link.start();
        return link;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void carriesMessagesBothWaysInOrder() {
        Recorder ann = new Recorder();
        Recorder ben = new Recorder();
        RelayLink annLink = started(ann, "t/to-ann");
        RelayLink benLink = started(ben, "t/to-ben");
        ann.awaitUp(1);
        ben.awaitUp(1);
        for (int i = 0; i < 500; i++) {
            assertThat(annLink.publish("t/to-ben", bytes("a" + i), 1, false, i)).isTrue();
            assertThat(benLink.publish("t/to-ann", bytes("b" + i), 1, false, i)).isTrue();
        }
        Recorder.awaitThat("all arrived", () -> ann.messages.size() == 500 && ben.messages.size() == 500);
        Recorder.awaitThat("all acknowledged", () -> ann.acknowledged.size() == 500 && ben.acknowledged.size() == 500);
        assertThat(ben.texts())
                .isEqualTo(IntStream.range(0, 500).mapToObj(i -> "a" + i).toList());
        assertThat(ann.texts())
                .isEqualTo(IntStream.range(0, 500).mapToObj(i -> "b" + i).toList());
        assertThat(ann.ups).containsExactly(broker.address().url());
    }

    @Test
    void lateJoinersGetRetainedMessagesUntilTheyAreCleared() {
        Recorder early = new Recorder();
        RelayLink publisher = started(early);
        publisher.publish("c/peers/announce/peer-1", bytes("hello"), 1, true, 1);
        Recorder.awaitThat("acknowledged", () -> early.acknowledged.size() == 1);

        for (String filter : List.of("c/peers/announce/+", "c/#", "#")) {
            Recorder late = new Recorder();
            started(late, filter);
            Recorder.awaitThat("retained through " + filter, () -> late.messages.size() == 1);
            assertThat(late.messages).containsExactly(new Recorder.Message("c/peers/announce/peer-1", "hello", true));
        }

        publisher.publish("c/peers/announce/peer-1", new byte[0], 1, true, 2);
        Recorder.awaitThat("acknowledged", () -> early.acknowledged.size() == 2);
        Recorder after = new Recorder();
        RelayLink afterLink = started(after, "c/#");
        after.awaitUp(1);
        afterLink.publish("c/marker", bytes("marker"), 1, false, 1);
        Recorder.awaitThat("marker", () -> after.texts().contains("marker"));
        assertThat(after.texts()).containsExactly("marker");
    }

    @Test
    void subscriptionsChangeWhileTheLinkIsUp() {
        Recorder heard = new Recorder();
        RelayLink link = started(heard);
        heard.awaitUp(1);
        link.subscribe("s/one");
        link.publish("s/one", bytes("1"), 1, false, 1);
        Recorder.awaitThat("first", () -> heard.texts().equals(List.of("1")));
        link.unsubscribe("s/one");
        link.subscribe("s/two");
        link.publish("s/one", bytes("2"), 1, false, 2);
        link.publish("s/two", bytes("3"), 1, false, 3);
        Recorder.awaitThat("third", () -> heard.texts().contains("3"));
        assertThat(heard.texts()).containsExactly("1", "3");
    }

    @Test
    void whatWaitsWhileTheBrokerIsAwayIsSentWhenItIsBack() throws Exception {
        Recorder heard = new Recorder();
        RelayLink link = started(heard, "k/+");
        heard.awaitUp(1);
        for (int i = 0; i < 1_000; i++) {
            assertThat(link.publish("k/x", bytes("" + i), 1, false, i)).isTrue();
        }
        Recorder.awaitThat("first half arrived", () -> heard.messages.size() == 1_000);
        broker.kill();
        for (int i = 1_000; i < 2_000; i++) {
            assertThat(link.publish("k/x", bytes("" + i), 1, false, i)).isTrue();
        }
        heard.awaitDown(DownReason.LOST);
        broker.start();
        heard.awaitUp(2);
        Recorder.awaitThat("all acknowledged", () -> new HashSet<>(heard.acknowledged).size() == 2_000);
        Recorder.awaitThat("all arrived", () -> new HashSet<>(heard.texts()).size() == 2_000);
        assertThat(withoutRepeats(heard.texts()))
                .isEqualTo(IntStream.range(0, 2_000).mapToObj(Integer::toString).toList());
    }

    private static List<String> withoutRepeats(List<String> texts) {
        Set<String> seen = new HashSet<>();
        return texts.stream().filter(seen::add).toList();
    }

    @Test
    void unreachableBrokerIsSaidAndTriedAgain() throws IOException {
        Recorder heard = new Recorder();
        RelayAddress nobody = new RelayAddress(false, "", "127.0.0.1", TestBroker.freePort());
        link(RelaySettings.of(nobody), heard).start();
        Recorder.awaitThat("two attempts", () -> heard.downs.size() >= 2);
        assertThat(heard.reasons()).containsOnly(DownReason.UNREACHABLE);
        assertThat(heard.downs.peek().explanation())
                .contains(nobody.url(), "cannot be reached", "Local editing goes on; trying again in");
    }

    @Test
    void closingFlushesAndReturnsInTime() {
        Recorder heard = new Recorder();
        Recorder other = new Recorder();
        started(other, "f/#");
        other.awaitUp(1);
        RelayLink link = started(heard);
        heard.awaitUp(1);
        for (int i = 0; i < 200; i++) {
            link.publish("f/x", bytes("" + i), 1, false, i);
        }
        long before = System.nanoTime();
        boolean flushed = link.close(SOON);
        Duration took = Duration.ofNanos(System.nanoTime() - before);
        assertThat(flushed).isTrue();
        assertThat(took).isLessThan(SOON);
        assertThat(heard.acknowledged).hasSize(200);
        assertThat(heard.reasons()).containsExactly(DownReason.CLOSED);
        assertThat(link.publish("f/x", bytes("late"), 1, false, 999)).isFalse();
        Recorder.awaitThat("all arrived", () -> other.messages.size() == 200);
    }
}

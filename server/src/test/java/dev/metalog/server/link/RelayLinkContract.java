package dev.metalog.server.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a relay link does over any MQTT broker, besides what every link does; run against each broker we know. */
@Timeout(90)
abstract class RelayLinkContract extends LinkContract {
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

    @Override
    protected Pair connect(List<String> ofAnn, List<String> ofBen) throws Exception {
        CutProxy proxy = new CutProxy(broker.port());
        return new Both(new RelayCarrier(proxy.address(), ofAnn), new RelayCarrier(proxy.address(), ofBen), proxy);
    }

    private record Both(RelayCarrier ann, RelayCarrier ben, CutProxy proxy) implements Pair {
        @Override
        public void cut() throws IOException {
            proxy.cut(true);
        }

        @Override
        public void close() throws IOException {
            ann.close();
            ben.close();
            proxy.close();
        }
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

    /** Brokers are known to lose the first messages of a topic when several clients make it at once. */
    @Test
    void theFirstMessagesOfATopicReachEverybody() {
        int peers = 4;
        int topics = 150;
        List<Recorder> recorders = new ArrayList<>();
        List<RelayLink> started = new ArrayList<>();
        for (int peer = 0; peer < peers; peer++) {
            Recorder heard = new Recorder();
            recorders.add(heard);
            started.add(started(heard, "n/#", "n/+/x"));
        }
        recorders.forEach(heard -> heard.awaitUp(1));
        for (int topic = 0; topic < topics; topic++) {
            for (RelayLink link : started) {
                link.publish("n/" + topic + "/x", bytes(topic + " of " + link.hashCode()), 1, false, topic);
            }
        }
        for (Recorder heard : recorders) {
            Recorder.awaitThat("all first messages", () -> new HashSet<>(heard.texts()).size() == peers * topics);
        }
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
        assertThat(link.traffic().connections()).isEqualTo(2);
        assertThat(link.traffic().messagesIn()).isGreaterThanOrEqualTo(1_000);
        assertThat(link.traffic().mostWaiting()).isGreaterThanOrEqualTo(1_000 - LinkLimits.WINDOW);
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

    @Test
    void theWillIsPublishedWhenTheProcessIsKilledAndNotWhenItCloses() throws Exception {
        Recorder witness = new Recorder();
        started(witness, "w/#");
        witness.awaitUp(1);

        Recorder leaver = new Recorder();
        RelayLink leaving = link(RelaySettings.of(broker.address()).withWill("w/leaver", bytes("gone"), true), leaver);
        leaving.start();
        leaver.awaitUp(1);
        assertThat(leaving.close(SOON)).isTrue();

        Process victim = LinkChild.start("link", broker.address().url(), "w/victim");
        try {
            assertThat(LinkChild.firstLine(victim)).isEqualTo("up");
        } finally {
            victim.destroyForcibly();
        }
        Recorder.awaitThat("the will", () -> !witness.messages.isEmpty());
        assertThat(witness.messages).containsExactly(new Recorder.Message("w/victim", "gone", false));

        Recorder late = new Recorder();
        started(late, "w/#");
        Recorder.awaitThat("the retained will", () -> !late.messages.isEmpty());
        assertThat(late.messages).containsExactly(new Recorder.Message("w/victim", "gone", true));
    }

    /**
     * What a broker acknowledged and had not yet delivered dies with it, whatever a client does. So the claim is: every
     * message was acknowledged, and one that did not arrive had its acknowledgement from the broker that was killed.
     */
    @Test
    void aBrokerKilledInTheMiddleLosesNothingThatIsStillOurs() throws Exception {
        Recorder heard = new Recorder();
        RelayLink link = started(heard, "m/x");
        heard.awaitUp(1);
        for (int i = 0; i < 1_000; i++) {
            assertThat(link.publish("m/x", bytes("" + i), 1, false, i)).isTrue();
        }
        Recorder.awaitThat("some arrived", () -> heard.messages.size() > 200);
        broker.kill();
        heard.awaitDown(DownReason.LOST);
        Set<Long> acknowledgedByTheDead = new HashSet<>(heard.acknowledged);
        for (int i = 1_000; i < 2_000; i++) {
            assertThat(link.publish("m/x", bytes("" + i), 1, false, i)).isTrue();
        }
        broker.start();
        Recorder.awaitThat("all acknowledged", () -> new HashSet<>(heard.acknowledged).size() == 2_000);
        Set<Long> missing = LongStream.range(0, 2_000).boxed().collect(Collectors.toCollection(HashSet::new));
        Recorder.awaitThat("the last arrived", () -> heard.texts().contains("1999"));
        heard.texts().forEach(text -> missing.remove(Long.valueOf(text)));
        missing.removeAll(acknowledgedByTheDead);
        assertThat(missing).isEmpty();
        assertThat(heard.acknowledged).doesNotHaveDuplicates();
    }

    @Test
    void cutConnectionsLoseNothing() throws Exception {
        Recorder reader = new Recorder();
        started(reader, "x/+");
        reader.awaitUp(1);
        Recorder heard = new Recorder();
        try (CutProxy proxy = new CutProxy(broker.port())) {
            RelayLink link = link(RelaySettings.of(proxy.address()), heard);
            link.start();
            heard.awaitUp(1);
            int total = 2_000;
            for (int i = 0; i < total; i++) {
                assertThat(link.publish("x/y", bytes("" + i), 1, false, i)).isTrue();
                if (i % 400 == 399) {
                    int cuts = i / 400 + 1;
                    int enough = i - 200;
                    Recorder.awaitThat("under way", () -> heard.acknowledged.size() > enough);
                    proxy.cut(cuts % 2 == 0);
                    heard.awaitUp(cuts + 1);
                }
            }
            Recorder.awaitThat("all acknowledged", () -> heard.acknowledged.size() == total);
            Recorder.awaitThat("all arrived", () -> new HashSet<>(reader.texts()).size() == total);
            assertThat(withoutRepeats(reader.texts()))
                    .isEqualTo(IntStream.range(0, total)
                            .mapToObj(Integer::toString)
                            .toList());
            link.close(SOON);
        }
    }

    @Test
    void twentyReconnectsLeaveNoThreadBehind() throws Exception {
        Recorder heard = new Recorder();
        try (CutProxy proxy = new CutProxy(broker.port())) {
            RelayLink link = new RelayLink(
                    RelaySettings.of(proxy.address()),
                    heard,
                    () -> {},
                    new Outbox(10, 1_000, LinkLimits.WINDOW),
                    new Backoff(new Random(1), Duration.ofMillis(5), Duration.ofMillis(10)));
            links.add(link);
            link.subscribe("r/x");
            link.start();
            heard.awaitUp(1);
            Set<Thread> before = libraryThreads();
            for (int i = 1; i <= 20; i++) {
                proxy.cut(i % 2 == 0);
                heard.awaitUp(i + 1);
            }
            Recorder.awaitThat(
                    "as many threads as before: " + before,
                    () -> libraryThreads().size() <= before.size());
            link.close(SOON);
        }
        Recorder.awaitThat("no threads", () -> libraryThreads().isEmpty());
    }

    /** Paho's threads of all links, and its timers. */
    static Set<Thread> libraryThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().startsWith("MQTT ") || thread.getName().contains("Timer"))
                .collect(Collectors.toSet());
    }

    @Test
    void packetsAndTopicsUpToTheLimitPassAndLargerOnesAreRefused() {
        Recorder heard = new Recorder();
        RelayLink link = started(heard, "p/#");
        heard.awaitUp(1);
        String longest = "p/" + "t".repeat(LinkLimits.TOPIC_BYTES - 2);
        byte[] largest = new byte[LinkLimits.PACKET_BYTES - 9 - LinkLimits.TOPIC_BYTES];
        Arrays.fill(largest, (byte) 'x');
        assertThat(link.publish(longest, largest, 1, false, 1)).isTrue();
        Recorder.awaitThat("the largest arrived", () -> heard.messages.size() == 1);
        assertThat(heard.messages.peek().text()).hasSize(largest.length);
        assertThat(heard.messages.peek().topic()).isEqualTo(longest);

        assertThat(link.publish(longest, new byte[largest.length + 1], 1, false, 2))
                .isFalse();
        assertThat(link.publish(longest + "t", bytes(""), 1, false, 3)).isFalse();
        assertThat(link.publish("p/+", bytes(""), 1, false, 4)).isFalse();
        assertThat(heard.refused.stream().map(Recorder.Refusal::token)).containsExactly(2L, 3L, 4L);
        link.subscribe("p/" + "t".repeat(LinkLimits.TOPIC_BYTES));
        link.subscribe("p/#/x");
        assertThat(heard.denied).hasSize(2);
        assertThat(heard.reasons()).isEmpty();
    }

    @Test
    void topicsWithOddCharactersArriveAsTheyWere() {
        List<String> topics = List.of("o/a.b", "o/a*b", "o/ä 日本", "o//empty", "o/a>b", "o/$x", "/o/x");
        Recorder heard = new Recorder();
        RelayLink link = started(heard, topics.toArray(new String[0]));
        heard.awaitUp(1);
        for (String topic : topics) {
            link.publish(topic, bytes(topic), 1, false, 1);
        }
        Recorder.awaitThat("all arrived; so far " + heard.messages, () -> heard.messages.size() >= topics.size());
        // MQTT 3.1.1, section 4.6, promises an order within one topic only.
        assertThat(heard.messages.stream().map(Recorder.Message::topic).toList())
                .containsExactlyInAnyOrderElementsOf(topics);
        assertThat(heard.messages)
                .allSatisfy(message -> assertThat(message.text()).isEqualTo(message.topic()));
    }

    /** Paho's reading thread dies of such a topic, which is why the link reads it first. */
    @Test
    void aTopicThatPahoCannotReadIsDroppedAndTheLinkGoesOn() throws Exception {
        Recorder heard = new Recorder();
        RelayLink link = started(heard, "u/#");
        heard.awaitUp(1);
        assertThat(RawMqtt.publish(broker.port(), "u/😀", "odd")).isTrue();
        assertThat(RawMqtt.publish(broker.port(), "u/\uff21", "odd")).isTrue();
        // These two some brokers refuse themselves, by hanging up.
        RawMqtt.publish(broker.port(), "u/\u0001x", "odd");
        RawMqtt.publish(broker.port(), "u/" + "t".repeat(LinkLimits.TOPIC_BYTES - 1), "odd");
        link.publish("u/plain", bytes("plain"), 1, false, 1);
        Recorder.awaitThat("the plain one", () -> heard.texts().contains("plain"));
        assertThat(heard.texts()).containsExactly("plain");
        assertThat(heard.ups).hasSize(1);
        assertThat(link.publish("u/😀", bytes("x"), 1, false, 2)).isFalse();
        assertThat(heard.refused).hasSize(1);
    }

    @Test
    void aSilentBrokerDoesNotHoldUpClosing() throws Exception {
        Recorder heard = new Recorder();
        RelayLink link = started(heard);
        heard.awaitUp(1);
        broker.freeze();
        link.publish("z/x", bytes("never acknowledged"), 1, false, 1);
        Duration bound = Duration.ofMillis(800);
        long before = System.nanoTime();
        boolean flushed = link.close(bound);
        Duration took = Duration.ofNanos(System.nanoTime() - before);
        broker.thaw();
        assertThat(flushed).isFalse();
        assertThat(took).isLessThan(bound.plusMillis(300));
    }

    @Test
    void closingDoesNotWaitForAnAttemptToConnect() throws Exception {
        broker.freeze();
        Recorder heard = new Recorder();
        RelayLink link = started(heard);
        Duration bound = Duration.ofMillis(300);
        long before = System.nanoTime();
        boolean flushed = link.close(bound);
        Duration took = Duration.ofNanos(System.nanoTime() - before);
        broker.thaw();
        assertThat(flushed).isFalse();
        assertThat(took).isLessThan(bound.plusMillis(300));
    }

    @Test
    void measuresPublishToDeliver() {
        Recorder heard = new Recorder();
        RelayLink writer = started(heard);
        heard.awaitUp(1);
        LatencyMeter meter = new LatencyMeter();
        RelayLink reader = link(meter);
        reader.subscribe("l/x");
        reader.start();
        Recorder.awaitThat("reader up", meter::isUp);
        for (int i = 0; i < 1_500; i++) {
            meter.sendAndAwait(writer, "l/x", i);
        }
        System.out.println("MEASURED " + broker.getClass().getSimpleName() + " " + meter.summary(500));
        // The figure on a quiet machine is under 1 ms; this only guards against Nagle's 40 ms and the like.
        assertThat(meter.percentileMicros(500, 50)).isLessThan(20_000);
    }
}

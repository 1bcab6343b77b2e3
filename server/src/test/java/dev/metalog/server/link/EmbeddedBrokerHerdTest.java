package dev.metalog.server.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Artemis loses or leaves lying when many do things at once, unless it is kept from that. */
@Timeout(120)
class EmbeddedBrokerHerdTest {
    private static final int HERD = 40;
    private static final int TOPICS = 40;
    private static final int MESSAGES = 100;

    private final List<RelayLink> links = new ArrayList<>();
    private TestBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = new EmbeddedTestBroker();
        broker.start();
    }

    @AfterEach
    void stop() throws Exception {
        links.forEach(link -> link.close(Duration.ofMillis(500)));
        broker.stop();
    }

    private RelayLink link(Recorder recorder) {
        RelayLink link =
                new RelayLink(RelaySettings.of(new RelayAddress(false, "", "127.0.0.1", broker.port())), recorder);
        links.add(link);
        return link;
    }

    @Test
    void allWhoComeTogetherHearWhatEachRetains() {
        List<Recorder> recorders =
                IntStream.range(0, HERD).mapToObj(i -> new Recorder()).toList();
        for (int i = 0; i < HERD; i++) {
            RelayLink link = link(recorders.get(i));
            link.subscribe("here");
            link.subscribe("here/+");
            link.publish("here/" + i, ("I am " + i).getBytes(UTF_8), 1, true, i);
        }
        links.forEach(RelayLink::start);
        Set<String> all = IntStream.range(0, HERD).mapToObj(i -> "I am " + i).collect(Collectors.toSet());
        for (Recorder recorder : recorders) {
            Recorder.awaitThat("each hears all", () -> new HashSet<>(recorder.texts()).containsAll(all));
        }
    }

    @Test
    void noSubscriptionSleepsWhileAnotherOfTheSameReaderIsBusy() {
        Recorder read = new Recorder();
        RelayLink reader = link(read);
        IntStream.range(0, TOPICS).forEach(topic -> reader.subscribe("topic/" + topic));
        reader.start();
        read.awaitUp(1);
        for (int writer = 0; writer < TOPICS; writer++) {
            RelayLink link = link(new Recorder());
            for (int message = 0; message < MESSAGES; message++) {
                link.publish("topic/" + writer, (writer + " " + message).getBytes(UTF_8), 1, false, message);
            }
            link.start();
        }
        Recorder.awaitThat("all that was published", () -> new HashSet<>(read.texts()).size() == TOPICS * MESSAGES);
    }
}

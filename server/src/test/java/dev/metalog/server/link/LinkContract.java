package dev.metalog.server.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every kind of link between two sidecars does, whatever carries it; run against each kind. */
@Timeout(90)
public abstract class LinkContract {
    /** One sidecar's end. */
    public interface Carrier {
        void want(String topic);

        void unwant(String topic);

        /** Whether it was taken, for whoever wants it. */
        boolean say(String topic, byte[] payload);

        /** The texts that came, in order. */
        List<String> heard();

        /** How often it was told that it is up. */
        int ups();

        /** The reasons for which it was told to be down. */
        List<String> downs();

        /** Each message from here on keeps the listener until {@link #goOn}. */
        void holdUp();

        void goOn();

        /** Each message from here on makes the listener throw, once it was written down. */
        void failFromNowOn();

        void close();
    }

    /** Two ends that are connected, over connections that the test can cut. */
    public interface Pair {
        Carrier ann();

        Carrier ben();

        /** Ends the connections that there are, without a goodbye; new ones are possible at once. */
        void cut() throws Exception;

        void close() throws Exception;
    }

    private static final String PROBE = "probe ";

    private Pair pair;

    /** Two ends that are up, and want these topics. */
    protected abstract Pair connect(List<String> ofAnn, List<String> ofBen) throws Exception;

    private Pair pair(List<String> ofAnn, List<String> ofBen) throws Exception {
        pair = connect(ofAnn, ofBen);
        return pair;
    }

    @AfterEach
    void closePair() throws Exception {
        if (pair != null) {
            pair.ann().goOn();
            pair.ben().goOn();
            pair.close();
        }
    }

    /** Says something until it arrives: what was wanted just now may have to travel first. */
    private static void awaitWay(Carrier from, Carrier to, String topic, int number) {
        String probe = PROBE + number;
        Recorder.awaitThat("the way on " + topic, () -> {
            from.say(topic, probe.getBytes(UTF_8));
            return to.heard().contains(probe);
        });
    }

    private static List<String> withoutProbes(List<String> texts) {
        return texts.stream().filter(text -> !text.startsWith(PROBE)).toList();
    }

    private static List<String> numbered(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> name + i).toList();
    }

    private static void sayAll(Carrier from, String topic, List<String> texts) {
        for (String text : texts) {
            assertThat(from.say(topic, text.getBytes(UTF_8))).isTrue();
        }
    }

    @Test
    void whatIsSaidArrivesInOrderBothWays() throws Exception {
        Pair both = pair(List.of("t/to-ann"), List.of("t/to-ben"));
        List<String> toBen = numbered("a", 500);
        List<String> toAnn = numbered("b", 500);
        for (int i = 0; i < 500; i++) {
            sayAll(both.ann(), "t/to-ben", List.of(toBen.get(i)));
            sayAll(both.ben(), "t/to-ann", List.of(toAnn.get(i)));
        }
        Recorder.awaitThat("all arrived", () -> both.ben().heard().size() == 500);
        Recorder.awaitThat("all arrived", () -> both.ann().heard().size() == 500);
        assertThat(both.ben().heard()).isEqualTo(toBen);
        assertThat(both.ann().heard()).isEqualTo(toAnn);
        assertThat(both.ann().ups()).isEqualTo(1);
        assertThat(both.ann().downs()).isEmpty();
    }

    @Test
    void whatIsWantedChangesWhileTheLinkIsUp() throws Exception {
        Pair both = pair(List.of(), List.of("s/marker"));
        both.ben().want("s/one");
        awaitWay(both.ann(), both.ben(), "s/one", 1);
        both.ann().say("s/one", "1".getBytes(UTF_8));
        Recorder.awaitThat("first", () -> both.ben().heard().contains("1"));
        both.ben().unwant("s/one");
        both.ben().want("s/two");
        awaitWay(both.ann(), both.ben(), "s/two", 2);
        both.ann().say("s/one", "2".getBytes(UTF_8));
        both.ann().say("s/two", "3".getBytes(UTF_8));
        Recorder.awaitThat("third", () -> both.ben().heard().contains("3"));
        assertThat(withoutProbes(both.ben().heard())).containsExactly("1", "3");
    }

    @Test
    void sizesUpToTheLimitPassAndWhatIsBeyondIsNotTaken() throws Exception {
        String longest = "p/" + "t".repeat(LinkLimits.TOPIC_BYTES - 2);
        Pair both = pair(List.of(), List.of(longest));
        byte[] largest = new byte[LinkLimits.PACKET_BYTES - 9 - LinkLimits.TOPIC_BYTES];
        Arrays.fill(largest, (byte) 'x');
        assertThat(both.ann().say(longest, largest)).isTrue();
        Recorder.awaitThat("the largest arrived", () -> both.ben().heard().size() == 1);
        assertThat(both.ben().heard().get(0)).hasSize(largest.length);
        assertThat(both.ann().say(longest, new byte[LinkLimits.PACKET_BYTES])).isFalse();
        assertThat(both.ann().say(longest + "t", new byte[1])).isFalse();
        assertThat(both.ann().say("p/+", new byte[1])).isFalse();
        assertThat(both.ann().say("p/\n", new byte[1])).isFalse();
        both.ann().say(longest, "afterwards".getBytes(UTF_8));
        Recorder.awaitThat("the link goes on", () -> both.ben().heard().contains("afterwards"));
        assertThat(both.ann().downs()).isEmpty();
    }

    /** Back-pressure: a listener that is held up holds up nobody's sending, and hears everything in the end. */
    @Test
    void aListenerThatIsHeldUpHearsEverythingAfterwards() throws Exception {
        Pair both = pair(List.of("h/x"), List.of("h/y"));
        both.ben().holdUp();
        List<String> texts = numbered("", 600);
        sayAll(both.ann(), "h/y", texts);
        sayAll(both.ben(), "h/x", List.of("from one who is held up"));
        Recorder.awaitThat("the other way is open", () -> both.ann().heard().size() == 1);
        assertThat(both.ben().heard()).isEmpty();
        both.ben().goOn();
        Recorder.awaitThat("all arrived", () -> both.ben().heard().size() == texts.size());
        assertThat(both.ben().heard()).isEqualTo(texts);
    }

    @Test
    void aLinkThatIsLostIsSaidToBeAndComesBackByItself() throws Exception {
        Pair both = pair(List.of("r/x"), List.of("r/y"));
        for (int times = 1; times <= 3; times++) {
            int ups = times + 1;
            both.cut();
            Recorder.awaitThat(
                    "both again", () -> both.ann().ups() >= ups && both.ben().ups() >= ups);
            assertThat(both.ann().downs()).contains("LOST");
            awaitWay(both.ann(), both.ben(), "r/y", times);
            awaitWay(both.ben(), both.ann(), "r/x", times);
        }
    }

    @Test
    void closedIsTheLastThingALinkSays() throws Exception {
        Pair both = pair(List.of("c/x"), List.of("c/x"));
        both.ann().close();
        Recorder.awaitThat("closed", () -> both.ann().downs().contains("CLOSED"));
        assertThat(both.ann().say("c/x", new byte[1])).isFalse();
        both.ann().close();
        both.ann().want("c/y");
        assertThat(both.ann().downs()).containsExactly("CLOSED");
        assertThat(both.ann().ups()).isEqualTo(1);
    }

    @Test
    void listenersThatThrowDoNotStopTheLink() throws Exception {
        Pair both = pair(List.of(), List.of("e/x"));
        both.ben().failFromNowOn();
        List<String> texts = numbered("", 5);
        sayAll(both.ann(), "e/x", texts);
        Recorder.awaitThat("all arrived", () -> both.ben().heard().size() == texts.size());
        assertThat(both.ben().heard()).isEqualTo(texts);
        assertThat(both.ben().downs()).isEmpty();
    }
}

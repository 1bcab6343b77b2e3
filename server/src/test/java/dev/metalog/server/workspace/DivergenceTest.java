package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Digest;
import dev.metalog.protocol.Invitation;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.identity.DocumentKey;
import dev.metalog.server.identity.Envelopes;
import dev.metalog.server.identity.Opened;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A peer that has the same events and says that it has another text. */
final class DivergenceTest {
    private static final String URI = "file:///w0/a.txt";
    private static final PeerId LIAR = new PeerId("peer-" + "ab".repeat(20));

    private final SimulatedWorld world = new SimulatedWorld(1);
    private final SimulatedWorld.Sidecar here = world.sidecar();
    private Envelopes liar;
    private String topic;

    @Test
    void isToldToThePersonOnceTheEventsWerePlayedAgain() throws Exception {
        here.connect();
        SimulatedEditor editor = world.editor(here, URI, SimulatedEditor.Manner.PROMPT);
        editor.open("shared text");
        world.settle();
        EditorMessages.Shared shared =
                (EditorMessages.Shared) here.ask(editor.id, new Request.Share(new EditorMessages.ShareParams(URI)));
        DocumentKey key = new DocumentKey(Invitation.decode(shared.invitation()).secret());
        topic = Channel.TOPIC + key.topicTag();
        liar = key.envelopes(LIAR, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

        PeerMessage.Hello truth = helloOf(here);
        here.hear(received(truth));
        assertThat(here.shown).isEmpty();
        assertThat(counted(editor)).isEqualTo(new EditorMessages.Divergences(0, 0));

        PeerMessage.Hello lie =
                new PeerMessage.Hello(truth.range(), truth.frontier(), new Digest(new byte[32]), false, truth.extras());
        here.hear(received(lie));
        assertThat(here.shown)
                .singleElement()
                .asString()
                .contains("a.txt", LIAR.value(), "gives the text that is here", "meta-log store verify");
        assertThat(here.logged)
                .filteredOn(line -> line.contains("another text"))
                .hasSize(1);
        assertThat(editor.text()).isEqualTo("shared text");

        here.hear(received(lie));
        assertThat(here.shown).as("said once for one version").hasSize(1);

        editor.append("!");
        world.settle();
        for (int i = 0; i < 10; i++) {
            PeerMessage.Hello now = helloOf(here);
            here.hear(received(
                    new PeerMessage.Hello(now.range(), now.frontier(), new Digest(new byte[32]), false, now.extras())));
            world.pass(5_000);
        }
        assertThat(here.shown).as("and once as long as it goes on").hasSize(1);
        assertThat(here.evidence).singleElement().satisfies(kept -> {
            assertThat(kept.verdict()).isEqualTo("THEIRS");
            assertThat(kept.other()).startsWith(LIAR.value()).contains("boot 102030405060708");
            assertThat(kept.theirs()).isEqualTo(new Digest(new byte[32]));
            assertThat(kept.ours()).isEqualTo(truth.content());
        });
        here.hear(received(helloOf(here)));
        assertThat(here.logged).anyMatch(line -> line.contains("has the same text again"));
        assertThat(counted(editor)).isEqualTo(new EditorMessages.Divergences(1, 1));

        PeerMessage.Hello now = helloOf(here);
        here.hear(received(
                new PeerMessage.Hello(now.range(), now.frontier(), new Digest(new byte[32]), false, now.extras())));
        assertThat(counted(editor)).isEqualTo(new EditorMessages.Divergences(2, 1));
    }

    private EditorMessages.Divergences counted(SimulatedEditor asker) {
        return ((EditorMessages.Status) here.ask(asker.id, new Request.Status())).divergences();
    }

    private Input received(PeerMessage message) {
        return new Input.Received(
                SimulatedWorld.BROKER, topic, liar.seal(topic, PeerMessageCodec.encode(message)), false);
    }

    /** What it says of the document when a way to others opens. */
    private PeerMessage.Hello helloOf(SimulatedWorld.Sidecar sidecar) throws Exception {
        long nowMillis = world.nowMillis;
        List<Effect> effects = sidecar.workspace.on(new Input.LinkUp(SimulatedWorld.BROKER), nowMillis);
        for (int tries = 0; tries < 100; tries++) {
            for (Effect effect : effects) {
                if (effect instanceof Effect.Send send
                        && send.topic().equals(topic)
                        && liar.open(topic, send.envelope()) instanceof Opened.Message opened
                        && PeerMessageCodec.decode(opened.bytes()) instanceof PeerMessage.Hello hello) {
                    return hello;
                }
            }
            nowMillis += 1_000;
            effects = sidecar.workspace.on(new Input.Woken(), nowMillis);
        }
        throw new AssertionError("no hello");
    }
}

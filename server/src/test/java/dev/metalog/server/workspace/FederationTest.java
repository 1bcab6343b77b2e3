package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.identity.Announcement;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Who is here: late joiners see everyone, leavers disappear, and nobody is announced by somebody else. */
class FederationTest {
    private final SimulatedWorld world = new SimulatedWorld(3);
    private final SimulatedWorld.Sidecar first = world.sidecar();

    private static String id(SimulatedWorld.Sidecar sidecar) {
        return sidecar.identity.peerId().value();
    }

    @Test
    void aLateJoinerSeesEveryoneAndIsSeen() {
        first.connect();
        world.settle();
        SimulatedWorld.Sidecar late = world.sidecar();
        late.connect();
        world.settle();
        assertThat(late.peersTold).extracting(EditorMessages.Peer::peerId).containsExactly(id(first));
        assertThat(first.peersTold).extracting(EditorMessages.Peer::peerId).containsExactly(id(late));
    }

    @Test
    void aPeerWhoseAnnouncementIsClearedIsGone() {
        SimulatedWorld.Sidecar second = world.sidecar();
        first.connect();
        second.connect();
        world.settle();
        first.hear(
                new Input.Received(SimulatedWorld.BROKER, "canvasl/peers/announce/" + id(second), new byte[0], false));
        assertThat(first.peersLeft).containsExactly(id(second));
    }

    @Test
    void whoIsClearedByMistakeAnnouncesAgain() {
        SimulatedWorld.Sidecar second = world.sidecar();
        first.connect();
        second.connect();
        world.settle();
        byte[] nothing = new byte[0];
        String topic = "canvasl/peers/announce/" + id(second);
        first.hear(new Input.Received(SimulatedWorld.BROKER, topic, nothing, false));
        second.hear(new Input.Received(SimulatedWorld.BROKER, topic, nothing, false));
        world.settle();
        assertThat(first.peersTold).extracting(EditorMessages.Peer::peerId).containsExactly(id(second), id(second));
    }

    @Test
    void aForgedAnnouncementIsRefusedAndReportedOnceAndNotInAFlood() {
        first.connect();
        world.settle();
        SimulatedWorld.Sidecar second = world.sidecar();
        String genuine = new String(Announcement.signed(second.identity, world.nowMillis), StandardCharsets.UTF_8);
        byte[] forged = genuine.replace(id(second), "peer-" + "0".repeat(40)).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 1_000; i++) {
            first.hear(new Input.Received(SimulatedWorld.BROKER, "canvasl/peers/announce", forged, false));
        }
        assertThat(first.peersTold).isEmpty();
        assertThat(first.logged).hasSizeBetween(1, 11).allMatch(line -> line.contains("An announcement was refused"));
    }

    @Test
    void aGenuineAnnouncementUnderAnotherPeersTopicIsRefused() {
        first.connect();
        world.settle();
        SimulatedWorld.Sidecar second = world.sidecar();
        byte[] genuine = Announcement.signed(second.identity, world.nowMillis);
        first.hear(new Input.Received(
                SimulatedWorld.BROKER, "canvasl/peers/announce/peer-" + "1".repeat(40), genuine, true));
        assertThat(first.peersTold).isEmpty();
    }

    @Test
    void announcingWithoutABrokerIsNoSuccess() {
        SimulatedEditor editor = world.editor(first, "file:///w0/a", SimulatedEditor.Manner.PROMPT);
        Object answer = first.ask(editor.id, new Request.Announce());
        assertThat(answer).isInstanceOf(Effect.Refuse.class);
        assertThat(((Effect.Refuse) answer).error()).isEqualTo(EditorError.NOT_CONNECTED);
    }
}

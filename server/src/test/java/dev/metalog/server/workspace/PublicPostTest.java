package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.server.identity.Announcement;
import dev.metalog.server.identity.DirectMessage;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.SentFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files and messages that are sent in public: what is true arrives once, everything else is counted and kept nowhere. */
class PublicPostTest {
    private static final String FILES = "canvasl/sync";

    private final SimulatedWorld world = new SimulatedWorld(5);
    private final SimulatedWorld.Sidecar ada = world.sidecar();
    private final SimulatedWorld.Sidecar ben = world.sidecar();
    private SimulatedEditor editor;

    @BeforeEach
    void meet() {
        editor = world.editor(ada, "file:///w0/a", SimulatedEditor.Manner.PROMPT);
        ada.connect();
        ben.connect();
        world.settle();
    }

    private Object sendFile(String file, String content) {
        Object answer = ada.ask(
                editor.id,
                new Request.Federation(
                        new FederationRequest.SendFile(new FederationMessages.SendFileParams(file, content))));
        world.settle();
        return answer;
    }

    private Object sendMessage(String peer, String payload) {
        Object answer = ada.ask(
                editor.id,
                new Request.Federation(
                        new FederationRequest.SendMessage(new FederationMessages.SendMessageParams(peer, payload))));
        world.settle();
        return answer;
    }

    /** Before much time has passed. */
    private void saySoon(FederationRequest request) {
        ada.begin(editor.id, new Request.Federation(request));
        world.deliverAll();
    }

    private static String id(SimulatedWorld.Sidecar sidecar) {
        return sidecar.identity.peerId().value();
    }

    private static String messagesFor(SimulatedWorld.Sidecar sidecar) {
        return "canvasl/peers/" + id(sidecar) + "/messages";
    }

    private void hear(SimulatedWorld.Sidecar sidecar, String topic, byte[] payload) {
        sidecar.hear(new Input.Received(SimulatedWorld.BROKER, topic, payload, false));
    }

    /** Peers announce themselves again and again meanwhile. */
    private static List<String> topicsTold(SimulatedWorld.Sidecar sidecar) {
        return sidecar.messagesTold.stream()
                .map(EditorMessages.MessageReceived::topic)
                .filter(topic -> !topic.startsWith("canvasl/peers/announce"))
                .toList();
    }

    private List<FederationMessages.Refusals> refused(SimulatedWorld.Sidecar sidecar) {
        SimulatedEditor asker = world.editor(sidecar, "file:///w1/asker", SimulatedEditor.Manner.PROMPT);
        return ((EditorMessages.Status) sidecar.ask(asker.id, new Request.Status())).refused();
    }

    @Test
    void aFileArrivesOnceAndIsToldToHooks() {
        sendFile("notes/plan.canvasl", "{\"id\": 0.50}\n");
        assertThat(ben.filesKept).hasSize(1);
        SentFile kept = ben.filesKept.get(0);
        assertThat(kept.from()).isEqualTo(ada.identity.peerId());
        assertThat(kept.path()).isEqualTo(new DocumentPath("notes/plan.canvasl"));
        assertThat(kept.content()).isEqualTo("{\"id\": 0.50}\n");
        assertThat(topicsTold(ben)).containsExactly(FILES);
        // It comes back from the broker, and is nothing new to who sent it.
        assertThat(ada.filesKept).isEmpty();
        assertThat(topicsTold(ada)).isEmpty();
        assertThat(refused(ada)).isEmpty();
    }

    @Test
    void itIsAnsweredWhenTheBrokerHasIt() {
        sendFile("a", "x");
        assertThat(ada.answers.values()).singleElement().isInstanceOfSatisfying(FederationMessages.Sent.class, sent -> {
            assertThat(sent.broker()).isEqualTo(SimulatedWorld.BROKER);
            assertThat(sent.timestamp())
                    .isEqualTo(ben.filesKept.get(0).timestamp().toString());
        });
    }

    @Test
    void aMessageArrivesAtItsPeerAlone() {
        SimulatedWorld.Sidecar carl = world.sidecar();
        carl.connect();
        sendMessage(id(ben), "{\"tea\": [1.50, \"\u2615\"]}");
        assertThat(ben.peerMessagesTold).hasSize(1);
        FederationMessages.PeerMessage told = ben.peerMessagesTold.get(0);
        assertThat(told.from()).isEqualTo(id(ada));
        assertThat(told.to()).isEqualTo(id(ben));
        assertThat(told.payload()).isEqualTo("{\"tea\":[1.5,\"\u2615\"]}");
        assertThat(told.signature()).matches("0x[0-9a-f]{130}");
        assertThat(topicsTold(ben)).containsExactly(messagesFor(ben));
        assertThat(carl.peerMessagesTold).isEmpty();
    }

    /** Ben's machine is started anew; whoever listened at the broker says again what it heard, and Ada says more. */
    @Test
    void afterARestartNothingPassesOnceMore() {
        List<Input.Received> heard = new ArrayList<>();
        world.eavesdrop(
                (topic, payload) -> heard.add(new Input.Received(SimulatedWorld.BROKER, topic, payload, false)));
        saySoon(new FederationRequest.SendMessage(new FederationMessages.SendMessageParams(id(ben), "1")));
        saySoon(new FederationRequest.SendFile(new FederationMessages.SendFileParams("a", "x")));
        saySoon(new FederationRequest.SendMessage(new FederationMessages.SendMessageParams(id(ben), "2")));
        world.eavesdrop(null);
        assertThat(ben.peerMessagesTold).hasSize(2);
        SimulatedWorld.Sidecar again = world.again(ben);
        again.connect();
        world.deliverAll();
        heard.stream()
                .filter(one -> one.topic().equals(FILES) || one.topic().equals(messagesFor(ben)))
                .forEach(again::hear);
        assertThat(again.peerMessagesTold).isEmpty();
        assertThat(again.filesKept).isEmpty();
        assertThat(refused(again))
                .containsExactlyInAnyOrder(
                        new FederationMessages.Refusals("file", "replay", 1),
                        new FederationMessages.Refusals("message", "replay", 2));
        world.pass(1);
        saySoon(new FederationRequest.SendMessage(new FederationMessages.SendMessageParams(id(ben), "3")));
        saySoon(new FederationRequest.SendFile(new FederationMessages.SendFileParams("a", "y")));
        assertThat(again.peerMessagesTold)
                .extracting(FederationMessages.PeerMessage::payload)
                .containsExactly("3");
        assertThat(again.filesKept).extracting(SentFile::content).containsExactly("y");
        SimulatedWorld.Sidecar once = world.again(again);
        once.connect();
        heard.forEach(once::hear);
        assertThat(refused(once))
                .containsExactlyInAnyOrder(
                        new FederationMessages.Refusals("file", "replay", 1),
                        new FederationMessages.Refusals("message", "replay", 2));
        assertThat(once.peerMessagesTold).as("two starts later, too").isEmpty();
    }

    /** Who sent it is told nothing new either. */
    @Test
    void whatWasSentFromHereIsKnownAgainAfterARestart() {
        List<Input.Received> heard = new ArrayList<>();
        world.eavesdrop(
                (topic, payload) -> heard.add(new Input.Received(SimulatedWorld.BROKER, topic, payload, false)));
        saySoon(new FederationRequest.SendFile(new FederationMessages.SendFileParams("a", "x")));
        world.eavesdrop(null);
        SimulatedWorld.Sidecar again = world.again(ada);
        again.connect();
        heard.forEach(again::hear);
        assertThat(again.filesKept).isEmpty();
        assertThat(refused(again)).containsExactly(new FederationMessages.Refusals("file", "replay", 1));
    }

    @Test
    void twoOfOneInstantAreTwo() {
        sendMessage(id(ben), "\"same\"");
        sendMessage(id(ben), "\"same\"");
        assertThat(ben.peerMessagesTold).hasSize(2);
    }

    @Test
    void whatNobodyWouldTakeIsNotSent() {
        assertThat(error(sendFile("../x", "x"))).isEqualTo(EditorError.BAD_PARAMS);
        assertThat(error(sendFile(".envrc", "x"))).isEqualTo(EditorError.BAD_PARAMS);
        assertThat(error(sendFile("a", "half \ud83d"))).isEqualTo(EditorError.BAD_PARAMS);
        assertThat(error(sendFile("a", "x".repeat(Limits.SENT_FILE_BYTES + 1)))).isEqualTo(EditorError.LIMIT);
        assertThat(error(sendFile("a", "\u0001".repeat(Limits.SENT_FILE_BYTES))))
                .isEqualTo(EditorError.LIMIT);
        assertThat(error(sendMessage("peer-1", "1"))).isEqualTo(EditorError.BAD_PARAMS);
        assertThat(error(sendMessage(id(ben), "hello"))).isEqualTo(EditorError.BAD_PARAMS);
        assertThat(error(sendMessage(id(ben), '"' + "x".repeat(Limits.PEER_MESSAGE_BYTES) + '"')))
                .isEqualTo(EditorError.LIMIT);
        assertThat(topicsTold(ben)).isEmpty();
    }

    @Test
    void withoutABrokerItIsNoSuccess() {
        ada.disconnect();
        assertThat(error(sendFile("a", "x"))).isEqualTo(EditorError.NOT_CONNECTED);
        assertThat(error(sendMessage(id(ben), "1"))).isEqualTo(EditorError.NOT_CONNECTED);
    }

    @Test
    void nothingGoesToOrComesFromWhoIsBlocked() {
        ada.ask(editor.id, new Request.PeerBook(new PeerRequest.Block(new PeerMessages.PeerParams(id(ben)))));
        assertThat(error(sendMessage(id(ben), "1"))).isEqualTo(EditorError.BLOCKED);
        hear(ada, FILES, file(ben, "a", "x", 1));
        hear(ada, messagesFor(ada), message(ben, ada.identity.peerId(), "1", 2));
        assertThat(ada.filesKept).isEmpty();
        assertThat(ada.peerMessagesTold).isEmpty();
        assertThat(topicsTold(ada)).isEmpty();
    }

    /** Each reason of each kind, offered once: counted, said once, told to no hook and kept nowhere. */
    @Test
    void whatIsRefusedIsCountedByItsReason() {
        ben.logged.clear();
        byte[] good = file(ada, "a", "x", 1);
        hear(ben, FILES, good);
        hear(ben, FILES, good);
        hear(ben, FILES, text(good).replace("\"x\"", "\"y\"").getBytes(StandardCharsets.UTF_8));
        hear(ben, FILES, file(ada, "a", "x", -700_000));
        hear(ben, FILES, file(ada, "a", "x", 700_000));
        hear(ben, FILES, new byte[Limits.SENT_FILE_MESSAGE_BYTES + 1]);
        hear(ben, FILES, bytes("no json"));
        hear(ben, FILES, bytes("{\"a\":1,\"a\":2}"));
        hear(ben, FILES, message(ada, ben.identity.peerId(), "1", 2));
        hear(ben, messagesFor(ben), message(ada, ada.identity.peerId(), "1", 3));
        hear(ben, messagesFor(ben), bytes("hello"));
        hear(ben, "canvasl/peers/announce/peer-" + "1".repeat(40), Announcement.signed(ada.identity, world.nowMillis));
        assertThat(ben.filesKept).hasSize(1);
        assertThat(topicsTold(ben)).hasSize(1);
        assertThat(ben.peerMessagesTold).isEmpty();
        assertThat(refused(ben))
                .containsExactlyInAnyOrder(
                        refusals("announcement", "wrong-topic", 1),
                        refusals("file", "replay", 1),
                        refusals("file", "forged", 1),
                        refusals("file", "stale", 2),
                        refusals("file", "too-large", 1),
                        refusals("file", "not-json", 1),
                        refusals("file", "duplicate-name", 1),
                        refusals("file", "wrong-shape", 1),
                        refusals("message", "wrong-topic", 1),
                        refusals("message", "not-json", 1));
        assertThat(ben.logged).hasSize(11).allMatch(line -> line.contains("was refused"));
    }

    @Test
    void aFloodOfForgeriesIsNoFloodOfLines() {
        ben.logged.clear();
        byte[] forged = bytes(text(file(ada, "a", "x", 1)).replace("\"x\"", "\"y\""));
        for (int i = 0; i < 10_000; i++) {
            hear(ben, FILES, forged);
        }
        assertThat(ben.filesKept).isEmpty();
        assertThat(topicsTold(ben)).isEmpty();
        assertThat(ben.logged).hasSizeLessThan(24);
        assertThat(refused(ben).stream()
                        .mapToInt(FederationMessages.Refusals::count)
                        .sum())
                .isEqualTo(10_000);
    }

    @Test
    void whatCameOfAFileIsTold() {
        FederationMessages.FileReceived kept =
                new FederationMessages.FileReceived(id(ada), "a", "file:///w/a", true, null, "2026-11-20T12:00:00Z");
        FederationMessages.FileReceived lost = new FederationMessages.FileReceived(
                id(ada), "b", "file:///w/b", false, "The disk is full.", "2026-11-20T12:00:00Z");
        ben.hear(new Input.FileKept(kept));
        ben.hear(new Input.FileKept(lost));
        assertThat(ben.filesTold).containsExactly(kept, lost);
        assertThat(refused(ben)).containsExactly(refusals("file", "not-kept", 1));
    }

    private byte[] file(SimulatedWorld.Sidecar from, String file, String content, long later) {
        try {
            return SentFile.signed(from.identity, new DocumentPath(file), content, world.nowMillis + later);
        } catch (IdentityRefused e) {
            throw new AssertionError(e);
        }
    }

    private byte[] message(SimulatedWorld.Sidecar from, PeerId to, String payload, long later) {
        try {
            return DirectMessage.signed(from.identity, to, payload, world.nowMillis + later);
        } catch (IdentityRefused e) {
            throw new AssertionError(e);
        }
    }

    private static FederationMessages.Refusals refusals(String kind, String reason, int count) {
        return new FederationMessages.Refusals(kind, reason, count);
    }

    private static EditorError error(Object answer) {
        assertThat(answer).isInstanceOf(Effect.Refuse.class);
        return ((Effect.Refuse) answer).error();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

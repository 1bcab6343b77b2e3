package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.PeerMessages;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is known of peers, and what a block does: of text, blackboard, announcements and messages, through restarts. */
final class PeersTest {
    private SimulatedWorld world;
    private SimulatedWorld.Sidecar first;
    private SimulatedWorld.Sidecar second;
    private SimulatedEditor ones;
    private SimulatedEditor others;
    private String invitation;

    @BeforeEach
    void twoWhoShareADocument() {
        world = new SimulatedWorld(5);
        first = world.sidecar();
        second = world.sidecar();
        first.connect();
        second.connect();
        ones = open(first, 0, "what was there before");
        invitation = ((EditorMessages.Shared)
                        first.ask(ones.id, new Request.Share(new EditorMessages.ShareParams(ones.uri))))
                .invitation();
        others = join(second, 1);
        type(ones, first);
        type(others, second);
        world.settle();
    }

    private SimulatedEditor open(SimulatedWorld.Sidecar sidecar, int number, String text) {
        SimulatedEditor editor = world.editor(sidecar, "file:///w" + number + "/a", SimulatedEditor.Manner.PROMPT);
        editor.open(text);
        world.settle();
        return editor;
    }

    private SimulatedEditor join(SimulatedWorld.Sidecar sidecar, int number) {
        SimulatedEditor editor = open(sidecar, number, "");
        sidecar.ask(editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, editor.uri)));
        world.settle();
        return editor;
    }

    private static void type(SimulatedEditor editor, SimulatedWorld.Sidecar sidecar) {
        editor.type();
        while (editor.hasWork()) {
            editor.turn(sidecar::hear);
        }
    }

    private static String id(SimulatedWorld.Sidecar sidecar) {
        return sidecar.identity.peerId().value();
    }

    private static Object ask(SimulatedWorld.Sidecar sidecar, PeerRequest request) {
        return sidecar.ask(sidecar.editors.keySet().iterator().next(), new Request.PeerBook(request));
    }

    private static PeerMessages.PeerState show(SimulatedWorld.Sidecar sidecar, SimulatedWorld.Sidecar about) {
        return (PeerMessages.PeerState) ask(sidecar, new PeerRequest.Show(new PeerMessages.PeerParams(id(about))));
    }

    private static PeerMessages.Decided block(SimulatedWorld.Sidecar sidecar, SimulatedWorld.Sidecar about) {
        return (PeerMessages.Decided) ask(sidecar, new PeerRequest.Block(new PeerMessages.PeerParams(id(about))));
    }

    private static PeerMessages.Decided unblock(SimulatedWorld.Sidecar sidecar, SimulatedWorld.Sidecar about) {
        return (PeerMessages.Decided) ask(sidecar, new PeerRequest.Unblock(new PeerMessages.PeerParams(id(about))));
    }

    @Test
    void whatWasExchangedWithWhomIsKnown() {
        PeerMessages.PeerState known = show(first, second);
        assertThat(known.status()).isEqualTo("active");
        assertThat(known.relations()).hasSize(1);
        PeerMessages.Relation relation = known.relations().get(0);
        assertThat(relation.path()).isEqualTo("a");
        assertThat(relation.traffic().bundlesIn()).isEqualTo(1);
        assertThat(Instant.parse(relation.lastSynced()))
                .isBetween(Instant.ofEpochMilli(world.nowMillis - 300_000), Instant.ofEpochMilli(world.nowMillis));
        assertThat(known.failure()).isNull();
        // The one who joined had to ask for what was there.
        PeerMessages.PeerState there = show(second, first);
        assertThat(there.exchanges().asked()).isPositive();
        assertThat(there.exchanges().successRate()).isEqualTo(1.0);
        assertThat(known.traffic().bundlesOut()).isPositive();
        assertThat(first.statusesTold).contains(new PeerMessages.StatusChanged(id(second), "active"));
    }

    @Test
    void whoIsSilentOrLeavesIsInactive() {
        second.disconnect();
        world.pass(100_000);
        assertThat(show(first, second).status()).isEqualTo("active");
        for (int i = 0; i < 10; i++) {
            world.pass(100_000);
        }
        assertThat(show(first, second).status()).isEqualTo("inactive");
        assertThat(first.statusesTold.get(first.statusesTold.size() - 1))
                .isEqualTo(new PeerMessages.StatusChanged(id(second), "inactive"));
        second.connect();
        world.settle();
        assertThat(show(first, second).status()).isEqualTo("active");
        first.hear(
                new Input.Received(SimulatedWorld.BROKER, "canvasl/peers/announce/" + id(second), new byte[0], false));
        assertThat(show(first, second).status()).isEqualTo("inactive");
    }

    @Test
    void whoDoesNotAnswerIsInactiveAndTheFailureIsKnown() {
        second.disconnect();
        type(ones, first);
        world.settle();
        second.connect();
        // Nothing that the first sends to it alone arrives, so it asks in vain.
        first.topics.removeIf(topic -> topic.startsWith("ml/1/") && topic.split("/").length == 4);
        world.deliverAll();
        for (int i = 0; i < 60; i++) {
            world.pass(1_000);
            world.deliverAll();
        }
        PeerMessages.PeerState there = show(second, first);
        assertThat(there.exchanges().unanswered()).isPositive();
        assertThat(there.exchanges().successRate()).isLessThan(1.0);
        assertThat(there.failure().why()).contains("did not send");
        assertThat(second.statusesTold).contains(new PeerMessages.StatusChanged(id(first), "inactive"));
    }

    @Test
    void nothingOfWhoIsBlockedIsTakenAnsweredOrShown() {
        String before = ones.text();
        String told = block(first, second).explanation();
        assertThat(told).contains("can read what you").contains("another peer");
        first.topicsSpokenOn.clear();
        first.messagesTold.clear();
        first.peersTold.clear();
        first.logged.clear();
        int kept = first.log.values().stream().mapToInt(List::size).sum();

        for (int i = 0; i < 20; i++) {
            type(others, second);
        }
        second.ask(
                others.id,
                new Request.Publish(new EditorMessages.PublishParams(
                        "canvasl/sync", "{\"type\":\"canvasl-sync\",\"peer_id\":\"" + id(second) + "\"}", 1, false)));
        second.ask(
                others.id,
                new Request.Publish(new EditorMessages.PublishParams(
                        "canvasl/peers/" + id(first) + "/messages", "{\"from\":\"" + id(second) + "\"}", 1, false)));
        second.ask(others.id, new Request.Announce());
        world.settle();

        assertThat(ones.text()).isEqualTo(before);
        assertThat(first.log.values().stream().mapToInt(List::size).sum()).isEqualTo(kept);
        assertThat(first.messagesTold).noneMatch(message -> message.message().contains(id(second)));
        assertThat(first.peersTold).isEmpty();
        assertThat(first.peersLeft).contains(id(second));
        assertThat(first.topicsSpokenOn)
                .noneMatch(topic -> second.topics.contains(topic) && topic.split("/").length == 4);
        assertThat(first.logged.stream().filter(line -> line.contains("is blocked, and still sends")))
                .hasSize(1);
        PeerMessages.PeerState known = show(first, second);
        assertThat(known.status()).isEqualTo("blocked");
        assertThat(known.dropped()).isGreaterThan(20);
        assertThat(((EditorMessages.Peers) first.ask(ones.id, new Request.Peers())).peers())
                .isEmpty();
        // It is one way only: what is typed here is still published to all.
        String others = this.others.text();
        type(ones, first);
        world.settle();
        assertThat(this.others.text()).isNotEqualTo(others);
    }

    @Test
    void aBlockOutlivesKillsAndAfterItAllConverges() {
        block(first, second);
        String before = ones.text();
        SimulatedWorld.Sidecar again = world.again(first);
        again.connect();
        world.reopen(again, ones);
        type(others, second);
        world.settle();
        assertThat(ones.text()).isEqualTo(before);
        assertThat(show(again, second).status()).isEqualTo("blocked");
        type(ones, again);
        world.settle();
        world.deliverAll();
        String told = unblock(again, second).explanation();
        assertThat(told).contains("is heard again");
        aSecondGoesBy();
        while (ones.hasWork()) {
            ones.turn(again::hear);
        }
        assertThat(ones.text()).isEqualTo(others.text()).isNotEqualTo(before);
        world.settle();
        assertThat(ones.text()).isEqualTo(others.text());
        assertThat(show(again, second).exchanges().successRate()).isEqualTo(1.0);
    }

    /** At once, and not when somebody happens to say hello. */
    private void aSecondGoesBy() {
        for (int i = 0; i < 10; i++) {
            world.deliverAll();
            world.pass(100);
        }
    }

    @Test
    void whatWaitsForWhoIsBlockedIsNotSent() {
        SimulatedWorld.Sidecar third = world.sidecar();
        third.connect();
        SimulatedEditor longOne = world.editor(first, "file:///w0/long", SimulatedEditor.Manner.PROMPT);
        longOne.open("a line of a long text\n".repeat(40_000));
        while (longOne.hasWork()) {
            longOne.turn(first::hear);
        }
        invitation = ((EditorMessages.Shared)
                        first.ask(longOne.id, new Request.Share(new EditorMessages.ShareParams(longOne.uri))))
                .invitation();
        world.settle();
        first.acknowledgementsWait = true;
        SimulatedEditor joined = world.editor(third, "file:///w2/long", SimulatedEditor.Manner.PROMPT);
        joined.open("");
        while (joined.hasWork()) {
            joined.turn(third::hear);
        }
        third.ask(joined.id, new Request.Join(new EditorMessages.JoinParams(invitation, joined.uri)));
        aSecondGoesBy();
        assertThat(first.workspace.audit()).anyMatch(audit -> audit.bulkBytes() > 0);
        block(first, third);
        assertThat(first.workspace.audit()).allMatch(audit -> audit.bulkBytes() == 0);
        first.topicsSpokenOn.clear();
        first.heldBack.forEach(first::hear);
        aSecondGoesBy();
        assertThat(first.topicsSpokenOn)
                .noneMatch(topic -> third.topics.contains(topic) && topic.split("/").length == 4);
    }

    @Test
    void whoCouldNotBeReachedHasNotFailed() {
        second.disconnect();
        type(ones, first);
        world.settle();
        second.connect();
        first.topics.removeIf(topic -> topic.startsWith("ml/1/") && topic.split("/").length == 4);
        long before = show(second, first).exchanges().asked();
        for (int i = 0; i < 50 && show(second, first).exchanges().asked() == before; i++) {
            world.deliverAll();
            world.pass(20);
        }
        assertThat(show(second, first).exchanges().asked()).isGreaterThan(before);
        second.disconnect();
        world.pass(30_000);
        assertThat(show(second, first).exchanges().unanswered()).isZero();
        assertThat(show(second, first).failure()).isNull();
    }

    /** All who share a document must end with the same text, so what a third took in is taken from it. */
    @Test
    void whatABlockedPeerWroteComesThroughOthers() {
        SimulatedWorld.Sidecar third = world.sidecar();
        third.connect();
        SimulatedEditor thirds = join(third, 2);
        block(first, second);
        type(others, second);
        world.settle();
        assertThat(thirds.text()).isEqualTo(others.text());
        assertThat(ones.text()).isEqualTo(others.text());
        assertThat(show(first, second).traffic().bundlesIn())
                .as("nothing of that came from it")
                .isEqualTo(1);
        assertThat(show(first, third).traffic().bundlesIn()).isPositive();
    }

    @Test
    void aBlackboardIsNotExchangedWithWhoIsBlocked() {
        String board = ((BlackboardMessages.Invited)
                        first.ask(ones.id, new Request.Blackboard(new BlackboardRequest.Invite())))
                .invitation();
        second.ask(
                others.id,
                new Request.Blackboard(
                        new BlackboardRequest.Join(new BlackboardMessages.BoardJoinParams(board, false))));
        world.settle();
        assertThat(show(first, second).relations())
                .extracting(PeerMessages.Relation::path)
                .containsExactlyInAnyOrder("a", "meta-log.blackboard");
        block(first, second);
        second.ask(
                others.id,
                new Request.Blackboard(
                        new BlackboardRequest.Set(new BlackboardMessages.WriteParams("n", "k", "1", 0))));
        world.settle();
        assertThat(get(first, ones)).isNull();
        world.deliverAll();
        unblock(first, second);
        aSecondGoesBy();
        assertThat(get(first, ones)).isNotNull();
    }

    private static BlackboardMessages.Entry get(SimulatedWorld.Sidecar sidecar, SimulatedEditor editor) {
        return ((BlackboardMessages.Found) sidecar.ask(
                        editor.id,
                        new Request.Blackboard(new BlackboardRequest.Get(new BlackboardMessages.NameParams("n", "k")))))
                .entry();
    }

    @Test
    void whatWasObservedIsKeptNowAndThenAndADecisionAtOnce() {
        int kept = first.timesPeersKept;
        for (int i = 0; i < 60; i++) {
            type(others, second);
            world.deliverAll();
            world.pass(1_000);
        }
        assertThat(first.timesPeersKept - kept).isLessThanOrEqualTo(1 + 60_000 / (int) PeerDesk.KEEP_EVERY_MILLIS);
        kept = first.timesPeersKept;
        block(first, second);
        assertThat(first.timesPeersKept).isEqualTo(kept + 1);
        unblock(first, second);
        assertThat(first.timesPeersKept).isEqualTo(kept + 2);
        world.settle();
        type(others, second);
        world.deliverAll();
        PeerMessages.PeerState before = show(first, second);
        first.keptPeers = ((Effect.KeepPeers) first.workspace.end().get(0)).records();
        SimulatedWorld.Sidecar again = world.again(first);
        world.reopen(again, ones);
        PeerMessages.PeerState after = show(again, second);
        assertThat(after.status()).as("not heard yet").isEqualTo("inactive");
        assertThat(after.exchanges()).isEqualTo(before.exchanges());
        assertThat(after.lastSynced()).isEqualTo(before.lastSynced());
        assertThat(after.relations()).isEqualTo(before.relations());
    }

    @Test
    void mistakesAreRefusedWithTheirReason() {
        refused(ask(first, new PeerRequest.Block(new PeerMessages.PeerParams("ben"))), EditorError.BAD_PARAMS);
        refused(ask(first, new PeerRequest.Block(new PeerMessages.PeerParams(id(first)))), EditorError.BAD_PARAMS);
        String unknown = "peer-" + "0".repeat(40);
        refused(ask(first, new PeerRequest.Show(new PeerMessages.PeerParams(unknown))), EditorError.UNKNOWN_PEER);
        refused(ask(first, new PeerRequest.Unblock(new PeerMessages.PeerParams(unknown))), EditorError.UNKNOWN_PEER);
        assertThat(unblock(first, second).explanation()).contains("was not blocked");
        block(first, second);
        for (String topic :
                new String[] {"canvasl/peers/" + id(second) + "/messages", "canvasl/webrtc/signaling/" + id(second)}) {
            refused(
                    first.ask(ones.id, new Request.Publish(new EditorMessages.PublishParams(topic, "{}", 1, false))),
                    EditorError.BLOCKED);
        }
    }

    private static void refused(Object answer, EditorError error) {
        assertThat(answer).isInstanceOfSatisfying(Effect.Refuse.class, refuse -> {
            assertThat(refuse.error()).isEqualTo(error);
            assertThat(refuse.explanation()).hasSizeGreaterThan(10);
        });
    }

    /** Odd messages of who is blocked, and of who is not, are told apart or passed on, and break nothing. */
    @Test
    void theGateHoldsForOddMessages() {
        block(first, second);
        first.messagesTold.clear();
        List<String> itsOwn = new ArrayList<>();
        itsOwn.add("{\"from\":\"" + id(second) + "\"");
        itsOwn.add("{\"x\":{\"from\":1},\"peer_id\":\"" + id(second) + "\",\"from\":\"somebody\"}");
        itsOwn.add("{\"fr\\u006fm\":\"" + id(second) + "\"}");
        for (String message : itsOwn) {
            first.hear(received("canvasl/rooms/kitchen", message));
        }
        assertThat(first.messagesTold).isEmpty();
        List<String> ofOthers = List.of(
                "", "{", "[\"" + id(second) + "\"]", "{\"to\":\"" + id(second) + "\"}", "{\"from\":7}", "plain");
        ofOthers.forEach(message -> first.hear(received("canvasl/rooms/kitchen", message)));
        assertThat(first.messagesTold).hasSize(ofOthers.size() - 1);
        first.hear(received("ml/1/x", ""));
        first.hear(received("canvasl/peers/announce/", "{}"));
    }

    private static Input.Received received(String topic, String message) {
        return new Input.Received(SimulatedWorld.BROKER, topic, message.getBytes(StandardCharsets.UTF_8), false);
    }
}

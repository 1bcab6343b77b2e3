package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.protocol.editor.PresenceMessages;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Where people look, from one editor to the others. */
class PresenceTest {
    private static final long SEED = Long.getLong("metalog.seed", System.nanoTime());

    private SimulatedWorld world = new SimulatedWorld(SEED);
    private SimulatedWorld.Sidecar mine;
    private SimulatedWorld.Sidecar theirs;
    private SimulatedEditor ada;
    private SimulatedEditor ben;

    private void share(String text, SimulatedEditor.Manner adas, SimulatedEditor.Manner bens) {
        mine = world.sidecar();
        theirs = world.sidecar();
        mine.connect();
        theirs.connect();
        ada = world.editor(mine, "file:///w0/a.txt", adas);
        ben = world.editor(theirs, "file:///w1/a.txt", bens);
        mine.hear(new Input.WantsPresence(ada.id, "Ada"));
        theirs.hear(new Input.WantsPresence(ben.id, "Ben"));
        ada.open(text);
        world.settle();
        Object shared = mine.ask(ada.id, new Request.Share(new EditorMessages.ShareParams(ada.uri)));
        ben.open("");
        world.settle();
        theirs.ask(
                ben.id,
                new Request.Join(
                        new EditorMessages.JoinParams(((EditorMessages.Shared) shared).invitation(), ben.uri)));
        world.settle();
        assertThat(ben.text()).isEqualTo(ada.text());
    }

    private void share(String text) {
        share(text, SimulatedEditor.Manner.PROMPT, SimulatedEditor.Manner.PROMPT);
    }

    /** Lets everything arrive without letting much time go by. */
    private void soon() {
        for (int i = 0; i < 10; i++) {
            ada.report(mine::hear);
            ben.report(theirs::hear);
            world.deliverAll();
            world.pass(20);
        }
    }

    private String adas() {
        return mine.identity.peerId().value();
    }

    @Test
    void aCaretIsSeenWhereItIsAndGoesAtOnceWhenItsOwnerGoes() {
        share("one two three");
        ada.look(4, true);
        soon();
        assertThat(ben.others()).containsOnlyKeys(adas()).containsEntry(adas(), 4);
        mine.hear(new Input.Closed(ada.id, ada.uri));
        soon();
        assertThat(ben.others()).isEmpty();
    }

    @Test
    void whoLeavesTheDocumentIsGoneAtOnceAndSeesNobodyThere() {
        share("one two three");
        ada.look(4, true);
        ben.look(2, true);
        soon();
        assertThat(ben.others()).hasSize(1);
        assertThat(ada.others()).hasSize(1);
        mine.ask(ada.id, new Request.Leave(new EditorMessages.LeaveParams(ada.uri)));
        soon();
        assertThat(ben.others()).isEmpty();
        assertThat(ada.others()).isEmpty();
    }

    @Test
    void whoeverHidesIsGoneAndWhoeverWantsNothingIsToldNothing() {
        share("one two three");
        ada.look(4, true);
        ben.look(1, true);
        soon();
        assertThat(ada.others()).hasSize(1);
        ada.hide();
        soon();
        assertThat(ben.others()).isEmpty();
        assertThat(ada.others()).as("it may look at others all the same").hasSize(1);

        SimulatedEditor stock = world.editor(mine, ada.uri, SimulatedEditor.Manner.PROMPT);
        stock.open(ada.text());
        stock.report(mine::hear);
        ben.look(2, true);
        soon();
        assertThat(stock.timesTold()).isZero();
    }

    @Test
    void aCaretMovesWithWhatItsOwnerTypesThoughNothingIsSaidOfIt() {
        share("one two three");
        ada.look(ada.text().length(), true);
        soon();
        int before = world.publishedOfDocuments;
        ada.append("!");
        ada.look(ada.caret(), true);
        soon();
        // Ben's editor takes it in.
        while (ben.hasWork()) {
            ben.turn(theirs::hear);
        }
        assertThat(ben.text()).endsWith("three!");
        assertThat(ben.others()).containsEntry(adas(), ben.text().length());
        assertThat(world.publishedOfDocuments - before).as("the key alone").isEqualTo(1);
    }

    @Test
    void whoIsSilentIsGone() {
        share("one two three");
        ada.look(4, true);
        soon();
        assertThat(ben.others()).hasSize(1);
        mine.disconnect();
        for (int i = 0; i < 31; i++) {
            world.pass(1_000);
        }
        assertThat(ben.others()).isEmpty();
        mine.connect();
        soon();
        assertThat(ben.others()).containsEntry(adas(), 4);
    }

    @Test
    void whoIsBlockedIsGoneAndNotSeenAgain() {
        share("one two three");
        ada.look(4, true);
        soon();
        theirs.ask(ben.id, new Request.PeerBook(new PeerRequest.Block(new PeerMessages.PeerParams(adas()))));
        soon();
        assertThat(ben.others()).isEmpty();
        ada.look(5, true);
        soon();
        assertThat(ben.others()).isEmpty();
        assertThat(new PeerId(adas())).isEqualTo(mine.identity.peerId());
    }

    @Test
    void aWanderingCaretIsSaidTwentyTimesASecondAtMost() {
        share("one two three");
        int before = world.publishedOfDocuments;
        for (int i = 0; i < 1_000; i++) {
            ada.look(i % 13, true);
            ada.report(mine::hear);
            world.pass(1);
        }
        assertThat(world.publishedOfDocuments - before).isBetween(15, 21);
        world.deliverAll();
        soon();
        assertThat(ben.others()).as("the last place").containsEntry(adas(), 999 % 13);
    }

    @Test
    void whileTheBrokerTakesNothingOverNothingMoreIsSaid() {
        share("one two three");
        mine.acknowledgementsWait = true;
        int before = world.publishedOfDocuments;
        for (int i = 0; i < 100; i++) {
            ada.look(i % 13, true);
            ada.report(mine::hear);
            world.pass(60);
        }
        assertThat(world.publishedOfDocuments - before).isEqualTo(1);
        ada.append("!");
        ada.report(mine::hear);
        assertThat(world.publishedOfDocuments - before).as("text goes first").isEqualTo(2);
    }

    @Test
    void aReportThatDoesNotFitIsNoReport() {
        share("one two three");
        ada.look(4, true);
        soon();
        PresenceMessages.Place outside = new PresenceMessages.Place(7, 3);
        PresenceMessages.Place inside = new PresenceMessages.Place(0, 1);
        mine.hear(new Input.Looked(
                ada.id,
                new PresenceMessages.Look(
                        ada.uri, ada.version(), List.of(new PresenceMessages.Span(outside, inside)), true)));
        mine.hear(new Input.Looked(
                ada.id,
                new PresenceMessages.Look(
                        ada.uri, ada.version() + 1, List.of(new PresenceMessages.Span(inside, inside)), true)));
        mine.hear(new Input.Looked(ada.id, new PresenceMessages.Look("file:///none", 1, List.of(), true)));
        soon();
        assertThat(ben.others()).containsEntry(adas(), 4);
    }

    @Test
    void theBrokerSeesNothingOfIt() {
        share("one two three");
        List<String> seen = new ArrayList<>();
        world.eavesdrop((topic, payload) -> seen.add(topic + new String(payload, StandardCharsets.ISO_8859_1)));
        ada.look(4, true);
        soon();
        assertThat(ben.others()).hasSize(1);
        assertThat(seen).isNotEmpty().noneMatch(message -> message.contains("Ada"));
        assertThat(mine.log.values().stream().flatMap(List::stream))
                .allMatch(item -> !new String(item.body(), StandardCharsets.ISO_8859_1).contains("Ada"));
    }

    /** Whatever editors do and the broker loses: in the end each is shown where it is. */
    @Test
    void everybodyIsShownWhereTheyAre() {
        for (int round = 0; round < 60; round++) {
            world = new SimulatedWorld(SEED + round);
            Random random = new Random(SEED + round);
            share("one \uD83D\uDE00 two\nthree\n", manner(random), manner(random));
            world.lossPercent = random.nextInt(3) * 10;
            world.doublePercent = random.nextInt(3) * 10;
            for (int i = 0; i < 200; i++) {
                SimulatedEditor one = random.nextBoolean() ? ada : ben;
                if (random.nextInt(3) == 0) {
                    one.type();
                }
                if (random.nextBoolean()) {
                    one.look(
                            one.text()
                                    .offsetByCodePoints(
                                            0,
                                            random.nextInt(one.text()
                                                            .codePointCount(
                                                                    0,
                                                                    one.text().length())
                                                    + 1)),
                            true);
                }
                world.step();
            }
            ada.look(ada.caret(), true);
            ben.look(ben.caret(), true);
            world.settle();
            String why = "seed " + (SEED + round);
            assertThat(ben.text()).as(why).isEqualTo(ada.text());
            assertThat(ben.others()).as(why).containsEntry(adas(), ada.caret());
            assertThat(ada.others())
                    .as(why)
                    .containsEntry(theirs.identity.peerId().value(), ben.caret());
        }
    }

    private static SimulatedEditor.Manner manner(Random random) {
        return List.of(
                        SimulatedEditor.Manner.PROMPT,
                        SimulatedEditor.Manner.PIECEWISE,
                        SimulatedEditor.Manner.LAGGING,
                        SimulatedEditor.Manner.BOASTING)
                .get(random.nextInt(4));
    }
}

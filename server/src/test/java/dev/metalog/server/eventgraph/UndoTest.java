package dev.metalog.server.eventgraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.server.eventgraph.Admission.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class UndoTest {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final ReplicaId BEN = new ReplicaId("ben");
    private static final int HISTORIES = 300;

    private final EventGraph graph = new EventGraph();

    @Test
    void onlyOwnEditsAreTakenBackAndTheOthersStay() {
        type(ANNA, graph.tip(), 0, 0, "one two three");
        Version both = graph.tip();
        type(ANNA, both, 4, 3, "2");
        int annas = graph.vector().nextSeq(ANNA);
        type(BEN, both, 13, 0, "!");
        type(BEN, both, 0, 0, "> ");
        assertThat(graph.text()).isEqualTo("> one 2 three!");
        List<TextEdit> undo = graph.editsWithout(new EventId(ANNA, 13), annas - 13);
        graph.edit(ANNA, graph.tip(), undo);
        assertThat(graph.text()).isEqualTo("> one two three!");
        List<TextEdit> redo =
                graph.editsWithout(new EventId(ANNA, annas), graph.vector().nextSeq(ANNA) - annas);
        graph.edit(ANNA, graph.tip(), redo);
        assertThat(graph.text()).isEqualTo("> one 2 three!");
    }

    @Test
    void whatSomebodyElseHasDeletedTooDoesNotComeBack() {
        type(ANNA, graph.tip(), 0, 0, "abc");
        Version both = graph.tip();
        type(ANNA, both, 1, 1, "");
        type(BEN, both, 1, 2, "");
        assertThat(graph.text()).isEqualTo("a");
        assertThat(graph.editsWithout(new EventId(ANNA, 3), 1)).isEmpty();
        assertThat(graph.editsWithout(new EventId(BEN, 0), 2)).containsExactly(new TextEdit(1, 0, "c"));
    }

    @Test
    void halfAChangeAndUnknownOnesAreRefused() {
        type(ANNA, graph.tip(), 0, 0, "a\uD83D\uDE00bc");
        type(ANNA, graph.tip(), 3, 2, "");
        refused(Reason.BAD_PARENTS, new EventId(ANNA, 0), 2);
        refused(Reason.BAD_PARENTS, new EventId(ANNA, 2), 1);
        refused(Reason.BAD_PARENTS, new EventId(ANNA, 5), 1);
        refused(Reason.UNKNOWN_VERSION, new EventId(ANNA, 5), 3);
        refused(Reason.UNKNOWN_VERSION, new EventId(BEN, 0), 1);
        refused(Reason.UNKNOWN_VERSION, new EventId(ANNA, 0), 0);
        assertThat(graph.editsWithout(new EventId(ANNA, 0), 7)).containsExactly(new TextEdit(0, 3, ""));
    }

    private void refused(Reason reason, EventId first, int length) {
        EditRefusedException refused =
                assertThrows(EditRefusedException.class, () -> graph.editsWithout(first, length));
        assertThat(refused.reason()).isEqualTo(reason);
    }

    /** Against the plain walk: any edit is taken back in any history, undo of undo included. */
    @Test
    void anyEditIsTakenBackAsIfItHadNeverBeen() {
        long seed = Seed.draw("undo");
        for (int history = 0; history < HISTORIES; history++) {
            Random random = new Random(seed + history);
            EventGraph any = new EventGraph();
            List<Version> versions = new ArrayList<>(List.of(Version.ROOT));
            List<List<Event>> recorded = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                boolean atTip = random.nextInt(3) > 0;
                Version parents = atTip ? any.tip() : versions.get(random.nextInt(versions.size()));
                boolean undoes = atTip && !recorded.isEmpty() && random.nextInt(4) == 0;
                List<TextEdit> edits = undoes
                        ? undo("history " + history + " of seed " + seed, any, pick(random, recorded))
                        : RandomText.edits(random, any.textAt(parents));
                List<Event> events = new ArrayList<>();
                for (Bundle bundle : any.edit(random.nextBoolean() ? ANNA : BEN, parents, edits)) {
                    events.addAll(bundle.events());
                }
                if (!events.isEmpty()) {
                    recorded.add(events);
                    versions.add(Version.of(events.get(events.size() - 1).lastId()));
                }
            }
        }
    }

    private static List<Event> pick(Random random, List<List<Event>> recorded) {
        return recorded.get(recorded.size() - 1 - random.nextInt(Math.min(6, recorded.size())));
    }

    private static List<TextEdit> undo(String name, EventGraph any, List<Event> events) {
        PlainWalker plain = new PlainWalker();
        any.since(VersionVector.EMPTY).forEach(bundle -> plain.add(bundle.events()));
        EventId first = events.get(0).id();
        int length = 0;
        Set<EventId> units = new HashSet<>();
        for (Event event : events) {
            for (int k = 0; k < event.length(); k++) {
                units.add(new EventId(first.replica(), first.seq() + length++));
            }
        }
        List<TextEdit> edits = any.editsWithout(first, length);
        assertThat(Texts.apply(any.text(), edits)).as(name).isEqualTo(plain.textWithout(units));
        return edits;
    }

    @Test
    void everyCharacterHasAnOrigin() {
        type(ANNA, graph.tip(), 0, 0, "abcdef");
        Version both = graph.tip();
        type(BEN, both, 3, 0, "XY");
        type(ANNA, both, 1, 1, "");
        assertThat(graph.text()).isEqualTo("acXYdef");
        assertThat(graph.origins())
                .containsExactly(
                        new Origin(new EventId(ANNA, 0), 1, 0),
                        new Origin(new EventId(ANNA, 2), 1, 0),
                        new Origin(new EventId(BEN, 0), 2, 0),
                        new Origin(new EventId(ANNA, 3), 3, 0));
        assertThat(new EventGraph().origins()).isEmpty();
    }

    @Test
    void anAnchorStaysWithItsNeighbours() {
        type(ANNA, graph.tip(), 0, 0, "abcdef");
        Version shown = graph.tip();
        type(BEN, shown, 3, 0, "XY");
        type(ANNA, shown, 0, 2, "");
        assertThat(graph.text()).isEqualTo("cXYdef");
        assertThat(graph.positionOf(new Anchor(shown, 3, Anchor.Side.BEFORE_INSERTED)))
                .isEqualTo(1);
        assertThat(graph.positionOf(new Anchor(shown, 3, Anchor.Side.AFTER_INSERTED)))
                .isEqualTo(3);
        assertThat(graph.positionOf(new Anchor(shown, 1, Anchor.Side.AFTER_INSERTED)))
                .isZero();
        assertThat(graph.positionOf(new Anchor(shown, 6, Anchor.Side.BEFORE_INSERTED)))
                .isEqualTo(6);
    }

    @Test
    void equalTextsHaveEqualDigests() {
        type(ANNA, graph.tip(), 0, 0, "ab");
        Version before = graph.tip();
        type(ANNA, graph.tip(), 2, 0, "c");
        EventGraph other = new EventGraph();
        other.edit(BEN, Version.ROOT, List.of(new TextEdit(0, 0, "abc")));
        assertThat(graph.digest(graph.tip()))
                .isEqualTo(other.digest(other.tip()))
                .hasSize(32);
        assertThat(graph.digest(before)).isNotEqualTo(other.digest(other.tip()));
    }

    private void type(ReplicaId writer, Version at, int position, int deleted, String inserted) {
        graph.edit(writer, at, List.of(new TextEdit(position, deleted, inserted)));
    }
}

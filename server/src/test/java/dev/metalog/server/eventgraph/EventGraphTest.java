package dev.metalog.server.eventgraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.server.eventgraph.Admission.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class EventGraphTest {
    private static final ReplicaId ANNA = new ReplicaId("anna");
    private static final ReplicaId BEN = new ReplicaId("ben");
    private static final String SMILE = "\uD83D\uDE00";

    private final EventGraph graph = new EventGraph();

    @Test
    void anEmptyDocumentIsAtTheRoot() {
        assertThat(graph.tip()).isEqualTo(Version.ROOT);
        assertThat(graph.text()).isEmpty();
        assertThat(graph.textAt(Version.ROOT)).isEmpty();
        assertThat(graph.since(VersionVector.EMPTY)).isEmpty();
        assertThat(graph.editsBetween(Version.ROOT, Version.ROOT)).isEmpty();
        assertThat(graph.knows(Version.ROOT)).isTrue();
        assertThat(graph.vector()).isEqualTo(VersionVector.EMPTY);
    }

    @Test
    void typingIsRecordedAsEventsThatFollowOneAnother() {
        List<Bundle> bundles = type(ANNA, Version.ROOT, insert(0, "hello"), new TextEdit(1, 3, "u"), insert(3, "!"));
        assertThat(graph.text()).isEqualTo("huo!");
        assertThat(bundles)
                .containsExactly(new Bundle(List.of(
                        Event.insertion(id(ANNA, 0), List.of(), 0, "hello"),
                        Event.deletion(id(ANNA, 5), List.of(id(ANNA, 4)), 1, 3),
                        Event.insertion(id(ANNA, 8), List.of(id(ANNA, 7)), 1, "u"),
                        Event.insertion(id(ANNA, 9), List.of(id(ANNA, 8)), 3, "!"))));
        assertThat(graph.tip()).isEqualTo(Version.of(id(ANNA, 9)));
        assertThat(graph.eventCount()).isEqualTo(10);
        assertThat(graph.length()).isEqualTo(4);
    }

    @Test
    void anEditThatChangesNothingRecordsNothing() {
        assertThat(type(ANNA, Version.ROOT)).isEmpty();
        assertThat(type(ANNA, Version.ROOT, insert(0, ""))).isEmpty();
        assertThat(graph.tip()).isEqualTo(Version.ROOT);
    }

    @Test
    void theSameEventsGiveTheSameTextInAnyOrder() {
        List<Bundle> base = type(ANNA, Version.ROOT, insert(0, "one two three"));
        Version shown = graph.tip();
        List<Bundle> annas = type(ANNA, shown, new TextEdit(0, 3, "1"));
        List<Bundle> bens = type(BEN, shown, new TextEdit(8, 5, "3"));
        assertThat(graph.text()).isEqualTo("1 two 3");

        EventGraph other = new EventGraph();
        base.forEach(other::admit);
        bens.forEach(other::admit);
        annas.forEach(other::admit);
        assertThat(other.text()).isEqualTo("1 two 3");
        assertThat(other.tip()).isEqualTo(graph.tip());
        assertThat(other.textAt(shown)).isEqualTo("one two three");
    }

    @Test
    void whatTwoTypeAtOnePlaceIsNotMixed() {
        type(ANNA, Version.ROOT, insert(0, "()"));
        Version shown = graph.tip();
        Version bens = last(type(BEN, shown, insert(1, "b")));
        Version annas = last(type(ANNA, shown, insert(1, "a")));
        for (int i = 2; i < 5; i++) {
            bens = last(type(BEN, bens, insert(i, "b")));
            annas = last(type(ANNA, annas, insert(i, "a")));
        }
        assertThat(graph.text()).isEqualTo("(aaaabbbb)");
    }

    @Test
    void aLaggingViewIsBroughtToTheTipByEdits() {
        type(ANNA, Version.ROOT, insert(0, "abcdef"));
        Version shown = graph.tip();
        type(ANNA, shown, new TextEdit(1, 2, ""), new TextEdit(3, 0, "XY"));
        // The view still shows abcdef; typing in it is against that.
        Version view = last(type(BEN, shown, insert(6, "!")));
        assertThat(graph.textAt(view)).isEqualTo("abcdef!");
        assertThat(Texts.apply("abcdef!", graph.editsBetween(view, graph.tip())))
                .isEqualTo(graph.text())
                .isEqualTo("adeXYf!");
        assertThatIllegalArgumentException().isThrownBy(() -> graph.editsBetween(graph.tip(), shown));
    }

    @Test
    void neighbouringEditsAreJoined() {
        type(ANNA, Version.ROOT, insert(0, "0123456789"));
        Version shown = graph.tip();
        // Typing, taking back one key, deleting forwards, deleting backwards.
        type(ANNA, graph.tip(), insert(2, "a"));
        type(ANNA, graph.tip(), insert(3, "bx"));
        type(ANNA, graph.tip(), new TextEdit(4, 1, ""));
        type(ANNA, graph.tip(), new TextEdit(4, 1, ""));
        type(ANNA, graph.tip(), new TextEdit(4, 1, ""));
        type(ANNA, graph.tip(), new TextEdit(1, 1, ""));
        assertThat(graph.text()).isEqualTo("0ab456789");
        assertThat(graph.editsBetween(shown, graph.tip())).containsExactly(new TextEdit(1, 3, "ab"));
        type(ANNA, graph.tip(), insert(9, "!"));
        assertThat(graph.editsBetween(shown, graph.tip()))
                .containsExactly(new TextEdit(1, 3, "ab"), new TextEdit(9, 0, "!"));
    }

    @Test
    void versionsAreComparedAndMerged() {
        type(ANNA, Version.ROOT, insert(0, "x"));
        Version shown = graph.tip();
        Version annas = last(type(ANNA, shown, insert(0, "a")));
        Version bens = last(type(BEN, shown, insert(0, "b")));
        Version both = new Version(List.of(id(ANNA, 1), id(BEN, 0)));
        assertThat(graph.tip()).isEqualTo(both);
        assertThat(graph.merge(annas, bens)).isEqualTo(both);
        assertThat(graph.merge(annas, shown)).isEqualTo(annas);
        assertThat(graph.merge(Version.ROOT, Version.ROOT)).isEqualTo(Version.ROOT);
        assertThat(graph.includes(both, annas)).isTrue();
        assertThat(graph.includes(annas, bens)).isFalse();
        assertThat(graph.includes(annas, shown)).isTrue();
        assertThat(graph.includes(shown, annas)).isFalse();
        assertThat(graph.knows(Version.of(id(BEN, 1)))).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> graph.textAt(Version.of(id(BEN, 1))));
    }

    @Test
    void anEditThatDoesNotFitItsTextIsRefusedAndLeavesNoTrace() {
        type(ANNA, Version.ROOT, insert(0, "a" + SMILE + "b"));
        Version shown = graph.tip();
        type(BEN, shown, new TextEdit(0, 4, ""));
        for (Version version : List.of(shown, graph.merge(shown, shown))) {
            refusedEdit(Reason.OUT_OF_RANGE, version, insert(5, "x"));
            refusedEdit(Reason.OUT_OF_RANGE, version, new TextEdit(3, 2, ""));
            refusedEdit(Reason.OUT_OF_RANGE, version, new TextEdit(0, Integer.MAX_VALUE, ""));
            refusedEdit(Reason.SPLITS_A_CHARACTER, version, insert(2, "x"));
            refusedEdit(Reason.SPLITS_A_CHARACTER, version, new TextEdit(1, 1, ""));
            refusedEdit(Reason.SPLITS_A_CHARACTER, version, new TextEdit(2, 1, ""));
            // The first is good and is taken back with the second.
            refusedEdit(Reason.OUT_OF_RANGE, version, insert(0, "good"), new TextEdit(9, 0, "bad"));
        }
        refusedEdit(Reason.OUT_OF_RANGE, graph.tip(), insert(1, "x"));
        refusedEdit(Reason.UNKNOWN_VERSION, Version.of(id(BEN, 99)), insert(0, "x"));
        // Half of the deletion of a character is no version to type into.
        refusedEdit(Reason.UNKNOWN_VERSION, Version.of(id(BEN, 1)), insert(0, "x"));
    }

    @Test
    void afterARefusalTypingGoesOn() {
        type(ANNA, Version.ROOT, insert(0, "ab"));
        refusedEdit(Reason.OUT_OF_RANGE, graph.tip(), insert(0, "good"), insert(7, "bad"));
        type(ANNA, graph.tip(), insert(2, "c"));
        assertThat(graph.text()).isEqualTo("abc");
        assertThat(graph.tip()).isEqualTo(Version.of(id(ANNA, 2)));
    }

    @Test
    void aTextOfRefusedEventsIsNotRemembered() {
        type(ANNA, Version.ROOT, insert(0, SMILE));
        EventId base = id(ANNA, 1);
        // To judge the last event its parents' text is rebuilt, which holds the first event.
        Event first = Event.insertion(id(BEN, 0), List.of(base), 0, "refused");
        Event deletion = Event.deletion(id(BEN, 7), List.of(first.lastId()), 0, 9);
        Event bad = Event.insertion(id(new ReplicaId("eve"), 0), List.of(first.lastId()), 8, "x");
        assertThat(graph.admit(new Bundle(List.of(first, deletion, bad))))
                .isInstanceOfSatisfying(
                        Admission.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.SPLITS_A_CHARACTER));
        // These take the place in the log that the refused ones had.
        Version kept = last(type(ANNA, graph.tip(), insert(2, "kept...")));
        type(ANNA, kept, insert(0, "later "));
        assertThat(graph.textAt(kept)).isEqualTo(SMILE + "kept...");
    }

    @Test
    void aCharacterIsNotSplitWhereverItsHalvesAreToBeFound() {
        // At the tip itself.
        type(ANNA, Version.ROOT, insert(0, SMILE + SMILE));
        refusedEdit(Reason.SPLITS_A_CHARACTER, graph.tip(), insert(1, "x"));
        // In a text older than the concurrency, still there.
        Version shown = graph.tip();
        type(BEN, shown, insert(0, "xyz"));
        refusedEdit(Reason.SPLITS_A_CHARACTER, shown, insert(3, "x"));
        refusedEdit(Reason.SPLITS_A_CHARACTER, shown, new TextEdit(1, 2, ""));
        // The same, deleted meanwhile.
        type(BEN, graph.tip(), new TextEdit(0, 7, ""));
        refusedEdit(Reason.SPLITS_A_CHARACTER, shown, insert(3, "x"));
        // In a text that is itself concurrent, deleted meanwhile.
        Version annas = last(type(ANNA, shown, insert(2, SMILE)));
        type(BEN, graph.tip(), new TextEdit(0, 2, ""));
        assertThat(graph.text()).isEmpty();
        refusedEdit(Reason.SPLITS_A_CHARACTER, annas, insert(3, "x"));
        assertThat(graph.textAt(annas)).isEqualTo(SMILE + SMILE + SMILE);
    }

    @Test
    void aBundleWaitsForWhatItFollows() {
        List<Bundle> first = type(ANNA, Version.ROOT, insert(0, "ab"));
        List<Bundle> second = type(ANNA, graph.tip(), insert(2, "cd"));
        List<Bundle> third = type(BEN, graph.tip(), insert(4, "ef"));
        EventGraph other = new EventGraph();
        assertThat(other.admit(third.get(0))).isEqualTo(new Admission.Missing(List.of(id(ANNA, 3))));
        assertThat(other.admit(second.get(0))).isEqualTo(new Admission.Missing(List.of(id(ANNA, 1))));
        assertThat(other.eventCount()).isZero();
        assertThat(other.admit(first.get(0))).isEqualTo(new Admission.Added(2));
        assertThat(other.admit(first.get(0))).isEqualTo(new Admission.Duplicate());
        assertThat(other.admit(third.get(0))).isEqualTo(new Admission.Missing(List.of(id(ANNA, 3))));
        assertThat(other.admit(second.get(0))).isEqualTo(new Admission.Added(2));
        assertThat(other.admit(third.get(0))).isEqualTo(new Admission.Added(2));
        assertThat(other.text()).isEqualTo("abcdef");
    }

    @Test
    void aGapInAWritersEventsIsAMissingEvent() {
        Event later = Event.insertion(id(ANNA, 5), List.of(), 0, "x");
        assertThat(admit(later)).isEqualTo(new Admission.Missing(List.of(id(ANNA, 4))));
    }

    @Test
    void whatIsKnownInPartAddsOnlyTheRest() {
        EventGraph other = new EventGraph();
        type(ANNA, Version.ROOT, insert(0, "ab")).forEach(other::admit);
        type(ANNA, graph.tip(), insert(2, "cd"));
        // Here the two runs are one.
        List<Bundle> whole = graph.since(VersionVector.EMPTY);
        assertThat(whole).containsExactly(new Bundle(List.of(Event.insertion(id(ANNA, 0), List.of(), 0, "abcd"))));
        assertThat(other.admit(whole.get(0))).isEqualTo(new Admission.Added(2));
        assertThat(other.text()).isEqualTo("abcd");
        assertThat(other.tip()).isEqualTo(graph.tip());
        assertThat(graph.since(vector(ANNA, 3)))
                .containsExactly(new Bundle(List.of(Event.insertion(id(ANNA, 3), List.of(id(ANNA, 2)), 3, "d"))));
        assertThat(graph.since(graph.vector())).isEmpty();
    }

    @Test
    void aVectorThatPointsIntoACharacterOrADeletionGetsAllOfIt() {
        type(ANNA, Version.ROOT, insert(0, "a" + SMILE + "b"), new TextEdit(0, 3, ""));
        Event smile = Event.insertion(id(ANNA, 1), List.of(id(ANNA, 0)), 1, SMILE + "b");
        Event deletion = Event.deletion(id(ANNA, 4), List.of(id(ANNA, 3)), 0, 3);
        assertThat(graph.since(vector(ANNA, 2))).containsExactly(new Bundle(List.of(smile, deletion)));
        assertThat(graph.since(vector(ANNA, 5))).containsExactly(new Bundle(List.of(deletion)));
    }

    @Test
    void twoEventsUnderOneNameAreAConflict() {
        type(ANNA, Version.ROOT, insert(0, "ab"), new TextEdit(0, 1, ""));
        EventId after = id(ANNA, 1);
        assertRefused(Reason.CONFLICT, Event.insertion(id(ANNA, 0), List.of(), 0, "xb"));
        assertRefused(Reason.CONFLICT, Event.insertion(id(ANNA, 0), List.of(), 1, "ab"));
        assertRefused(Reason.CONFLICT, Event.insertion(id(ANNA, 1), List.of(), 1, "b"));
        assertRefused(Reason.CONFLICT, Event.insertion(id(ANNA, 0), List.of(), 0, "abc"));
        assertRefused(Reason.CONFLICT, Event.insertion(id(ANNA, 2), List.of(after), 0, "x"));
        assertRefused(Reason.CONFLICT, Event.deletion(id(ANNA, 2), List.of(after), 0, 2));
        assertThat(admit(Event.insertion(id(ANNA, 1), List.of(id(ANNA, 0)), 1, "b")))
                .isEqualTo(new Admission.Duplicate());
        assertThat(graph.text()).isEqualTo("b");
    }

    @Test
    void oddParentsAreRefused() {
        type(ANNA, Version.ROOT, insert(0, "a" + SMILE + "b"));
        type(ANNA, graph.tip(), new TextEdit(0, 3, ""));
        assertRefused(Reason.BAD_PARENTS, Event.insertion(id(BEN, 0), List.of(id(ANNA, 1)), 0, "x"));
        assertRefused(Reason.BAD_PARENTS, Event.insertion(id(BEN, 0), List.of(id(ANNA, 5)), 0, "x"));
        assertRefused(Reason.BAD_PARENTS, Event.insertion(id(BEN, 0), List.of(id(ANNA, 0), id(ANNA, 6)), 0, "x"));
        assertThat(admit(Event.insertion(id(BEN, 0), List.of(id(ANNA, 2)), 3, "x")))
                .isEqualTo(new Admission.Added(1));
        assertThat(graph.text()).isEqualTo("bx");
    }

    @Test
    void aChildBeforeItsParentIsRefused() {
        Event parent = Event.insertion(id(ANNA, 0), List.of(), 0, "ab");
        Event child = Event.insertion(id(BEN, 0), List.of(id(ANNA, 1)), 2, "c");
        assertThat(graph.admit(new Bundle(List.of(child, parent))))
                .isInstanceOfSatisfying(Admission.Refused.class, r -> {
                    assertThat(r.reason()).isEqualTo(Reason.UNORDERED);
                    assertThat(r.event()).isEqualTo(parent.id());
                });
        Event own = Event.insertion(id(ANNA, 0), List.of(id(ANNA, 0)), 0, "a");
        assertRefused(Reason.UNORDERED, own);
        assertThat(graph.eventCount()).isZero();
        assertThat(graph.admit(new Bundle(List.of(parent, child)))).isEqualTo(new Admission.Added(3));
    }

    @Test
    void oneBadEventRefusesTheWholeBundle() {
        type(ANNA, Version.ROOT, insert(0, "base"));
        EventId base = id(ANNA, 3);
        type(ANNA, graph.tip(), new TextEdit(1, 2, "A"));
        String before = graph.text();
        Event good = Event.insertion(id(BEN, 0), List.of(base), 4, "good");
        Event deletion = Event.deletion(id(BEN, 4), List.of(good.lastId()), 0, 6);
        Event bad = Event.insertion(id(BEN, 10), List.of(deletion.lastId()), 3, "bad");
        Event newcomer = Event.insertion(id(new ReplicaId("eve"), 0), List.of(base), 0, "?");
        assertThat(graph.admit(new Bundle(List.of(good, deletion, newcomer, bad))))
                .isInstanceOfSatisfying(Admission.Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(Reason.OUT_OF_RANGE);
                    assertThat(refused.event()).isEqualTo(bad.id());
                    assertThat(refused.explanation()).contains("outside of the 2 code units");
                });
        assertThat(graph.text()).isEqualTo(before);
        assertThat(graph.eventCount()).isEqualTo(7);
        assertThat(graph.vector()).isEqualTo(vector(ANNA, 7));
        assertThat(graph.tip()).isEqualTo(Version.of(id(ANNA, 6)));
        assertThat(graph.knows(Version.of(id(BEN, 0)))).isFalse();
        // What was good in it can come later.
        assertThat(graph.admit(new Bundle(List.of(good, deletion, newcomer)))).isEqualTo(new Admission.Added(11));
        assertThat(graph.text()).isEqualTo("?Aod");
    }

    @Test
    void everyOutcomeIsDispatched() {
        Admission.Handler<String> handler = new Admission.Handler<>() {
            @Override
            public String added(Admission.Added added) {
                return "added " + added.units();
            }

            @Override
            public String duplicate(Admission.Duplicate duplicate) {
                return "duplicate";
            }

            @Override
            public String missing(Admission.Missing missing) {
                return "missing " + missing.events();
            }

            @Override
            public String refused(Admission.Refused refused) {
                return "refused " + refused.reason();
            }
        };
        Event event = Event.insertion(id(ANNA, 0), List.of(), 0, "a");
        assertThat(admit(event).dispatch(handler)).isEqualTo("added 1");
        assertThat(admit(event).dispatch(handler)).isEqualTo("duplicate");
        assertThat(admit(Event.deletion(id(BEN, 0), List.of(id(ANNA, 1)), 0, 1)).dispatch(handler))
                .isEqualTo("missing [anna:1]");
        assertThat(admit(Event.deletion(id(BEN, 0), List.of(), 0, 1)).dispatch(handler))
                .isEqualTo("refused OUT_OF_RANGE");
    }

    @Test
    void aDocumentOfTheGreatestLengthIsSharedInBundlesAndOneUnitMoreIsRefused() throws Exception {
        // Three bytes a unit in UTF-8, and pairs that must not be cut where a piece ends.
        String text = ("漢" + SMILE).repeat(Limits.DOCUMENT_BYTES / 7) + "x";
        assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSize(Limits.DOCUMENT_BYTES);
        List<Bundle> bundles = type(ANNA, Version.ROOT, insert(0, text));
        EventGraph other = new EventGraph();
        for (Bundle bundle : bundles) {
            byte[] bytes = BundleCodec.encode(bundle);
            assertThat(bytes.length).isLessThanOrEqualTo(Limits.BATCH_BYTES);
            assertThat(other.admit(BundleCodec.decode(bytes))).isInstanceOf(Admission.Added.class);
        }
        assertThat(other.text().equals(text)).isTrue();
        refusedEdit(Reason.TOO_LARGE, graph.tip(), insert(0, "x"));
        refusedEdit(Reason.TOO_LARGE, Version.ROOT, insert(0, "x"));
        refusedEdit(Reason.TOO_LARGE, graph.tip(), new TextEdit(text.length() - 1, 1, "ß"));
        type(ANNA, graph.tip(), new TextEdit(0, 1, "x"));
        type(ANNA, graph.tip(), insert(0, "xy"));
        refusedEdit(Reason.TOO_LARGE, graph.tip(), insert(0, "x"));
        assertThat(graph.length()).isEqualTo(text.length() + 2);
    }

    @Test
    void aPeersEventBeyondTheGreatestLengthOfItsOwnTextIsRefusedWhateverElseIsKnown() throws Exception {
        List<Bundle> bundles = type(ANNA, Version.ROOT, insert(0, "x".repeat(Limits.DOCUMENT_UNITS)));
        EventId last = bundles.get(bundles.size() - 1).events().get(0).lastId();
        Event tooMuch = Event.insertion(id(BEN, 0), List.of(last), 7, "y");
        assertThat(admit(tooMuch)).isInstanceOfSatisfying(Admission.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(Reason.TOO_LARGE);
            assertThat(refused.event()).isEqualTo(id(BEN, 0));
        });
        assertThat(graph.tip()).isEqualTo(Version.of(last));

        // Written at the same time, within the bound each: every replica has to admit both.
        ReplicaId cleo = new ReplicaId("cleo");
        assertThat(admit(Event.insertion(id(cleo, 0), List.of(), 0, "zz"))).isInstanceOf(Admission.Added.class);
        assertThat(graph.length()).isEqualTo(Limits.DOCUMENT_UNITS + 2);
        assertThat(admit(tooMuch))
                .isInstanceOfSatisfying(
                        Admission.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.TOO_LARGE));
        refusedEdit(Reason.TOO_LARGE, graph.tip(), insert(5, "!"));
        type(ANNA, graph.tip(), new TextEdit(0, 1, ""));
        type(ANNA, graph.tip(), new TextEdit(0, 2, "!"));
        refusedEdit(Reason.TOO_LARGE, graph.tip(), insert(5, "!"));
    }

    @Test
    void anEventJoinsAsManyBranchesAsItMay() {
        Version crowd = crowdOf(Limits.EVENT_PARENTS);
        type(ANNA, Version.ROOT, insert(0, "x"));
        List<Bundle> joined = type(ANNA, crowd, insert(Limits.EVENT_PARENTS, "!"));
        assertThat(joined.get(0).events().get(0).parents()).hasSize(Limits.EVENT_PARENTS);
        assertThat(graph.text()).hasSize(Limits.EVENT_PARENTS + 2).contains("x!");
    }

    /** Whoever makes more branches than that must not keep others from typing. */
    @Test
    void ofMoreBranchesSomeAreJoinedFirst() {
        Version crowd = crowdOf(600);
        String before = graph.text();
        assertThat(type(BEN, crowd, new TextEdit(0, 0, ""))).isEmpty();
        List<Bundle> typed = type(ANNA, crowd, new TextEdit(3, 2, "y"), insert(4, "z"));
        assertThat(graph.text()).isEqualTo(before.substring(0, 3) + "yz" + before.substring(5));
        assertThat(graph.tip()).isEqualTo(last(typed));
        EventGraph other = new EventGraph();
        graph.since(VersionVector.EMPTY).forEach(other::admit);
        assertThat(other.text()).isEqualTo(graph.text());
        assertThat(other.agreesWithItsHistory()).isTrue();
        PlainWalker plain = new PlainWalker();
        graph.since(VersionVector.EMPTY).forEach(bundle -> plain.add(bundle.events()));
        assertThat(plain.text()).isEqualTo(graph.text());
    }

    private Version crowdOf(int writers) {
        for (int writer = 0; writer < writers; writer++) {
            type(new ReplicaId("w" + writer), Version.ROOT, insert(0, "x"));
        }
        return graph.tip();
    }

    @Test
    void aHistoryMayBeDeeperThanAnyStack() {
        // Two who take turns, each key one event that joins the other's: 20,000 merges in a line.
        Version annas = last(type(ANNA, Version.ROOT, insert(0, "a")));
        Version bens = last(type(BEN, Version.ROOT, insert(0, "b")));
        for (int i = 0; i < 20_000; i++) {
            Version both = graph.merge(annas, bens);
            annas = last(type(ANNA, both, new TextEdit(0, 1, "a")));
            bens = last(type(BEN, both, new TextEdit(1, 1, "b")));
        }
        assertThat(graph.text()).isEqualTo("ab");
        assertThat(Texts.apply("", graph.editsBetween(Version.ROOT, graph.tip())))
                .isEqualTo("ab");
        assertThat(graph.includes(graph.tip(), Version.of(id(BEN, 0)))).isTrue();
        EventGraph other = new EventGraph();
        graph.since(VersionVector.EMPTY).forEach(other::admit);
        assertThat(other.text()).isEqualTo("ab");
    }

    private static EventId id(ReplicaId writer, int seq) {
        return new EventId(writer, seq);
    }

    private static TextEdit insert(int position, String text) {
        return new TextEdit(position, 0, text);
    }

    private List<Bundle> type(ReplicaId writer, Version parents, TextEdit... edits) {
        return graph.edit(writer, parents, List.of(edits));
    }

    private static Version last(List<Bundle> bundles) {
        List<Event> events = bundles.get(bundles.size() - 1).events();
        return Version.of(events.get(events.size() - 1).lastId());
    }

    private Admission admit(Event event) {
        return graph.admit(new Bundle(List.of(event)));
    }

    private void assertRefused(Reason reason, Event event) {
        int before = graph.eventCount();
        assertThat(admit(event)).isInstanceOfSatisfying(Admission.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.event()).isEqualTo(event.id());
            assertThat(refused.explanation()).endsWith(".");
        });
        assertThat(graph.eventCount()).isEqualTo(before);
    }

    @Test
    void thereIsRoomForSoManyDeletionsOfTheSame() {
        String text = "0123456789";
        type(ANNA, Version.ROOT, insert(0, text));
        int most = Limits.FREE_DELETIONS + text.length() * Limits.DELETIONS_PER_INSERTION;
        assertThat(graph.hasRoomFor(deletion(most))).isTrue();
        assertThat(graph.hasRoomFor(deletion(most + 1))).isFalse();
        type(ANNA, graph.tip(), new TextEdit(0, 7, ""));
        assertThat(graph.hasRoomFor(deletion(most - 7))).isTrue();
        assertThat(graph.hasRoomFor(deletion(most - 6))).isFalse();
    }

    private EventRuns deletion(int length) {
        EventId stranger = new EventId(new ReplicaId("stranger"), 0);
        return BundleCodec.toRuns(
                new Bundle(List.of(Event.deletion(stranger, graph.tip().events(), 0, length))));
    }

    private void refusedEdit(Reason reason, Version version, TextEdit... edits) {
        List<Object> before =
                new ArrayList<>(List.of(graph.text(), graph.tip(), graph.vector(), graph.eventCount(), graph.length()));
        EditRefusedException refused =
                assertThrows(EditRefusedException.class, () -> type(ANNA, version, edits), () -> reason + " expected");
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused).hasMessageEndingWith(".");
        assertThat(List.of(graph.text(), graph.tip(), graph.vector(), graph.eventCount(), graph.length())
                        .equals(before))
                .isTrue();
    }

    private static VersionVector vector(ReplicaId writer, int nextSeq) {
        SortedMap<ReplicaId, Integer> nextSeqs = new TreeMap<>();
        nextSeqs.put(writer, nextSeq);
        return new VersionVector(nextSeqs);
    }
}

package dev.metalog.server.blackboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.codec.BlackboardCodec;
import dev.metalog.server.blackboard.BlackboardRefused.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class BlackboardTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long YEAR = 365L * 24 * 3_600_000;
    private static final PeerId ANN = new PeerId("peer-" + "a".repeat(40));
    private static final PeerId BOB = new PeerId("peer-" + "b".repeat(40));
    private static final EntryName NAME = new EntryName("tools", "name");

    private final Blackboard ann = new Blackboard(ANN, new ReplicaId("zz"));
    private final Blackboard bob = new Blackboard(BOB, new ReplicaId("aa"));

    @Test
    void whoWroteLastKnowingOfTheOtherWinsWhateverTheClocksSay() throws Exception {
        BlackboardWrite ahead = ann.set(NAME, json("\"from the future\""), 0, NOW + YEAR);
        merge(bob, ahead);
        merge(ann, bob.set(NAME, json("\"now\""), 0, NOW));
        assertThat(shown(ann)).isEqualTo(shown(bob)).isEqualTo("\"now\"");
    }

    @Test
    void ofTwoWrittenAtOnceTheLaterPeerIsShownUntilSomebodyWritesAgain() throws Exception {
        BlackboardWrite byAnn = ann.set(NAME, json("1"), 0, NOW + YEAR);
        BlackboardWrite byBob = bob.set(NAME, json("2"), 0, NOW);
        merge(ann, byBob);
        merge(bob, byAnn);
        assertThat(shown(ann)).isEqualTo(shown(bob)).isEqualTo("2");
        assertThat(ann.count()).isEqualTo(2);
        merge(bob, ann.set(NAME, json("3"), 0, NOW));
        assertThat(shown(bob)).isEqualTo("3");
        assertThat(bob.count()).isEqualTo(1);
    }

    @Test
    void whatIsWrittenWhileAnotherDeletesStays() throws Exception {
        merge(bob, ann.set(NAME, json("1"), 0, NOW));
        BlackboardWrite deletion = bob.delete(NAME, NOW);
        BlackboardWrite change = ann.set(NAME, json("2"), 0, NOW);
        merge(ann, deletion);
        merge(bob, change);
        assertThat(shown(ann)).isEqualTo(shown(bob)).isEqualTo("2");
    }

    @Test
    void aMemberAddedWhileAnotherRemovesItStays() throws Exception {
        merge(bob, ann.add(NAME, json("\"x\""), 0, NOW));
        BlackboardWrite removal = bob.remove(NAME, json("\"x\""), NOW);
        BlackboardWrite again = ann.add(NAME, json("\"x\""), 0, NOW);
        merge(ann, removal);
        merge(bob, again);
        assertThat(shown(bob)).isEqualTo("\"x\"");
        merge(ann, bob.remove(NAME, json("\"x\""), NOW));
        assertThat(ann.get(NAME, NOW)).isNull();
    }

    @Test
    void aDeletionLeavesNothingBehindAndStillReachesWhoWasAway() throws Exception {
        merge(bob, ann.set(NAME, json("1"), 0, NOW));
        for (int i = 0; i < 3 * Limits.BLACKBOARD_RECENT_WRITES; i++) {
            ann.set(NAME, json("" + i), 0, NOW);
            ann.delete(NAME, NOW);
        }
        List<BlackboardMessage> all = ann.since(bob.vector(), 1, 0).messages();
        assertThat(all).hasOnlyElementsOfType(BlackboardMessage.State.class);
        assertThat(bob.get(NAME, NOW)).isNotNull();
        for (BlackboardMessage message : all) {
            bob.merge(message);
        }
        assertThat(bob.get(NAME, NOW)).isNull();
        assertThat(bob.digest()).isEqualTo(ann.digest());
    }

    @Test
    void anExpiredEntryIsHiddenThenErasedByItsAuthorAndStaysAway() throws Exception {
        BlackboardWrite write = ann.set(NAME, json("1"), NOW + 1_000, NOW);
        merge(bob, write);
        assertThat(bob.get(NAME, NOW + 999)).isNotNull();
        assertThat(bob.nextExpiryMillis(NOW)).isEqualTo(NOW + 1_000);
        assertThat(bob.get(NAME, NOW + 1_000)).isNull();
        assertThat(bob.expired(NOW, NOW + 1_000)).containsExactly(NAME);
        assertThat(ann.collect(NOW + 1_000)).isNull();
        assertThat(bob.collect(NOW + 1_000 + Blackboard.COLLECT_OWN_MILLIS)).isNull();
        BlackboardWrite erasure = ann.collect(NOW + 1_000 + Blackboard.COLLECT_OWN_MILLIS);
        assertThat(erasure.erased()).containsExactly(write.id());
        merge(bob, erasure);
        merge(bob, write);
        assertThat(bob.count()).isZero();
    }

    @Test
    void oneWrongClockErasesNothingOfOthersAndTwoThatAgreeDo() throws Exception {
        merge(bob, ann.set(NAME, json("1"), NOW + 1_000, NOW));
        assertThat(bob.collect(NOW + YEAR)).isNull();
        bob.witness(NOW);
        assertThat(bob.collect(NOW + YEAR)).isNull();
        bob.witness(NOW + YEAR);
        assertThat(bob.collect(NOW)).isNull();
        assertThat(bob.collect(NOW + YEAR)).isNotNull();
        bob.witness(Long.MIN_VALUE);
        assertThat(bob.collect(NOW + YEAR)).isNull();
    }

    @Test
    void withAnExpiredWinnerGoesWhatItWonOver() throws Exception {
        BlackboardWrite loser = ann.set(NAME, json("1"), 0, NOW);
        BlackboardWrite winner = bob.set(NAME, json("2"), NOW + 10, NOW);
        merge(ann, winner);
        merge(bob, loser);
        assertThat(ann.get(NAME, NOW + 10)).isNull();
        assertThat(bob.collect(NOW + 10 + Blackboard.COLLECT_OWN_MILLIS).erased())
                .hasSize(2);
        assertThat(bob.get(NAME, NOW + 10)).isNull();
    }

    @Test
    void mistakesAreRefusedAndChangeNothing() throws Exception {
        ann.set(NAME, json("1"), 0, NOW);
        EntryName set = new EntryName("tools", "set");
        ann.add(set, json("1"), 0, NOW);
        VersionVector before = ann.vector();
        refused(Reason.OTHER_KIND, () -> ann.add(NAME, json("1"), 0, NOW));
        refused(Reason.OTHER_KIND, () -> ann.set(set, json("1"), 0, NOW));
        refused(Reason.NOT_THERE, () -> ann.remove(set, json("2"), NOW));
        refused(Reason.NOT_THERE, () -> ann.remove(NAME, json("1"), NOW));
        refused(Reason.NOT_THERE, () -> ann.delete(new EntryName("tools", "none"), NOW));
        refused(Reason.BAD_TIME, () -> ann.set(NAME, json("2"), NOW, NOW));
        assertThat(ann.vector()).isEqualTo(before);
        assertThat(shown(ann)).isEqualTo("1");
    }

    @Test
    void nobodyElseWritesInOurName() throws Exception {
        BlackboardWrite forged = new BlackboardWrite(new EventId(new ReplicaId("zz"), 0), List.of(), null);
        refused(Reason.NOT_OURS, () -> ann.merge(new BlackboardMessage.Writes(List.of(forged))));
        BlackboardWrite erasing = new BlackboardWrite(new EventId(new ReplicaId("aa"), 0), List.of(forged.id()), null);
        refused(Reason.NOT_OURS, () -> ann.merge(new BlackboardMessage.Writes(List.of(erasing))));
        VersionVector vector = new VersionVector(new TreeMap<>(java.util.Map.of(new ReplicaId("zz"), 1)));
        BlackboardMessage state = new BlackboardMessage.State(vector, List.of(), List.of(), List.of());
        refused(Reason.NOT_OURS, () -> ann.merge(state));
        assertThat(ann.restore(state).news()).isTrue();
    }

    @Test
    void theNumberOfPostingsIsBounded() throws Exception {
        for (int i = 0; i < Limits.BLACKBOARD_POSTINGS; i++) {
            ann.set(new EntryName("a", "" + i), json("1"), 0, NOW);
            bob.set(new EntryName("b", "" + i), json("1"), 0, NOW);
        }
        refused(Reason.LIMIT, () -> ann.set(NAME, json("1"), 0, NOW));
        // Together they have twice as many, which is taken in; a third that comes back is not, until there is room.
        for (BlackboardMessage message : ann.everything()) {
            bob.merge(message);
        }
        assertThat(bob.count()).isEqualTo(2 * Limits.BLACKBOARD_POSTINGS);
        Blackboard third = new Blackboard(BOB, new ReplicaId("third"));
        BlackboardMessage more = new BlackboardMessage.Writes(List.of(third.set(NAME, json("1"), 0, NOW)));
        refused(Reason.LIMIT, () -> bob.merge(more));
        assertThat(bob.get(NAME, NOW)).isNull();
        bob.delete(new EntryName("b", "0"), NOW);
        assertThat(bob.merge(more).touched()).containsExactly(NAME);
        refused(Reason.LIMIT, () -> bob.set(new EntryName("b", "0"), json("1"), 0, NOW));
    }

    @Test
    void theRoomIsBounded() throws Exception {
        EntryValue large = json("\"" + "x".repeat(Limits.BLACKBOARD_VALUE_BYTES - 2) + "\"");
        int fitting = (Limits.BLACKBOARD_BYTES / Limits.BLACKBOARD_VALUE_BYTES) - 1;
        for (int i = 0; i < fitting; i++) {
            ann.set(new EntryName("a", "" + i), large, 0, NOW);
        }
        refused(Reason.LIMIT, () -> ann.set(NAME, large, 0, NOW));
        ann.set(NAME, json("1"), 0, NOW);
        ann.set(new EntryName("a", "0"), json("1"), 0, NOW);
        ann.set(NAME, large, 0, NOW);
    }

    @Test
    void writesBeyondAGapAreBounded() throws Exception {
        List<BlackboardWrite> beyond = new ArrayList<>();
        for (int i = 1; i <= Limits.BLACKBOARD_APART; i++) {
            beyond.add(new BlackboardWrite(new EventId(new ReplicaId("gap"), i), List.of(), null));
        }
        assertThat(ann.merge(new BlackboardMessage.Writes(beyond)).complete()).isFalse();
        EventId more = new EventId(new ReplicaId("gap"), Limits.BLACKBOARD_APART + 1);
        BlackboardMessage oneMore = new BlackboardMessage.Writes(List.of(new BlackboardWrite(more, List.of(), null)));
        refused(Reason.LIMIT, () -> ann.merge(oneMore));
        EventId missing = new EventId(new ReplicaId("gap"), 0);
        BlackboardMessage state =
                new BlackboardMessage.State(VersionVector.EMPTY, List.of(missing), List.of(), List.of());
        refused(Reason.LIMIT, () -> ann.merge(state));
        refused(
                Reason.LIMIT,
                () -> ann.merge(
                        new BlackboardMessage.State(VersionVector.EMPTY, List.of(), List.of(missing), List.of())));
        // What fills the gap has to get in by a vector.
        VersionVector all =
                new VersionVector(new TreeMap<>(java.util.Map.of(new ReplicaId("gap"), Limits.BLACKBOARD_APART + 1)));
        ann.merge(new BlackboardMessage.State(all, List.of(), List.of(), List.of()));
        assertThat(ann.merge(oneMore).complete()).isTrue();
    }

    @Test
    void theNumberOfWritersIsBounded() throws Exception {
        List<BlackboardWrite> writes = new ArrayList<>();
        for (int i = 0; i < Limits.BLACKBOARD_WRITERS; i++) {
            writes.add(new BlackboardWrite(new EventId(new ReplicaId("w" + i), 0), List.of(), null));
        }
        ann.merge(new BlackboardMessage.Writes(writes));
        refused(Reason.LIMIT, () -> ann.set(NAME, json("1"), 0, NOW));
        BlackboardMessage one = new BlackboardMessage.Writes(List.of(bob.set(NAME, json("1"), 0, NOW)));
        refused(Reason.LIMIT, () -> ann.merge(one));
    }

    @Test
    void aStateWhosePostingsWereLostOnTheWayIsNotBelieved() throws Exception {
        merge(bob, ann.set(NAME, json("1"), 0, NOW));
        ann.set(NAME, json("2"), 0, NOW);
        List<BlackboardMessage> messages = ann.everything();
        VersionVector before = bob.vector();
        Merged merged = bob.merge(messages.get(messages.size() - 1));
        assertThat(merged.complete()).isFalse();
        assertThat(bob.vector()).isEqualTo(before);
        for (BlackboardMessage message : messages) {
            bob.merge(message);
        }
        assertThat(shown(bob)).isEqualTo("2");
        assertThat(bob.vector()).isEqualTo(ann.vector());
    }

    @Test
    void equalVectorsWithDifferentDigestsAreMendedByTheStates() throws Exception {
        ann.set(NAME, json("1"), 0, NOW);
        // Bob was told that the write exists and that nothing of it stands: a fault that vectors do not show.
        bob.merge(new BlackboardMessage.State(ann.vector(), List.of(), List.of(), List.of()));
        assertThat(bob.vector()).isEqualTo(ann.vector());
        assertThat(bob.digest()).isNotEqualTo(ann.digest());
        ann.merge(bob.state());
        bob.merge(ann.state());
        assertThat(bob.digest()).isEqualTo(ann.digest());
    }

    /** Parted, they would leave somebody with a step whose posting is gone and without the step that erased it. */
    @Test
    void stepsComeInTheirOrderAndTogetherOrNotAtAll() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            ann.set(new EntryName("n", "k" + i % 10), json("" + i), 0, NOW);
        }
        Answer steps = ann.since(bob.vector(), 1 << 20, 0);
        assertThat(steps.more()).isFalse();
        assertThat(steps.messages()).hasSize(1);
        BlackboardMessage.Writes writes =
                (BlackboardMessage.Writes) steps.messages().get(0);
        assertThat(bob.missing(writes.writes())).isNull();
        bob.merge(writes);
        Blackboard carol = new Blackboard(BOB, new ReplicaId("carol"));
        Answer state = ann.since(carol.vector(), 10_000, 0);
        assertThat(state.messages()).hasSize(2);
        for (BlackboardMessage message : state.messages()) {
            carol.merge(message);
        }
        assertThat(bob.digest()).isEqualTo(ann.digest()).isEqualTo(carol.digest());
        assertThat(bob.known()).isEqualTo(ann.known()).isEqualTo(carol.known());
    }

    @Test
    void whatStandsIsHeldBackUntilTheStateThatNamesItIsHere() throws Exception {
        EntryName other = new EntryName("tools", "other");
        merge(bob, ann.set(NAME, json("1"), 0, NOW));
        ann.set(NAME, json("2"), 0, NOW);
        ann.set(other, json("3"), 0, NOW);
        List<BlackboardMessage> messages = ann.everything();
        Merged held = bob.merge(messages.get(0));
        assertThat(held.news()).isTrue();
        assertThat(held.touched()).isEmpty();
        assertThat(shown(bob)).isEqualTo("1");
        assertThat(bob.merge(messages.get(0)).news()).isFalse();

        // A log that begins anew here, or ends here, keeps it.
        Blackboard again = new Blackboard(BOB, new ReplicaId("again"));
        for (BlackboardMessage message : bob.everything()) {
            again.restore(BlackboardCodec.decode(BlackboardCodec.encode(message)));
        }
        for (Blackboard board : List.of(bob, again)) {
            assertThat(board.known()).isNotEqualTo(ann.known());
            assertThat(board.merge(messages.get(1)).touched()).containsExactly(NAME, other);
            assertThat(board.known()).isEqualTo(ann.known());
            assertThat(board.digest()).isEqualTo(ann.digest());
            assertThat(board.everything()).isEqualTo(ann.everything());
        }
    }

    /** Of a state that cannot be taken in whole nothing counts, not even what it says is gone. */
    @Test
    void whatAStateErasesStandsUntilAllThatItNamesIsHere() throws Exception {
        merge(bob, ann.set(NAME, json("1"), 0, NOW));
        ann.delete(NAME, NOW);
        ann.set(new EntryName("tools", "other"), json("2"), 0, NOW);
        Merged merged = bob.merge(ann.state());
        assertThat(merged.news()).isFalse();
        assertThat(shown(bob)).isEqualTo("1");
    }

    @Test
    void aStepIsMissingWhatItErasesAndWhatItsWriterWroteBefore() throws Exception {
        BlackboardWrite first = ann.set(NAME, json("1"), 0, NOW);
        merge(bob, first);
        BlackboardWrite second = bob.set(NAME, json("2"), 0, NOW);
        BlackboardWrite third = bob.set(new EntryName("n", "other"), json("2"), 0, NOW);
        Blackboard carol = new Blackboard(BOB, new ReplicaId("carol"));
        assertThat(carol.missing(List.of(second))).isEqualTo(first.id());
        assertThat(carol.missing(List.of(third))).isEqualTo(second.id());
        assertThat(carol.missing(List.of(first, second, third))).isNull();
    }

    /** What stands comes without what it erased. Sent on as a step, it would leave at a third one what is gone. */
    @Test
    void whatIsKnownFromWhatStandsIsNotSentOnAsAStep() throws Exception {
        BlackboardWrite old = ann.set(NAME, json("1"), 0, NOW);
        Blackboard carol = new Blackboard(BOB, new ReplicaId("carol"));
        merge(carol, old);
        BlackboardWrite replaced = ann.set(NAME, json("2"), 0, NOW);
        BlackboardWrite standing = new BlackboardWrite(replaced.id(), List.of(), replaced.posting());
        bob.merge(new BlackboardMessage.Postings(List.of(standing)));
        bob.merge(ann.state());
        assertThat(bob.digest()).isEqualTo(ann.digest());
        for (BlackboardMessage message : bob.since(carol.vector(), 10_000, 0).messages()) {
            carol.merge(message);
        }
        assertThat(carol.vector()).isEqualTo(ann.vector());
        assertThat(carol.digest()).isEqualTo(ann.digest());
    }

    /** An asker names also what it expects from somebody else, which may come later, or never. */
    @Test
    void whatErasedAStepGoesAlongThoughTheAskerSaysThatItKnowsIt() throws Exception {
        BlackboardWrite first = ann.set(NAME, json("1"), 0, NOW);
        merge(bob, first);
        BlackboardWrite erasing = bob.set(NAME, json("2"), 0, NOW);
        VersionVector expected = new VersionVector(new TreeMap<>(
                java.util.Map.of(erasing.id().replica(), erasing.id().seq() + 1)));
        Blackboard carol = new Blackboard(BOB, new ReplicaId("carol"));
        for (BlackboardMessage message : bob.since(expected, 10_000, 0).messages()) {
            carol.merge(message);
        }
        assertThat(carol.knows(first.id())).isTrue();
        assertThat(shown(carol)).isEqualTo("2");
        assertThat(carol.known()).isEqualTo(bob.known());
    }

    /** Who sends them may have heard of what erases first: after a lost record, or from two peers. */
    @Test
    void stepsThatComeTogetherAreWaitedForInNoOrder() throws Exception {
        BlackboardWrite first = ann.set(NAME, json("1"), 0, NOW);
        merge(bob, first);
        BlackboardWrite second = bob.set(NAME, json("2"), 0, NOW);
        Blackboard carol = new Blackboard(BOB, new ReplicaId("carol"));
        List<BlackboardWrite> both = List.of(second, first);
        assertThat(carol.missing(both)).isNull();
        carol.merge(new BlackboardMessage.Writes(both));
        assertThat(carol.digest()).isEqualTo(bob.digest());
        assertThat(carol.vector()).isEqualTo(bob.vector());
    }

    /** Waiting for what is here would never end: it would be taken out and put back without a pause. */
    @Test
    void whatFollowsOnAStepBeyondAGapWaitsForTheGap() throws Exception {
        List<BlackboardWrite> steps = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            steps.add(ann.set(new EntryName("n", "k" + i), json("1"), 0, NOW));
        }
        bob.merge(new BlackboardMessage.State(
                VersionVector.EMPTY, List.of(steps.get(2).id()), List.of(), List.of()));
        assertThat(bob.knows(steps.get(2).id())).isTrue();
        assertThat(bob.missing(List.of(steps.get(3)))).isEqualTo(steps.get(1).id());
        assertThat(bob.missing(steps.subList(1, 4))).isEqualTo(steps.get(0).id());
        assertThat(bob.missing(List.of(steps.get(0), steps.get(1), steps.get(3))))
                .isNull();
    }

    @Test
    void aLargeStateGoesInSeveralAnswersWhateverIsWrittenMeanwhile() throws Exception {
        EntryValue large = json("\"" + "x".repeat(60_000) + "\"");
        for (int i = 0; i < 500; i++) {
            ann.set(new EntryName("n", "k" + i), large, 0, NOW);
            ann.set(new EntryName("n", "k" + i), large, 0, NOW);
        }
        Blackboard origin = new Blackboard(ANN, new ReplicaId("again"), 10);
        for (BlackboardMessage message : ann.everything()) {
            origin.restore(message);
        }
        int answers = 0;
        Answer answer = new Answer(List.of(), Answer.END);
        do {
            answer = origin.since(bob.vector(), 1, answer.upTo());
            long bytes = 0;
            for (BlackboardMessage message : answer.messages()) {
                byte[] sent = BlackboardCodec.encode(message);
                bytes += sent.length;
                bob.merge(BlackboardCodec.decode(sent));
            }
            assertThat(bytes).isLessThan(Ledger.ANSWER_BYTES + (1 << 20));
            assertThat(bob.count()).isEqualTo(answer.more() ? 0 : 500);
            if (answer.more()) {
                origin.set(new EntryName("n", "k" + answers), json("" + answers), 0, NOW);
            }
            answers++;
        } while (answer.more() && answers < 20);
        assertThat(answers).isEqualTo(4);
        assertThat(bob.known()).isEqualTo(origin.known());
        assertThat(bob.digest()).isEqualTo(origin.digest());
    }

    @Test
    void whatIsHeldIsBoundedAndTheOldestGoes() throws Exception {
        Held held = new Held(3, 100);
        for (int i = 0; i < 10; i++) {
            assertThat(held.add(new EventId(new ReplicaId("w"), i), posting("\"" + i + "\"")))
                    .isTrue();
            assertThat(held.count()).isLessThanOrEqualTo(3);
        }
        assertThat(held.has(new EventId(new ReplicaId("w"), 6))).isFalse();
        assertThat(held.has(new EventId(new ReplicaId("w"), 7))).isTrue();
        held.add(new EventId(new ReplicaId("w"), 10), posting("\"" + "x".repeat(70) + "\""));
        assertThat(held.bytes()).isLessThanOrEqualTo(100);
        assertThat(held.all()).extracting(BlackboardWrite::id).endsWith(new EventId(new ReplicaId("w"), 10));
        held.removeIf(id -> true);
        assertThat(held.bytes()).isZero();

        // Whoever sends what no state ever names fills it, and does not keep out what one names.
        for (int i = 0; i < 2 * Limits.BLACKBOARD_POSTINGS + 5; i++) {
            EventId id = new EventId(new ReplicaId("junk"), i);
            ann.merge(new BlackboardMessage.Postings(List.of(new BlackboardWrite(id, List.of(), posting("1")))));
        }
        bob.set(NAME, json("1"), 0, NOW);
        for (BlackboardMessage message : bob.everything()) {
            ann.merge(message);
        }
        assertThat(shown(ann)).isEqualTo("1");
        assertThat(ann.count()).isEqualTo(1);
    }

    @Test
    void aStateThatNamesWhatItDoesNotKnowPutsNothingThere() throws Exception {
        EventId id = new EventId(new ReplicaId("w"), 0);
        ann.merge(new BlackboardMessage.Postings(List.of(new BlackboardWrite(id, List.of(), posting("1")))));
        ann.merge(new BlackboardMessage.State(VersionVector.EMPTY, List.of(), List.of(), List.of(id)));
        assertThat(ann.count()).isZero();
        assertThat(ann.knows(id)).isFalse();
    }

    private static Posting posting(String json) {
        return new Posting(NAME, Posting.Kind.VALUE, json(json), 0, ANN, NOW);
    }

    @Test
    void moreThanMayStandTogetherIsNotTakenFromAState() throws Exception {
        for (int i = 0; i < Limits.BLACKBOARD_POSTINGS; i++) {
            ann.set(new EntryName("a", "" + i), json("1"), 0, NOW);
            bob.set(new EntryName("b", "" + i), json("1"), 0, NOW);
        }
        for (BlackboardMessage message : bob.everything()) {
            ann.merge(message);
        }
        Blackboard third = new Blackboard(BOB, new ReplicaId("third"));
        third.set(NAME, json("1"), 0, NOW);
        BlackboardMessage.Postings postings =
                (BlackboardMessage.Postings) third.everything().get(0);
        ann.merge(postings);
        refused(Reason.LIMIT, () -> ann.merge(third.state()));
        assertThat(ann.get(NAME, NOW)).isNull();
        ann.delete(new EntryName("a", "0"), NOW);
        assertThat(ann.merge(third.state()).touched()).containsExactly(NAME);
        assertThat(ann.count()).isEqualTo(2 * Limits.BLACKBOARD_POSTINGS);
    }

    @Test
    void whatTheLastWritesErasedIsKeptOnlySoFar() {
        Recent recent = new Recent(100);
        for (int i = 0; i < 1_000; i++) {
            recent.add(new EventId(new ReplicaId("w"), i), List.of(new EventId(new ReplicaId("v"), i)));
            assertThat(recent.weight()).isLessThanOrEqualTo(100);
        }
        assertThat(recent.beyond(VersionVector.EMPTY)).hasSize(50);
        assertThat(recent.beyond(VersionVector.EMPTY).get(49)).isEqualTo(new EventId(new ReplicaId("w"), 999));
    }

    @Test
    void listsGoOnAfterAName() throws Exception {
        for (int i = 0; i < 10; i++) {
            ann.set(new EntryName(i % 2 == 0 ? "even" : "odd", "k" + i), json("" + i), 0, NOW);
        }
        List<Entry> first = ann.list(name -> name.namespace().equals("even"), null, 3, NOW);
        assertThat(first).extracting(entry -> entry.name().name()).containsExactly("k0", "k2", "k4");
        List<Entry> rest =
                ann.list(name -> name.namespace().equals("even"), first.get(2).name(), 3, NOW);
        assertThat(rest).extracting(entry -> entry.name().name()).containsExactly("k6", "k8");
        assertThat(rest.get(0).kind()).isEqualTo(Posting.Kind.VALUE);
    }

    private static void merge(Blackboard board, BlackboardWrite write) throws BlackboardRefused {
        board.merge(new BlackboardMessage.Writes(List.of(write)));
    }

    private static String shown(Blackboard board) {
        return board.get(NAME, NOW).shown().get(0).posting().value().json();
    }

    private static EntryValue json(String json) {
        return EntryValue.of(json);
    }

    private static void refused(Reason reason, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        BlackboardRefused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }
}

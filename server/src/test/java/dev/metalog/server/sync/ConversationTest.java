package dev.metalog.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.TextEdit;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said, by whom, how often and how soon: with what is typed published, and with hellos alone. */
class ConversationTest {
    private static final long ROUND_TRIP_MILLIS = 2 * SyncNet.LATENCY_MILLIS;

    /** Everybody has the same long text, and knows it. */
    private static SyncNet settled(int count, int units) {
        SyncNet net = new SyncNet(count, count);
        Random random = new Random(count);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < units; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        net.peers.forEach(SyncNet.Peer::connect);
        net.peer(0).type(text.toString());
        net.pass(300_000);
        assertThat(net.isConverged()).isTrue();
        net.forgetWhatWasSaid();
        return net;
    }

    @Test
    void equalPeersSayNothingButHelloAndSeldom() {
        SyncNet net = settled(5, 1_000);
        net.pass(600_000);
        assertThat(net.peers)
                .allSatisfy(peer -> assertThat(peer.said)
                        .hasSizeBetween(5, 8)
                        .allMatch(message -> message instanceof PeerMessage.Hello hello && !hello.asks()));
    }

    @Test
    void aLinkThatOpensAmongEqualsCostsAHelloAndOneAnswerOfEach() {
        SyncNet net = settled(5, 1_000);
        net.peer(3).connect();
        net.pass(5_000);
        assertThat(net.messages()).isLessThanOrEqualTo(5);
        assertThat(net.bytesSaid()).isLessThan(5 * 100);
    }

    @Test
    void whoStartedAgainIsNotWaitedForUnderItsFormerName() {
        SyncNet net = settled(2, 1_000);
        net.peer(1).deaf = true;
        net.peer(1).mute = true;
        net.peer(0).type("what the dead one never hears");
        net.pass(30_000);
        SyncNet.Peer again = net.anotherRunOf(net.peer(1));
        again.connect();
        net.pass(Sessions.SUCCEEDED_MILLIS + 2 * Conversation.ACTIVE_MILLIS);
        assertThat(net.peer(0).conversation.sessions()).isEqualTo(1);
        net.forgetWhatWasSaid();
        net.pass(4 * Conversation.IDLE_MILLIS);
        assertThat(net.peer(0).said).hasSizeLessThanOrEqualTo(6);
    }

    @Test
    void twoRunsOfOnePeerThatBothLiveAreBothHeard() {
        SyncNet net = settled(2, 1_000);
        SyncNet.Peer second = net.anotherRunOf(net.peer(1));
        second.connect();
        net.pass(300_000);
        assertThat(net.peer(0).conversation.sessions()).isEqualTo(2);
        net.forgetWhatWasSaid();
        net.pass(600_000);
        assertThat(net.peers).allSatisfy(peer -> assertThat(peer.said).hasSizeLessThanOrEqualTo(8));
        net.peer(1).type("a");
        second.type("b");
        net.pass(30_000);
        assertThat(net.isConverged()).isTrue();
        assertThat(net.peer(0).conversation.sessions()).isEqualTo(2);
    }

    @Test
    void whatOneLacksIsSentOnceAndOnlyToIt() {
        SyncNet net = settled(20, 1_000);
        net.peer(7).deaf = true;
        net.peer(0).type("x".repeat(2_000_000));
        net.pass(120_000);
        net.forgetWhatWasSaid();
        net.peer(7).deaf = false;
        net.peer(7).connect();
        net.pass(10_000);
        assertThat(net.isConverged()).isTrue();
        // Two megabytes, and a few hundred bytes of talk for each peer; not twenty times two megabytes.
        assertThat(net.bytesSaid()).isBetween(2_000_000L, 2_050_000L);
        long heardByOthers = net.peers.stream()
                .filter(peer -> peer != net.peer(7))
                .mapToLong(peer -> peer.bytesHeard)
                .sum();
        assertThat(heardByOthers).isLessThan(50_000);
    }

    @Test
    void allThatManyLackGoesToEachOfThemOnce() {
        SyncNet net = settled(10, 1_000);
        for (int i = 1; i < 10; i++) {
            net.peer(i).deaf = true;
        }
        net.peer(0).type("x".repeat(1_000_000));
        net.pass(60_000);
        net.forgetWhatWasSaid();
        for (int i = 1; i < 10; i++) {
            net.peer(i).deaf = false;
        }
        net.pass(30_000);
        assertThat(net.isConverged()).isTrue();
        assertThat(net.peers).allSatisfy(peer -> assertThat(peer.bytesHeard).isLessThan(1_050_000));
    }

    @Test
    void whoHasLessThanTwoOthersAsksEachForAnotherPart() {
        SyncNet net = settled(3, 1_000);
        net.peer(2).mute = true;
        net.peer(2).deaf = true;
        net.peer(0).publishes = false;
        net.peer(1).publishes = false;
        net.peer(0).type("a".repeat(100_000));
        net.peer(1).type("b".repeat(100_000));
        net.peer(0).mute = true;
        net.peer(1).mute = true;
        net.pass(ROUND_TRIP_MILLIS);
        net.forgetWhatWasSaid();
        net.peers.forEach(peer -> {
            peer.mute = false;
            peer.deaf = false;
        });
        net.peer(2).connect();
        net.pass(30_000);
        assertThat(net.isConverged()).isTrue();
        assertThat(net.peer(2).bytesHeard).isLessThan(215_000);
        assertThat(net.peer(0).bytesHeard).isLessThan(110_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void hellosAloneConvergeWithinTwoRoundTripsAndTheData(int count) {
        SyncNet net = settled(count, 1_000);
        net.peers.forEach(peer -> peer.publishes = false);
        net.peer(0).type("here ");
        net.peer(1).edit(new TextEdit(0, 3, "there "));
        net.pass(1);
        long start = net.nowMillis;
        net.peer(0).connect();
        net.pass(9_000);
        assertThat(net.isConverged()).isTrue();
        // Two round trips, then the data; and the moment of chance that keeps many from speaking at once.
        long moments = count <= 2 ? 0 : 2 * Haves.MOMENT_MILLIS_A_PEER * count;
        assertThat(net.lastNewsMillis - start)
                .isLessThanOrEqualTo(2 * ROUND_TRIP_MILLIS + SyncNet.LATENCY_MILLIS + moments);
    }

    @Test
    void whatIsLostIsFoundWithinThePeriodOfAnActiveDocument() {
        SyncNet net = settled(3, 1_000);
        net.loses = message -> true;
        net.peer(0).type("lost");
        net.loses = message -> false;
        net.pass(Conversation.ACTIVE_MILLIS + 1_000);
        assertThat(net.isConverged()).isTrue();
    }

    @Test
    void twoWhoBothHaveMoreDoNotTellEachOtherWithoutEnd() {
        SyncNet net = settled(2, 1_000);
        net.peers.forEach(peer -> peer.publishes = false);
        net.peer(0).type("here ");
        net.peer(1).type("there ");
        net.loses = message -> message instanceof PeerMessage.Part;
        net.peer(0).connect();
        net.pass(5_000);
        assertThat(net.peers)
                .allSatisfy(
                        peer -> assertThat(peer.saidOf(PeerMessage.Have.class)).isBetween(1L, 3L));
    }

    @Test
    void aGapIsAskedForAtOnce() {
        SyncNet net = settled(2, 1_000);
        net.loses = message -> true;
        net.peer(0).type("first ");
        net.loses = message -> false;
        net.peer(0).type("second");
        net.pass(Conversation.GAP_MILLIS + 2 * ROUND_TRIP_MILLIS);
        assertThat(net.isConverged()).isTrue();
        assertThat(net.peer(1).conversation.waiting()).isZero();
    }

    @Test
    void whatOvertookItsParentsIsNotAskedFor() {
        SyncNet net = settled(2, 1_000);
        List<PeerMessage> held = new ArrayList<>();
        net.loses = held::add;
        net.peer(0).type("first ");
        net.peer(0).type("second");
        net.loses = message -> false;
        net.peer(1).hear(net.peer(0).speaker, held.get(1));
        assertThat(net.peer(1).conversation.waiting()).isOne();
        net.peer(1).hear(net.peer(0).speaker, held.get(0));
        net.pass(1_000);
        assertThat(net.isConverged()).isTrue();
        assertThat(net.peer(1).saidOf(PeerMessage.Want.class)).isZero();
        assertThat(net.peer(1).effects.stream().filter(SyncEffect.Keep.class::isInstance))
                .as("each kept once, the first as waiting")
                .containsExactly(
                        new SyncEffect.Keep(((PeerMessage.Events) held.get(1)).chunk(), true),
                        new SyncEffect.Keep(((PeerMessage.Events) held.get(0)).chunk(), false));
    }

    /** What others say in the name of somebody does not hold up what that one wrote. */
    @Test
    void ofPartsOfWhichOneIsForgedTheOthersAreTakenIn() {
        SyncNet net = settled(2, 10);
        SyncNet.Peer writer = net.peer(0);
        SyncNet.Peer reader = net.peer(1);
        reader.deaf = true;
        net.forgetWhatWasSaid();
        writer.type("a");
        writer.type("b");
        writer.type("c");
        List<Chunk> parts = writer.said.stream()
                .filter(PeerMessage.Events.class::isInstance)
                .map(message -> ((PeerMessage.Events) message).chunk())
                .toList();
        byte[] forged = parts.get(2).bytes().clone();
        forged[forged.length - 1] ^= 1;
        List<Chunk> said = List.of(parts.get(0), parts.get(1), new Chunk(forged));
        DocumentEvents.Joined joined = reader.events.join(said);
        assertThat(joined.parts()).isEqualTo(3);
        int before = reader.graph.length();

        List<SyncEffect> effects = reader.conversation.hear(writer.speaker, joined.chunk(), said, net.nowMillis);
        assertThat(reader.graph.length()).isEqualTo(before + 2);
        assertThat(effects.stream().filter(SyncEffect.Keep.class::isInstance)).hasSize(2);
        assertThat(effects.stream().filter(SyncEffect.Refused.class::isInstance))
                .hasSize(1);

        DocumentEvents.Joined last = reader.events.join(List.of(parts.get(2)));
        assertThat(last.parts()).isEqualTo(1);
        assertThat(reader.conversation.hear(writer.speaker, new PeerMessage.Events(last.chunk()), net.nowMillis))
                .contains(new SyncEffect.Keep(parts.get(2), false));
    }

    @Test
    void whatIsJoinedIsKeptOnce() {
        SyncNet net = settled(2, 10);
        SyncNet.Peer writer = net.peer(0);
        SyncNet.Peer reader = net.peer(1);
        reader.deaf = true;
        net.forgetWhatWasSaid();
        writer.type("a");
        writer.type("b");
        List<Chunk> parts = writer.said.stream()
                .filter(PeerMessage.Events.class::isInstance)
                .map(message -> ((PeerMessage.Events) message).chunk())
                .toList();
        Chunk whole = reader.events.join(parts).chunk();
        assertThat(reader.conversation.hear(writer.speaker, whole, parts, net.nowMillis))
                .contains(new SyncEffect.Keep(whole, false))
                .filteredOn(SyncEffect.Keep.class::isInstance)
                .hasSize(1);
        assertThat(reader.events.frontier()).isEqualTo(writer.events.frontier());
    }

    @Test
    void aSilentPeerDelaysNobodyElse() {
        SyncNet net = settled(4, 1_000);
        net.peer(3).deaf = true;
        net.peer(0).type("x".repeat(300_000));
        net.pass(1_000);
        // Whoever would answer first says what it has, and then never another word.
        net.peer(3).deaf = false;
        net.loses = message -> message instanceof PeerMessage.Part;
        net.peer(3).connect();
        net.pass(500);
        SyncNet.Peer silent = net.peers.stream()
                .filter(peer -> peer.saidOf(PeerMessage.Part.class) > 0)
                .findFirst()
                .orElseThrow();
        silent.mute = true;
        net.loses = message -> false;
        net.pass(PeerSession.ANSWER_MILLIS + Conversation.ACTIVE_MILLIS + 1_000);
        assertThat(net.peer(3).graph.text()).isEqualTo(net.peer(0).graph.text());
        assertThat(net.peer(3).effects.stream().filter(SyncEffect.Unanswered.class::isInstance))
                .isNotEmpty()
                .allMatch(effect -> effect.equals(new SyncEffect.Unanswered(silent.speaker.peer())));
    }

    /** The one that was asked for the beginning died; all others were asked for the rest alone, again and again. */
    @Test
    void nobodyCountsForLongOnWhatADeadPeerWasAskedFor() {
        SyncNet net = settled(4, 1_000);
        SyncNet.Peer behind = net.peer(3);
        behind.deaf = true;
        net.peer(0).type("first ");
        net.peer(1).type("second ");
        net.pass(1_000);
        SyncNet.Peer dead = net.peer(2);
        PeerMessage have = new PeerMessage.Have(dead.events.frontier(), dead.graph.vector(), Extras.NONE);
        dead.mute = true;
        dead.deaf = true;
        behind.deaf = false;
        behind.hear(dead.speaker, have);
        net.peer(0).type("third");
        net.pass(PeerSession.ANSWER_MILLIS + Conversation.ACTIVE_MILLIS + 2_000);
        assertThat(behind.graph.text()).isEqualTo(net.peer(0).graph.text());
    }

    @Test
    void typingWhileAnAnswerIsOverdueIsSaidAndNothingElse() {
        SyncNet net = settled(2, 10);
        SyncNet.Peer here = net.peer(0);
        VersionVector more = here.graph
                .vector()
                .with(new VersionVector(
                        new java.util.TreeMap<>(java.util.Map.of(new dev.metalog.protocol.ReplicaId("gone"), 5))));
        here.hear(net.peer(1).speaker, new PeerMessage.Have(digest(1), more, Extras.NONE));
        net.nowMillis += PeerSession.ANSWER_MILLIS + 1;
        here.said.clear();
        here.type("x");
        assertThat(here.said).hasSize(1).first().isInstanceOf(PeerMessage.Events.class);
    }

    @Test
    void whoNeverAnswersIsAskedMoreAndMoreSeldom() {
        SyncNet net = settled(2, 10);
        SyncNet.Peer here = net.peer(0);
        // It says once that it has more, then nothing: no hello either, which would be a reason to ask at once.
        VersionVector more = here.graph
                .vector()
                .with(new VersionVector(
                        new java.util.TreeMap<>(java.util.Map.of(new dev.metalog.protocol.ReplicaId("gone"), 5))));
        net.peer(1).mute = true;
        here.hear(net.peer(1).speaker, new PeerMessage.Have(digest(1), more, Extras.NONE));
        List<Long> askedAtMillis = new ArrayList<>(List.of(net.nowMillis));
        long wishes = 1;
        for (int i = 0; i < 8_000; i++) {
            net.pass(100);
            long now = here.saidOf(PeerMessage.Want.class);
            if (now > wishes) {
                askedAtMillis.add(net.nowMillis);
                wishes = now;
            }
        }
        List<Long> rests = new ArrayList<>();
        for (int i = 1; i < askedAtMillis.size(); i++) {
            long rest = askedAtMillis.get(i) - askedAtMillis.get(i - 1) - PeerSession.ANSWER_MILLIS;
            rests.add(Math.round(rest / 1_000.0));
        }
        assertThat(rests).startsWith(1L, 2L, 4L, 8L, 16L, 32L, 64L, 64L, 64L).allMatch(rest -> rest <= 64);
    }

    @Test
    void whoHasMoreThanItSendsIsNotAskedInACircle() {
        SyncNet net = settled(2, 10);
        SyncNet.Peer here = net.peer(0);
        VersionVector more = here.graph
                .vector()
                .with(new VersionVector(
                        new java.util.TreeMap<>(java.util.Map.of(new dev.metalog.protocol.ReplicaId("liar"), 5))));
        here.hear(net.peer(1).speaker, new PeerMessage.Have(digest(1), more, Extras.NONE));
        net.pass(60_000);
        assertThat(here.saidOf(PeerMessage.Want.class)).isBetween(2L, 12L);
    }

    @Test
    void longAnswersComeInParts() {
        SyncNet net = settled(2, 10);
        net.peer(1).deaf = true;
        for (int i = 0; i < 40; i++) {
            net.peer(0).type("y".repeat(60_000));
        }
        net.pass(1_000);
        net.forgetWhatWasSaid();
        net.peer(1).deaf = false;
        net.peer(1).connect();
        net.pass(5_000);
        assertThat(net.isConverged()).isTrue();
        assertThat(net.peer(1).saidOf(PeerMessage.Want.class)).isBetween(4L, 8L);
        long parts = net.peer(0).saidOf(PeerMessage.Part.class);
        assertThat(parts).isGreaterThan(9);
        assertThat(net.bytesSaid()).isLessThan(40 * 60_000 + 20_000);
    }

    @Test
    void equalFrontiersWithOtherTextRaiseOneAlarmOnEachSide() {
        SyncNet net = settled(2, 100);
        SyncNet.Peer here = net.peer(0);
        Digest frontier = here.events.frontier();
        for (int i = 0; i < 3; i++) {
            here.hear(
                    net.peer(1).speaker,
                    new PeerMessage.Hello(ProtocolRange.OURS, frontier, digest(9), false, Extras.NONE));
        }
        assertThat(here.effectsOf(SyncEffect.Diverged.class)).isOne();
        assertThat(here.said).as("so that the other knows").hasSize(1).first().isInstanceOf(PeerMessage.Hello.class);
    }

    @Test
    void whoSpeaksAnotherProtocolIsToldOnceAndLeftAlone() {
        SyncNet net = settled(2, 100);
        SyncNet.Peer here = net.peer(0);
        PeerMessage newer = new PeerMessage.Hello(new ProtocolRange(7, 9), digest(1), digest(2), true, Extras.NONE);
        here.hear(net.peer(1).speaker, newer);
        here.hear(net.peer(1).speaker, newer);
        here.hear(net.peer(1).speaker, new PeerMessage.Want(1, VersionVector.EMPTY, Extras.NONE));
        here.hear(net.peer(1).speaker, new PeerMessage.Events(new Chunk(new byte[] {1})));
        assertThat(here.effects).containsExactly(new SyncEffect.Foreign(net.peer(1).speaker, new ProtocolRange(7, 9)));
        here.hear(
                net.peer(1).speaker,
                new PeerMessage.Hello(
                        ProtocolRange.OURS, here.events.frontier(), here.events.content(), true, Extras.NONE));
        assertThat(here.saidOf(PeerMessage.Hello.class)).as("after an upgrade").isOne();
    }

    @Test
    void aFullHouseForgetsWhoSpokeLongestAgo() {
        SyncNet net = settled(2, 100);
        SyncNet.Peer here = net.peer(0);
        for (int i = 0; i < Sessions.MOST + 50; i++) {
            here.conversation.hear(
                    new dev.metalog.protocol.Speaker(net.peer(1).speaker.peer(), 1_000 + i),
                    new PeerMessage.Unknown(200),
                    net.nowMillis + i);
        }
        assertThat(here.conversation.sessions()).isEqualTo(Sessions.MOST);
    }

    private static Digest digest(int value) {
        byte[] bytes = new byte[Digest.BYTES];
        bytes[0] = (byte) value;
        return new Digest(bytes);
    }

    /** Both are new, what one said first was lost, and nothing is ever typed: neither may wait for two minutes. */
    @Test
    void aFirstHelloThatIsLostIsSaidAgain() {
        SyncNet net = new SyncNet(9, 2);
        for (SyncNet.Peer peer : net.peers) {
            peer.graph
                    .edit(peer.writer, Version.ROOT, List.of(new TextEdit(0, 0, "from the log")))
                    .forEach(peer.events::sign);
            net.peers.forEach(other -> other.deaf = true);
            peer.connect();
            net.pass(1_000);
        }
        net.peers.forEach(peer -> peer.deaf = false);
        net.pass(Conversation.ACTIVE_MILLIS);
        assertThat(net.isConverged()).isTrue();
    }

    @Test
    void whoIsAloneSoonSaysHelloAsSeldomAsEver() {
        SyncNet net = new SyncNet(10, 1);
        net.peer(0).type("nobody hears this");
        net.peer(0).connect();
        net.pass(600_000);
        assertThat(net.peer(0).saidOf(PeerMessage.Hello.class)).isBetween(9L, 12L);
    }
}

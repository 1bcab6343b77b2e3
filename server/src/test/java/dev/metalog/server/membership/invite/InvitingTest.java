package dev.metalog.server.membership.invite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.WorkspaceInvitation;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.protocol.membership.MembershipChange;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.membership.Folk;
import dev.metalog.server.membership.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvitingTest {
    private static final DeviceKey LAPTOP = Folk.device(Folk.person(100), 101);
    private static final DeviceKey EVES = Folk.device(Folk.person(200), 201);
    private static final long NOW = 1_000_000;

    private final Random random = new Random(5);
    private final Folk.Office office = new Folk.Office(1);
    private final WorkspaceInvitation link =
            new WorkspaceInvitation(office.workspace(), Folk.random(random, 32), "mqtt://127.0.0.1:1", null);
    private final SpokenCode code = SpokenCode.fromRandom(Folk.random(random, SpokenCode.RANDOM_BYTES));

    private byte[] bytes(int count) {
        return Folk.random(random, count);
    }

    private Inviting inviting(boolean byCode) {
        byte[] own = bytes(Inviting.RANDOM_BYTES);
        return byCode
                ? Inviting.byCode(code, own, NOW + SpokenCode.VALID_MILLIS)
                : Inviting.byLink(link, own, NOW + WorkspaceInvitation.VALID_MILLIS);
    }

    private Asking asking(boolean byCode, DeviceKey device) {
        return byCode
                ? Asking.byCode(code, device, Folk.name("Bob"), bytes(Asking.RANDOM_BYTES), NOW)
                : Asking.byLink(link, device, Folk.name("Bob"), bytes(Asking.RANDOM_BYTES), NOW);
    }

    /** The owner agrees. */
    private List<byte[]> approve(Inviting inviting, int documents, long now) {
        Question question = inviting.question().orElseThrow();
        if (office.log.role(question.certificate().device()).isEmpty()) {
            office.take(office.writer.add(
                    office.log, question.certificate(), question.name(), MemberRole.WRITE, office.bytes(64), 20));
        }
        List<Invited> invited = new ArrayList<>();
        for (int i = 0; i < documents; i++) {
            invited.add(new Invited(Folk.document(i), new DocumentPath("notes/" + i + "-" + "x".repeat(200))));
        }
        return inviting.approve(
                new Welcome(office.workspace(), office.log.records(0, Integer.MAX_VALUE), invited), now);
    }

    /** Both sides on a wire, the owner deciding a while after being asked. */
    private long run(Inviting inviting, Asking asking, Wire wire, int documents, boolean isLetIn, long limit) {
        long decideAt = Long.MAX_VALUE;
        long now = NOW;
        for (; now < NOW + limit; now += 50) {
            wire.say(asking.tick(now), now);
            for (byte[] message : wire.arriving(now)) {
                wire.say(inviting.hear(message, now), now);
                wire.say(asking.hear(message, now), now);
            }
            if (inviting.state(now) == Inviting.State.PENDING) {
                decideAt = Math.min(decideAt, now + 3_000);
                if (now >= decideAt) {
                    wire.say(isLetIn ? approve(inviting, documents, now) : inviting.reject(now), now);
                }
            }
            if (asking.wakeAtMillis() == Long.MAX_VALUE) {
                break;
            }
        }
        return now - NOW;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoIsInvitedIsLetIn(boolean byCode) {
        Inviting inviting = inviting(byCode);
        Asking asking = asking(byCode, LAPTOP);
        assertThat(asking.topicTag()).isEqualTo(inviting.topicTag()).matches("[a-z2-7]{26}");
        long took = run(inviting, asking, new Wire(random, 0, 0), 3, true, 60_000);
        assertThat(asking.state(NOW)).as(asking.why()).isEqualTo(Asking.State.JOINED);
        assertThat(took).as("milliseconds, 3,000 of them the owner's").isLessThan(4_000);
        Asking.Joined joined = asking.joined().orElseThrow();
        assertThat(joined.log().head()).isEqualTo(office.log.head());
        assertThat(joined.documents()).hasSize(3);
        assertThat(joined.documents().get(1).path().value()).startsWith("notes/1-");
        Member member = joined.log().member(LAPTOP.certificate().device()).orElseThrow();
        assertThat(member.name()).isEqualTo(Folk.name("Bob"));
        assertThat(joined.log().epochKey(1, LAPTOP).orElseThrow().topicTag())
                .isEqualTo(office.log.epochKey(1, office.device).orElseThrow().topicTag());
        assertThat(inviting.question().orElseThrow().certificate()).isEqualTo(LAPTOP.certificate());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoIsRejectedLearnsIt(boolean byCode) {
        Inviting inviting = inviting(byCode);
        Asking asking = asking(byCode, LAPTOP);
        run(inviting, asking, new Wire(random, 0.3, 300), 0, false, 600_000);
        assertThat(asking.state(NOW)).isEqualTo(Asking.State.REJECTED);
        assertThat(inviting.state(NOW)).isEqualTo(Inviting.State.REJECTED);
        assertThat(office.log.members()).hasSize(1);
    }

    /** Half of all is lost, some comes twice, and what was said later comes first. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBadWireCostsTimeAndNothingElse(boolean byCode) {
        long seed = Long.getLong("metalog.seed", System.nanoTime());
        System.out.println("a bad wire: seed " + seed + " (repeat with -Dmetalog.seed=" + seed + ")");
        for (int round = 0; round < (byCode ? 6 : 40); round++) {
            Random fate = new Random(seed + round);
            Inviting inviting = inviting(byCode);
            Asking asking = asking(byCode, LAPTOP);
            run(inviting, asking, new Wire(fate, 0.5, 5_000), 2_000, true, 3_000_000);
            assertThat(asking.state(NOW))
                    .as("seed " + (seed + round) + ": " + asking.why())
                    .isEqualTo(Asking.State.JOINED);
            assertThat(asking.joined().orElseThrow().documents()).hasSize(2_000);
            assertThat(office.log.members()).as("let in once").hasSize(2);
        }
    }

    @Test
    void aWrongWordBurnsTheCodeAndBothLearnIt() {
        Inviting inviting = inviting(true);
        String[] parts = code.spoken().split("-");
        SpokenCode wrong = SpokenCode.parse(parts[0] + " " + parts[2] + " " + parts[1]);
        Asking asking = Asking.byCode(wrong, LAPTOP, Folk.name("Bob"), bytes(Asking.RANDOM_BYTES), NOW);
        run(inviting, asking, new Wire(random, 0.4, 500), 0, true, 300_000);
        assertThat(asking.state(NOW)).isEqualTo(Asking.State.BURNT);
        assertThat(asking.why()).contains("Ask for another one");
        assertThat(inviting.state(NOW)).isEqualTo(Inviting.State.BURNT);
        // The right words come too late now.
        Asking right = asking(true, LAPTOP);
        run(inviting, right, new Wire(random, 0, 0), 0, true, SpokenCode.VALID_MILLIS + 100);
        assertThat(right.state(NOW + SpokenCode.VALID_MILLIS)).isEqualTo(Asking.State.EXPIRED);
        assertThat(inviting.question()).isEmpty();
    }

    /** Who sits between both and knows all but the words has one guess at each of them, and learns nothing else. */
    @Test
    void whoSitsInBetweenOnlyBurnsTheCode() {
        String[] parts = code.spoken().split("-");
        SpokenCode guess = SpokenCode.parse(parts[0] + " zoo zoo");
        Inviting inviting = inviting(true);
        Asking asking = asking(true, LAPTOP);
        Inviting evesInviting = Inviting.byCode(guess, bytes(Inviting.RANDOM_BYTES), NOW + 600_000);
        Asking evesAsking = Asking.byCode(guess, EVES, Folk.name("Bob"), bytes(Asking.RANDOM_BYTES), NOW);
        run(evesInviting, asking, new Wire(random, 0, 0), 0, true, 60_000);
        run(inviting, evesAsking, new Wire(random, 0, 0), 0, true, 60_000);
        assertThat(asking.state(NOW)).isEqualTo(Asking.State.BURNT);
        assertThat(inviting.state(NOW)).isEqualTo(Inviting.State.BURNT);
        assertThat(evesInviting.question()).isEmpty();
        assertThat(evesAsking.joined()).isEmpty();
    }

    /** Who passes everything on, with a change here and there, makes it slower or ends it, and gets nobody else in. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void changedMessagesLetNobodyElseIn(boolean byCode) {
        for (int round = 0; round < (byCode ? 4 : 20); round++) {
            Inviting inviting = inviting(byCode);
            Asking asking = asking(byCode, LAPTOP);
            Wire wire = new Wire(random, 0.1, 0);
            for (long now = NOW; now < NOW + 60_000; now += 50) {
                wire.say(asking.tick(now), now);
                for (byte[] message : wire.arriving(now)) {
                    byte[] changed = message.clone();
                    if (random.nextInt(3) == 0) {
                        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                    }
                    wire.say(inviting.hear(changed, now), now);
                    wire.say(asking.hear(changed, now), now);
                }
                if (inviting.state(now) == Inviting.State.PENDING) {
                    wire.say(approve(inviting, 1, now), now);
                }
            }
            inviting.question()
                    .ifPresent(question -> assertThat(question.certificate()).isEqualTo(LAPTOP.certificate()));
            assertThat(asking.state(NOW + 60_000)).isNotEqualTo(Asking.State.SPOILT);
        }
    }

    @Test
    void aLinkServesOneDevice() {
        Inviting inviting = inviting(false);
        Asking first = asking(false, LAPTOP);
        Asking second = asking(false, EVES);
        inviting.hear(first.tick(NOW).get(0), NOW);
        List<byte[]> told = inviting.hear(second.tick(NOW).get(0), NOW);
        assertThat(told).hasSize(1);
        assertThat(first.hear(told.get(0), NOW)).isEmpty();
        assertThat(first.state(NOW)).isEqualTo(Asking.State.ASKING);
        second.hear(told.get(0), NOW);
        assertThat(second.state(NOW)).isEqualTo(Asking.State.BURNT);
        assertThat(inviting.question().orElseThrow().certificate()).isEqualTo(LAPTOP.certificate());
        approve(inviting, 0, NOW);
        assertThat(inviting.hear(asking(false, EVES).tick(NOW).get(0), NOW)).hasSize(1);
        assertThat(office.log.role(EVES.certificate().device())).isEmpty();
        // Who holds the link and asked for nothing is not given the chain.
        byte[] session = bytes(16);
        byte[] want = new Sealing(Inviting.secret(link)).asker(session, Sealing.WANT, new byte[0]);
        assertThat(inviting.hear(want, NOW)).isEmpty();
        // The same device may ask again, after a crash.
        Asking again = asking(false, LAPTOP);
        run(inviting, again, new Wire(random, 0, 0), 0, true, 60_000);
        assertThat(again.state(NOW)).isEqualTo(Asking.State.JOINED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itExpiresToTheMillisecond(boolean byCode) {
        long valid = byCode ? SpokenCode.VALID_MILLIS : WorkspaceInvitation.VALID_MILLIS;
        byte[] message = asking(byCode, LAPTOP).tick(NOW).get(0);
        Inviting inTime = inviting(byCode);
        assertThat(inTime.hear(message, NOW + valid - 1)).hasSize(1);
        Inviting late = inviting(byCode);
        assertThat(late.state(NOW + valid - 1)).isEqualTo(Inviting.State.OPEN);
        assertThat(late.hear(message, NOW + valid)).isEmpty();
        assertThat(late.state(NOW + valid)).isEqualTo(Inviting.State.EXPIRED);
        Asking nobodyThere = asking(byCode, LAPTOP);
        assertThat(nobodyThere.state(NOW + valid - 1)).isNotEqualTo(Asking.State.EXPIRED);
        assertThat(nobodyThere.tick(NOW + valid)).isEmpty();
        assertThat(nobodyThere.state(NOW + valid)).isEqualTo(Asking.State.EXPIRED);
        assertThat(nobodyThere.wakeAtMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void anOwnerHasADayToDecide() {
        Inviting inviting = inviting(false);
        Asking asking = asking(false, LAPTOP);
        long asked = NOW + WorkspaceInvitation.VALID_MILLIS - 1;
        inviting.hear(asking.tick(NOW).get(0), asked).forEach(answer -> asking.hear(answer, asked));
        assertThat(asking.state(asked)).isEqualTo(Asking.State.PENDING);
        long end = asked + Inviting.DECISION_MILLIS;
        assertThat(inviting.state(end - 1)).isEqualTo(Inviting.State.PENDING);
        assertThat(inviting.untilMillis()).isEqualTo(end);
        assertThat(inviting.reject(end)).isEmpty();
        assertThat(inviting.state(end)).isEqualTo(Inviting.State.EXPIRED);
        assertThat(asking.state(end - 1)).isEqualTo(Asking.State.PENDING);
        assertThat(asking.state(end)).isEqualTo(Asking.State.EXPIRED);
    }

    @Test
    void nobodyIsDecidedAboutWhoDoesNotAsk() {
        Inviting inviting = inviting(false);
        assertThat(inviting.reject(NOW)).isEmpty();
        assertThat(inviting.approve(new Welcome(office.workspace(), List.of(), List.of()), NOW))
                .isEmpty();
        assertThat(inviting.state(NOW)).isEqualTo(Inviting.State.OPEN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tenThousandMessagesOfNobodyChangeNothing(boolean byCode) {
        Inviting inviting = inviting(byCode);
        Asking asking = asking(byCode, LAPTOP);
        List<byte[]> others = others(byCode);
        byte[] session = Frame.read(asking.tick(NOW).get(0)).session();
        int[] lengths = {
            0,
            17,
            18,
            40,
            Meeting.ROUND_1_BYTES,
            Meeting.ROUND_1_BYTES + Meeting.ROUND_2_BYTES,
            Meeting.ROUND_2_BYTES + Meeting.ROUND_3_BYTES,
            Meeting.ROUND_3_BYTES,
            500
        };
        for (int i = 0; i < 10_000; i++) {
            byte[] message;
            if (i % 4 == 0) {
                message = others.get(random.nextInt(others.size())).clone();
                message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                byte[] body = bytes(lengths[random.nextInt(lengths.length)]);
                message =
                        i % 4 == 1 ? body : Frame.bytes(1 + random.nextInt(6), i % 4 == 2 ? session : bytes(16), body);
            }
            assertThat(inviting.hear(message, NOW)).isEmpty();
            assertThat(asking.hear(message, NOW)).isEmpty();
        }
        assertThat(inviting.state(NOW)).isEqualTo(Inviting.State.OPEN);
        assertThat(inviting.question()).isEmpty();
        run(inviting, asking, new Wire(random, 0, 0), 1, true, 60_000);
        assertThat(asking.state(NOW)).isEqualTo(Asking.State.JOINED);
    }

    /** A whole conversation over another invitation. */
    private List<byte[]> others(boolean byCode) {
        SpokenCode otherCode = SpokenCode.fromRandom(bytes(SpokenCode.RANDOM_BYTES));
        WorkspaceInvitation otherLink = new WorkspaceInvitation(office.workspace(), bytes(32), "", null);
        Inviting inviting = byCode
                ? Inviting.byCode(otherCode, bytes(Inviting.RANDOM_BYTES), NOW + 600_000)
                : Inviting.byLink(otherLink, bytes(Inviting.RANDOM_BYTES), NOW + 600_000);
        Asking asking = byCode
                ? Asking.byCode(otherCode, LAPTOP, Folk.name("B"), bytes(Asking.RANDOM_BYTES), NOW)
                : Asking.byLink(otherLink, LAPTOP, Folk.name("B"), bytes(Asking.RANDOM_BYTES), NOW);
        Wire wire = new Wire(random, 0, 0);
        run(inviting, asking, wire, 1, false, 60_000);
        // The first round of another attempt is sound for everybody, as it says nothing of the words.
        return wire.recorded.stream()
                .filter(message -> Frame.read(message).kind() != Frame.ASKER_MEETS)
                .toList();
    }

    @Test
    void whatWasRecordedLetsNobodyInAgain() {
        Inviting inviting = inviting(false);
        Asking asking = asking(false, LAPTOP);
        Wire wire = new Wire(random, 0, 0);
        run(inviting, asking, wire, 1, true, 60_000);
        Inviting other = Inviting.byLink(
                new WorkspaceInvitation(office.workspace(), bytes(32), "", null),
                bytes(Inviting.RANDOM_BYTES),
                NOW + 600_000);
        for (byte[] message : wire.recorded) {
            assertThat(other.hear(message, NOW)).isEmpty();
            inviting.hear(message, NOW);
            assertThat(asking.hear(message, NOW)).isEmpty();
        }
        assertThat(inviting.state(NOW)).isEqualTo(Inviting.State.APPROVED);
        assertThat(other.question()).isEmpty();
    }

    /** Nothing of who asks, of whom, and for what, is to be read on the wire. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theWireTellsNobodyAnything(boolean byCode) {
        Wire wire = new Wire(random, 0, 0);
        run(inviting(byCode), asking(byCode, LAPTOP), wire, 3, true, 60_000);
        String all = String.join(
                " ", wire.recorded.stream().map(HexFormat.of()::formatHex).toList());
        List<byte[]> planted = new ArrayList<>(List.of(
                LAPTOP.certificate().signingKey(),
                LAPTOP.certificate().sealingKey(),
                office.device.certificate().signingKey(),
                office.workspace().bytes(),
                "Bob".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "notes/".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        for (String word : code.spoken().split("-")) {
            planted.add(word.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        for (byte[] secret : planted) {
            if (secret.length > 4) {
                assertThat(all).doesNotContain(HexFormat.of().formatHex(secret));
            }
        }
    }

    @Test
    void anInviterWhoLiesSpoilsItAndLetsNobodyIn() {
        Asking asking = asking(false, LAPTOP);
        Inviting inviting = inviting(false);
        inviting.hear(asking.tick(NOW).get(0), NOW);
        // The chain as it was before the device was let in.
        List<byte[]> before = office.log.records(0, Integer.MAX_VALUE);
        List<byte[]> say = inviting.approve(new Welcome(office.workspace(), before, List.of()), NOW);
        Wire wire = new Wire(random, 0, 0);
        wire.say(say, NOW);
        run(inviting, asking, wire, 0, true, 60_000);
        assertThat(asking.state(NOW)).isEqualTo(Asking.State.SPOILT);
        assertThat(asking.joined()).isEmpty();

        Asking other = asking(false, LAPTOP);
        Inviting elsewhere = inviting(false);
        elsewhere.hear(other.tick(NOW).get(0), NOW);
        Folk.Office foreign = new Folk.Office(9);
        foreign.add(LAPTOP, MemberRole.READ);
        Wire second = new Wire(random, 0, 0);
        second.say(
                elsewhere.approve(
                        new Welcome(foreign.workspace(), foreign.log.records(0, Integer.MAX_VALUE), List.of()), NOW),
                NOW);
        run(elsewhere, other, second, 0, true, 60_000);
        assertThat(other.state(NOW)).as("another workspace than the link's").isEqualTo(Asking.State.SPOILT);
    }

    @Test
    void aKeyThatDoesNotOpenSpoilsIt() {
        Asking asking = asking(false, LAPTOP);
        Inviting inviting = inviting(false);
        inviting.hear(asking.tick(NOW).get(0), NOW);
        MembershipChange broken = new MembershipChange.Add(
                new Chunk(LAPTOP.certificate().encode()), Folk.name("Bob"), MemberRole.READ, new Chunk(new byte[80]));
        office.take(List.of(Folk.next(office.owner, office.log, broken)));
        Wire wire = new Wire(random, 0, 0);
        wire.say(approve(inviting, 0, NOW), NOW);
        run(inviting, asking, wire, 0, true, 60_000);
        assertThat(asking.state(NOW)).isEqualTo(Asking.State.SPOILT);
    }

    /** Who was handed the link, and somebody's certificate, has not that device. */
    @Test
    void aCertificateIsNotEnoughToAsk() {
        byte[] session = bytes(16);
        Sealing sealing = new Sealing(Inviting.secret(link));
        byte[] own = Question.encode(EVES, Folk.name("Bob"), sealing.transcript(session));
        byte[] stolen = own.clone();
        System.arraycopy(LAPTOP.certificate().encode(), 0, stolen, 0, 134);
        byte[] replayed = Question.encode(LAPTOP, Folk.name("Bob"), sealing.transcript(bytes(16)));
        byte[] renamed = Question.encode(LAPTOP, Folk.name("Bob"), sealing.transcript(session));
        renamed[200] ^= 1;
        for (byte[] text : List.of(stolen, replayed, renamed)) {
            Inviting inviting = inviting(false);
            assertThat(inviting.hear(sealing.asker(session, Sealing.ASK, text), NOW))
                    .isEmpty();
            assertThat(inviting.question()).isEmpty();
        }
        assertThat(inviting(false).hear(sealing.asker(session, Sealing.ASK, own), NOW))
                .hasSize(1);
    }

    /** The owner's sidecar is started again while the asker collects: nothing of before is mixed with what is given now. */
    @Test
    void anInviterThatIsStartedAgainIsAskedAgain() {
        Asking asking = asking(false, LAPTOP);
        Inviting before = inviting(false);
        byte[] ask = asking.tick(NOW).get(0);
        before.hear(ask, NOW).forEach(answer -> asking.hear(answer, NOW));
        List<byte[]> approved = approve(before, 2_000, NOW);
        List<byte[]> wants = asking.hear(approved.get(0), NOW);
        List<byte[]> first = before.hear(wants.get(0), NOW);
        List<byte[]> more = asking.hear(first.get(0), NOW);
        assertThat(more).hasSize(1);
        List<byte[]> lastOfBefore = before.hear(more.get(0), NOW);

        Inviting after = inviting(false);
        after.hear(ask, NOW);
        List<byte[]> anew = approve(after, 3_000, NOW);
        assertThat(asking.hear(after.hear(more.get(0), NOW).get(0), NOW))
                .as("of the other run")
                .isEmpty();
        Wire wire = new Wire(random, 0, 0);
        wire.say(anew, NOW);
        run(after, asking, wire, 3_000, true, 200_000);
        assertThat(asking.state(NOW)).isEqualTo(Asking.State.JOINED);
        assertThat(asking.joined().orElseThrow().documents()).hasSize(3_000);
        assertThat(asking.hear(lastOfBefore.get(0), NOW)).isEmpty();
    }

    /** The same without a word from the new run: the asker asks by itself. */
    @Test
    void whoCollectsFromNobodyAsksAgain() {
        Asking asking = asking(false, LAPTOP);
        Inviting before = inviting(false);
        before.hear(asking.tick(NOW).get(0), NOW);
        approve(before, 1, NOW).forEach(answer -> asking.hear(answer, NOW));
        Inviting after = inviting(false);
        run(after, asking, new Wire(random, 0.2, 500), 1, true, 600_000);
        assertThat(asking.state(NOW)).as(asking.why()).isEqualTo(Asking.State.JOINED);
    }

    @Test
    void whatIsLongComesInParts() {
        Inviting inviting = inviting(false);
        Asking asking = asking(false, LAPTOP);
        Wire wire = new Wire(random, 0.2, 100);
        run(inviting, asking, wire, 10_000, true, 3_000_000);
        assertThat(asking.state(NOW)).isEqualTo(Asking.State.JOINED);
        assertThat(asking.joined().orElseThrow().documents()).hasSize(10_000);
        assertThat(wire.recorded).allMatch(message -> message.length < Inviting.PART_BYTES + 100);
    }

    @Test
    void itsNameTellsNothing() {
        assertThat(code.toString()).doesNotContain(code.spoken().split("-")[1]);
        assertThat(inviting(true).toString()).doesNotContain(code.spoken());
        assertThat(asking(true, LAPTOP).toString()).doesNotContain(code.spoken());
        assertThat(Arrays.toString(link.secret())).isNotEqualTo(link.toString());
    }
}

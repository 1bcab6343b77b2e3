package dev.metalog.server.workspace;

import static dev.metalog.server.workspace.Attacker.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.WorkspaceInvitation;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.protocol.membership.MembershipChange;
import dev.metalog.protocol.membership.Pin;
import dev.metalog.server.authorship.Forger;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.membership.Folk;
import dev.metalog.server.membership.LeaveRequest;
import dev.metalog.server.membership.MembershipLog;
import dev.metalog.server.membership.MembershipWriter;
import dev.metalog.server.membership.invite.Asking;
import dev.metalog.server.membership.invite.SpokenCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Wanting to be more than one is, to stay when one was put out, or to come in without being let in. */
enum MembershipAttack implements Attack {
    A_READER_WRITES(Outcome.REFUSED, s -> {
        Memberships memberships = s.ada.workspace.memberships();
        memberships.setRole(memberships.own(), s.mallory.identity.peerId(), MemberRole.READ);
        s.flush(s.ada);
        s.settle();
        write(s);
        assertWroteNothing(s);
    }),
    A_READER_WRITES_UNDER_A_NEW_NAME(Outcome.REFUSED, s -> {
        Memberships memberships = s.ada.workspace.memberships();
        memberships.setRole(memberships.own(), s.mallory.identity.peerId(), MemberRole.READ);
        s.flush(s.ada);
        s.settle();
        for (int i = 0; i < 20; i++) {
            Forger pen = s.mallory.pen();
            s.mallory.send(pen.sign(insert(pen.id(0), s.tip(), 0, "\u2620")));
        }
        assertWroteNothing(s);
    }),
    WHOEVER_IS_PUT_OUT_WRITES_ON(Outcome.PASSED_OVER, s -> {
        putOut(s);
        write(s);
        assertWroteNothing(s);
    }),
    AN_ACCOMPLICE_PASSES_ON_WHAT_SOMEBODY_GOES_ON_WRITING_WHO_WAS_PUT_OUT(Outcome.REFUSED, s -> {
        Attacker accomplice = accomplice(s);
        putOut(s);
        accomplice.learnAt(2, s.records());
        int before = s.records().size();
        for (int i = 0; i < 3 * Limits.MEMBERSHIP_LATER_PINS; i++) {
            Forger fresh = s.mallory.pen();
            PeerMessage events = new PeerMessage.Events(fresh.sign(insert(fresh.id(0), s.tip(), 0, "\u2620")));
            accomplice.sayAs(accomplice.voice(s.mallory.identity.peerId()), events);
            s.world.deliverAll();
            s.world.pass(1_100);
        }
        s.settle();
        // It may have taken that before it heard of the removal, for all that anybody can tell.
        assertThat(s.text().chars().filter(c -> c == '\u2620').count())
                .isBetween((long) Limits.MEMBERSHIP_LATER_PINS / 2, (long) Limits.MEMBERSHIP_LATER_PINS);
        assertThat(s.records().size() - before).isEqualTo(Limits.MEMBERSHIP_LATER_PINS);
        assertThat(s.ada.logged).filteredOn(line -> line.contains("who is out")).hasSizeBetween(5, 7);
        assertMembers(s, 3);
    }),
    AN_ACCOMPLICE_BUILDS_ON_WHAT_SOMEBODY_NEVER_SENT_WHO_WAS_PUT_OUT(Outcome.PASSED_OVER, s -> {
        Attacker accomplice = accomplice(s);
        putOut(s);
        accomplice.learnAt(2, s.records());
        Forger gone = s.mallory.ownPen();
        var unused = gone.sign(insert(gone.id(0), s.tip(), 0, "\u2620"));
        for (int i = 0; i < 20; i++) {
            Forger pen = accomplice.pen();
            accomplice.send(pen.sign(insert(pen.id(0), Version.of(gone.id(0)), 1, "\u2620")));
        }
        assertWroteNothing(s);
    }),
    AN_ACCOMPLICE_SPEAKS_UNDER_THE_OLD_KEY_FOR_SOMEBODY_WHO_WAS_PUT_OUT(Outcome.PASSED_OVER, s -> {
        Attacker accomplice = accomplice(s);
        putOut(s);
        accomplice.learn(s.records());
        for (int i = 0; i < 20; i++) {
            Forger pen = s.mallory.pen();
            accomplice.send(pen.sign(insert(pen.id(0), s.tip(), 0, "\u2620")));
        }
        assertWroteNothing(s);
    }),
    WHOEVER_IS_PUT_OUT_COMES_BACK_WITH_THE_SAME_DEVICE(Outcome.REFUSED, s -> {
        putOut(s);
        Memberships memberships = s.ada.workspace.memberships();
        boolean again = memberships.add(
                memberships.own(), s.mallory.device.certificate(), new MemberName("M"), MemberRole.WRITE);
        assertThat(again).isFalse();
        sign(
                s,
                s.mallory.identity,
                new MembershipChange.Add(
                        Folk.form(s.mallory.device.certificate()),
                        new MemberName("M"),
                        MemberRole.WRITE,
                        Folk.chunk(80)));
    }),
    MAKES_ITSELF_A_WRITER(Outcome.REFUSED, s -> {
        Memberships memberships = s.ada.workspace.memberships();
        memberships.setRole(memberships.own(), s.mallory.identity.peerId(), MemberRole.READ);
        s.flush(s.ada);
        s.settle();
        s.mallory.learn(s.records());
        sign(
                s,
                s.mallory.identity,
                new MembershipChange.SetRole(s.mallory.device.certificate().device(), MemberRole.WRITE, List.of()));
        write(s);
        assertWroteNothing(s);
    }),
    LETS_A_FRIEND_IN(Outcome.REFUSED, s -> {
        PeerIdentity friend = SimulatedWorld.identity(2);
        sign(
                s,
                s.mallory.identity,
                new MembershipChange.Add(
                        Folk.form(TestDevices.of(friend, 0).certificate()),
                        new MemberName("Friend"),
                        MemberRole.WRITE,
                        Folk.chunk(80)));
        assertMembers(s, 3);
    }),
    PUTS_AN_HONEST_ONE_OUT(Outcome.REFUSED, s -> {
        for (byte[] record : new MembershipWriter(s.mallory.identity, s.mallory.device)
                .remove(s.mallory.log, s.ben.identity.peerId(), List.of(), s.mallory.bytes(64), 1)) {
            s.mallory.tellMembers(record);
        }
        assertMembers(s, 3);
    }),
    PUTS_THE_OWNER_OUT(Outcome.REFUSED, s -> {
        for (byte[] record : new MembershipWriter(s.mallory.identity, s.mallory.device)
                .remove(s.mallory.log, s.ada.identity.peerId(), List.of(), s.mallory.bytes(64), 1)) {
            s.mallory.tellMembers(record);
        }
        assertMembers(s, 3);
    }),
    FORKS_THE_CHAIN_EARLIER(Outcome.REFUSED, s -> {
        MembershipLog earlier = new MembershipLog(s.workspace);
        earlier.accept(s.records().get(0));
        MembershipChange change = new MembershipChange.Add(
                Folk.form(s.mallory.device.certificate()), new MemberName("M"), MemberRole.WRITE, Folk.chunk(80));
        s.mallory.tellMembers(Folk.next(s.mallory.identity, earlier, change));
        assertMembers(s, 3);
    }),
    BEGINS_A_CHAIN_OF_ITS_OWN(Outcome.REFUSED, s -> {
        MembershipWriter writer = new MembershipWriter(s.mallory.identity, s.mallory.device);
        s.mallory.tellMembers(writer.begin(new MemberName("M"), s.mallory.bytes(32), s.mallory.bytes(64), 1)
                .record());
        assertMembers(s, 3);
    }),
    TRUE_RECORDS_BACKWARDS_AND_AGAIN(Outcome.PASSED_OVER, s -> {
        List<byte[]> records = new ArrayList<>(s.records());
        Collections.reverse(records);
        for (int times = 0; times < 30; times++) {
            records.forEach(s.mallory::tellMembers);
        }
        assertMembers(s, 3);
    }),
    TRUE_RECORDS_WITH_ANY_BYTE_CHANGED(Outcome.REFUSED, s -> {
        byte[] last = s.records().get(2);
        for (int at = 0; at < last.length; at += 2) {
            byte[] changed = last.clone();
            changed[at] ^= 0x11;
            s.mallory.tellMembers(changed);
        }
        assertMembers(s, 3);
    }),
    RECORDS_WITHOUT_END(Outcome.REFUSED, s -> {
        MembershipChange change = new MembershipChange.MorePins(
                s.ben.identity.peerId(),
                List.of(new Pin(s.document, s.tip().events().get(0).replica(), 1)));
        for (int number = 1; number < 800; number++) {
            s.mallory.tellMembers(
                    Folk.next(s.mallory.identity, s.mallory.log, number % 2 == 0 ? change : other(s, number)));
        }
        assertMembers(s, 3);
    }),
    PINS_WHAT_AN_HONEST_ONE_WROTE_TO_NOTHING(Outcome.REFUSED, s -> {
        sign(
                s,
                s.mallory.identity,
                new MembershipChange.SetRole(
                        TestDevices.of(s.ben.identity, 0).certificate().device(), MemberRole.READ, List.of()));
        assertThat(s.ada.workspace.memberships().own().log().roleOf(s.ben.identity.peerId()))
                .contains(MemberRole.WRITE);
    }),
    ASKS_TO_LEAVE_FOR_SOMEBODY_ELSE(Outcome.REFUSED, s -> {
        byte[] request = LeaveRequest.sign(s.mallory.device, s.workspace, 1);
        byte[] device = dev.metalog.protocol.Base32.decode(
                TestDevices.of(s.ben.identity, 0).certificate().device().value());
        System.arraycopy(device, 0, request, 17, device.length);
        s.mallory.tellMembers(request);
        assertMembers(s, 3);
    }),
    LEAVES_A_HUNDRED_TIMES(Outcome.REFUSED, s -> {
        for (int i = 0; i < 100; i++) {
            s.mallory.tellMembers(LeaveRequest.sign(s.mallory.device, s.workspace, i));
        }
        s.settle();
        assertMembers(s, 2);
        assertThat(s.ada.workspace.memberships().own().log().epoch()).isEqualTo(2);
    }),
    GUESSES_A_CODE(Outcome.PASSED_OVER, s -> {
        String code = invite(s, "code");
        String wrong = code.substring(0, 7) + (code.endsWith("-zoo-zoo") ? "able-able" : "zoo-zoo");
        for (int guess = 0; guess < 5; guess++) {
            ask(
                    s,
                    Asking.byCode(
                            SpokenCode.parse(wrong),
                            TestDevices.of(SimulatedWorld.identity(2), guess),
                            new MemberName("M"),
                            s.mallory.bytes(Asking.RANDOM_BYTES),
                            s.world.nowMillis));
        }
        assertMembers(s, 3);
    }),
    JUNK_WHERE_AN_INVITATION_WAITS(Outcome.PASSED_OVER, s -> {
        WorkspaceInvitation link = WorkspaceInvitation.decode(invite(s, "link"));
        Asking asking = asking(s, link, SimulatedWorld.identity(2));
        String topic = Channel.TOPIC + asking.topicTag();
        for (int i = 0; i < 2_000; i++) {
            s.mallory.publish(topic, s.mallory.bytes(s.mallory.random.nextInt(3_000)));
        }
        s.world.deliverAll();
        ask(s, asking);
        assertMembers(s, 4);
    }),
    A_LINK_THAT_SERVED_SOMEBODY_ELSE(Outcome.PASSED_OVER, s -> {
        WorkspaceInvitation link = WorkspaceInvitation.decode(invite(s, "link"));
        ask(s, asking(s, link, SimulatedWorld.identity(2)));
        assertMembers(s, 4);
        PeerIdentity late = Folk.person(99);
        ask(s, asking(s, link, late));
        assertMembers(s, 4);
    });

    private final Outcome outcome;
    private final Play play;

    MembershipAttack(Outcome outcome, Play play) {
        this.outcome = outcome;
        this.play = play;
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }

    @Override
    public Play play() {
        return play;
    }

    private static void write(AttackScene s) {
        Forger pen = s.mallory.ownPen();
        Event event = insert(pen.id(pen.written()), s.tip(), 0, "\u2620");
        s.mallory.send(pen.sign(event));
    }

    private static void assertWroteNothing(AttackScene s) {
        s.settle();
        assertThat(s.text()).doesNotContain("\u2620");
    }

    /** Another member, who means no better. */
    private static Attacker accomplice(AttackScene s) {
        Attacker accomplice = new Attacker(s.world, SimulatedWorld.identity(2), s.workspace, s.document);
        s.add(accomplice.identity, "Accomplice");
        s.settle();
        return accomplice;
    }

    private static void putOut(AttackScene s) {
        Memberships memberships = s.ada.workspace.memberships();
        assertThat(memberships.remove(memberships.own(), s.mallory.identity.peerId()))
                .isTrue();
        s.flush(s.ada);
        s.settle();
    }

    private static void sign(AttackScene s, PeerIdentity signer, MembershipChange change) {
        MembershipLog known = s.ada.workspace.memberships().own().log();
        s.mallory.tellMembers(Folk.next(signer, known, change));
        s.world.deliverAll();
    }

    private static MembershipChange other(AttackScene s, int number) {
        DeviceCertificate device =
                TestDevices.of(s.mallory.identity, number % 5).certificate();
        return new MembershipChange.Add(
                new Chunk(device.encode()), new MemberName("M"), MemberRole.WRITE, Folk.chunk(80));
    }

    private static void assertMembers(AttackScene s, int count) {
        s.settle();
        for (SimulatedWorld.Sidecar honest : List.of(s.ada, s.ben)) {
            MembershipLog log = honest.workspace.memberships().of(s.workspace).log();
            assertThat(log.members()).hasSize(count);
            PeerId owner = s.ada.identity.peerId();
            assertThat(log.owner()).contains(owner);
        }
    }

    private static String invite(AttackScene s, String kind) {
        Object answer = s.ada.ask(
                s.adas.id,
                new Request.Members(new MemberRequest.Invite(
                        new MemberMessages.InviteParams(s.adas.uri, kind, "write", "Ada", true))));
        return ((MemberMessages.Invited) answer).invitation();
    }

    private static Asking asking(AttackScene s, WorkspaceInvitation link, PeerIdentity who) {
        return Asking.byLink(
                link,
                TestDevices.of(who, 0),
                new MemberName("M"),
                s.mallory.bytes(Asking.RANDOM_BYTES),
                s.world.nowMillis);
    }

    /** Carries one asker's side out, up to its end or for a minute. */
    private static void ask(AttackScene s, Asking asking) {
        String topic = Channel.TOPIC + asking.topicTag();
        List<byte[]> said = new ArrayList<>();
        s.world.eavesdrop((where, payload) -> {
            if (where.equals(topic)) {
                said.add(payload);
            }
        });
        for (int i = 0; i < 60; i++) {
            List<byte[]> answers = new ArrayList<>(asking.tick(s.world.nowMillis));
            List.copyOf(said).forEach(message -> answers.addAll(asking.hear(message, s.world.nowMillis)));
            said.clear();
            answers.forEach(message -> s.mallory.publish(topic, message));
            s.world.deliverAll();
            s.world.pass(1_000);
        }
        s.world.eavesdrop(null);
    }
}

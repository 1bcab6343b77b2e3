package dev.metalog.server.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.membership.KeyWrap;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.protocol.membership.MembershipChange;
import dev.metalog.protocol.membership.MembershipRecord;
import dev.metalog.protocol.membership.Pin;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.identity.SigningDomain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MembershipLogTest {
    private static final PeerIdentity BOB = Folk.person(100);
    private static final DeviceKey LAPTOP = Folk.device(BOB, 101);
    private static final DeviceKey PHONE = Folk.device(BOB, 102);
    private static final PeerIdentity EVE = Folk.person(200);
    private static final DeviceKey EVES = Folk.device(EVE, 201);

    private Folk.Office office;
    private MembershipLog log;

    @BeforeEach
    void begin() {
        office = new Folk.Office(1);
        log = office.log;
    }

    private static DeviceId id(DeviceKey device) {
        return device.certificate().device();
    }

    private Refusal refused(byte[] record) {
        String before = state(log);
        Accepted accepted = log.accept(record);
        assertThat(accepted).isInstanceOf(Accepted.Refused.class);
        assertThat(state(log)).isEqualTo(before);
        return ((Accepted.Refused) accepted).why();
    }

    private Refusal refused(MembershipChange change) {
        return refused(Folk.next(office.owner, log, change));
    }

    static String state(MembershipLog log) {
        return log.next() + " " + log.head() + " " + log.epoch() + " " + log.members() + " "
                + log.evidence().size();
    }

    private MembershipChange.Add add(DeviceKey device, MemberRole role) {
        return new MembershipChange.Add(
                Folk.form(device.certificate()), Folk.name("N"), role, Folk.chunk(KeyWrap.SEALED_BYTES));
    }

    @Test
    void anOwnerBeginsAndLetsPeopleIn() {
        assertThat(log.owner()).contains(office.owner.peerId());
        assertThat(log.role(id(office.device))).contains(MemberRole.OWNER);
        office.add(LAPTOP, MemberRole.WRITE);
        office.add(PHONE, MemberRole.READ);
        office.add(EVES, MemberRole.READ);
        assertThat(log.role(id(LAPTOP))).contains(MemberRole.WRITE);
        assertThat(log.roleOf(BOB.peerId())).contains(MemberRole.WRITE);
        assertThat(log.roleOf(EVE.peerId())).contains(MemberRole.READ);
        assertThat(log.roleOf(Folk.person(7).peerId())).isEmpty();
        assertThat(log.mayWrite(id(office.device))).isTrue();
        assertThat(log.mayWrite(id(LAPTOP))).isTrue();
        assertThat(log.mayWrite(id(PHONE))).isFalse();
        assertThat(log.members()).hasSize(4).isSortedAccordingTo(java.util.Comparator.comparing(Member::device));
        assertThat(log.epoch()).isEqualTo(1);
        MembershipLog copy = office.copy();
        assertThat(state(copy)).isEqualTo(state(log));
        assertThat(copy.head()).isEqualTo(log.head()).isNotEqualTo(MembershipRecord.NOTHING);
    }

    @Test
    void everyMemberHasTheKeyOfItsEpochAndWhoWentOutHasNotTheNext() {
        office.add(LAPTOP, MemberRole.WRITE);
        office.add(EVES, MemberRole.WRITE);
        String first = log.epochKey(1, office.device).orElseThrow().topicTag();
        assertThat(log.epochKey(1, LAPTOP).orElseThrow().topicTag()).isEqualTo(first);
        office.remove(EVE.peerId(), List.of());
        assertThat(log.epoch()).isEqualTo(2);
        String second = log.epochKey(2, office.device).orElseThrow().topicTag();
        assertThat(second).isNotEqualTo(first);
        assertThat(log.epochKey(2, LAPTOP).orElseThrow().topicTag()).isEqualTo(second);
        assertThat(log.epochKey(2, EVES)).isEmpty();
        assertThat(log.epochKey(1, EVES)).isPresent();
        assertThat(log.epochKey(1, LAPTOP)).isPresent();
        office.add(PHONE, MemberRole.READ);
        assertThat(log.epochKey(2, PHONE)).isPresent();
        assertThat(log.epochKey(1, PHONE)).isEmpty();
        for (int epoch : new int[] {0, -1, 3, Integer.MAX_VALUE}) {
            assertThat(log.epochKey(epoch, LAPTOP)).isEmpty();
        }
    }

    @Test
    void aKeyThatIsNotTheOneOfTheRecordIsNone() {
        EpochKey other = new EpochKey(log.workspace(), 1, new byte[32]);
        MembershipChange wrong = new MembershipChange.Add(
                Folk.form(LAPTOP.certificate()),
                Folk.name("N"),
                MemberRole.READ,
                other.sealedFor(LAPTOP.certificate(), new byte[32]));
        assertThat(log.accept(Folk.next(office.owner, log, wrong))).isEqualTo(new Accepted.Added());
        assertThat(log.epochKey(1, LAPTOP)).isEmpty();
    }

    @Test
    void whatCountsOfWhoWentOutIsPinned() {
        office.add(LAPTOP, MemberRole.WRITE);
        ReplicaId run = new ReplicaId("run");
        ReplicaId late = new ReplicaId("late");
        assertThat(log.counts(id(LAPTOP), Folk.document(1), run)).isEqualTo(Integer.MAX_VALUE);
        assertThat(log.counts(id(EVES), Folk.document(1), run)).isZero();
        office.remove(BOB.peerId(), List.of(Folk.pin(2, "run", 9), Folk.pin(1, "run", 5)));
        assertThat(log.role(id(LAPTOP))).isEmpty();
        assertThat(log.certificate(id(LAPTOP))).contains(LAPTOP.certificate());
        assertThat(log.counts(id(LAPTOP), Folk.document(1), run)).isEqualTo(5);
        assertThat(log.counts(id(LAPTOP), Folk.document(2), run)).isEqualTo(9);
        assertThat(log.counts(id(LAPTOP), Folk.document(3), run)).isZero();
        assertThat(log.counts(id(LAPTOP), Folk.document(1), late)).isZero();
        assertThat(log.counts(id(EVES), Folk.document(1), run)).isZero();
        assertThat(log.certificate(id(EVES))).isEmpty();
        office.add(PHONE, MemberRole.WRITE);
        assertThat(log.counts(id(PHONE), Folk.document(1), late)).isEqualTo(Integer.MAX_VALUE);
        assertThat(log.counts(id(LAPTOP), Folk.document(1), late)).isZero();
    }

    @Test
    void whoMayOnlyReadFromNowOnKeepsWhatWasWritten() {
        office.add(LAPTOP, MemberRole.WRITE);
        ReplicaId run = new ReplicaId("run");
        List<Pin> pins = List.of(Folk.pin(1, "run", 5));
        office.take(office.writer.setRole(log, id(LAPTOP), MemberRole.READ, pins, 20));
        assertThat(log.mayWrite(id(LAPTOP))).isFalse();
        assertThat(log.counts(id(LAPTOP), Folk.document(1), run)).isEqualTo(5);
        office.take(office.writer.setRole(log, id(LAPTOP), MemberRole.WRITE, List.of(), 21));
        assertThat(log.counts(id(LAPTOP), Folk.document(1), run)).isEqualTo(Integer.MAX_VALUE);
        assertThat(office.writer.setRole(log, id(EVES), MemberRole.READ, List.of(), 22))
                .as("of a stranger")
                .isEmpty();
    }

    @Test
    void morePinsThanFitIntoARecordGoBeforeIt() {
        office.add(LAPTOP, MemberRole.WRITE);
        List<Pin> pins = Folk.pins(2 * Limits.MEMBERSHIP_PINS + 500);
        Collections.shuffle(pins, new Random(4));
        int before = log.next();
        office.remove(BOB.peerId(), pins);
        assertThat(log.next()).isEqualTo(before + 3);
        for (Pin pin : pins) {
            assertThat(log.counts(id(LAPTOP), pin.document(), pin.replica())).isEqualTo(pin.nextSeq());
        }
    }

    @Test
    void aMemberOfAllWorkspacesIsAtHomeInItsOwn() {
        assertThat(refused(new Folk.Office(2).log.records(0, 1).get(0))).isEqualTo(Refusal.FOREIGN);
        byte[] theirs = Folk.signed(
                office.owner,
                new MembershipRecord(new Folk.Office(2).workspace(), 1, log.head(), 9, add(LAPTOP, MemberRole.READ)));
        assertThat(refused(theirs)).isEqualTo(Refusal.FOREIGN);
        // Eve begins a chain under the owner's id.
        MembershipChange begun = new MembershipChange.Genesis(
                Folk.form(EVES.certificate()), Folk.name("E"), Folk.chunk(32), Folk.chunk(16), Folk.chunk(80));
        byte[] genesis = Folk.signed(EVE, new MembershipRecord(log.workspace(), 0, MembershipRecord.NOTHING, 0, begun));
        assertThat(refused(genesis)).isEqualTo(Refusal.NOT_THE_OWNERS);
        MembershipLog empty = new MembershipLog(log.workspace());
        assertThat(empty.accept(genesis)).isEqualTo(new Accepted.Refused(Refusal.FOREIGN));
        // The owner's own genesis, under somebody else's signature.
        MembershipRecord first = Folk.read(log.records(0, 1).get(0));
        assertThat(empty.accept(Folk.signed(EVE, first))).isEqualTo(new Accepted.Refused(Refusal.NOT_THE_OWNERS));
        assertThat(empty.next()).isZero();
        assertThat(empty.accept(Folk.signed(office.owner, first))).isEqualTo(new Accepted.Added());
    }

    @Test
    void onlyTheOwnerSignsAndUnderOneDomain() {
        office.add(LAPTOP, MemberRole.READ);
        MembershipChange raise = new MembershipChange.SetRole(id(LAPTOP), MemberRole.WRITE, List.of());
        assertThat(refused(Folk.next(BOB, log, raise)))
                .as("a member raises itself")
                .isEqualTo(Refusal.NOT_THE_OWNERS);
        assertThat(refused(Folk.next(EVE, log, add(EVES, MemberRole.WRITE)))).isEqualTo(Refusal.NOT_THE_OWNERS);
        MembershipRecord record = new MembershipRecord(log.workspace(), log.next(), log.head(), 9, raise);
        for (SigningDomain domain : SigningDomain.values()) {
            if (domain != SigningDomain.MEMBERSHIP) {
                assertThat(refused(Folk.signed(office.owner, record, domain))).isEqualTo(Refusal.NOT_THE_OWNERS);
            }
        }
    }

    @Test
    void noByteOfARecordCanBeChanged() {
        office.add(EVES, MemberRole.WRITE);
        List<byte[]> records = new ArrayList<>(log.records(0, Integer.MAX_VALUE));
        records.addAll(office.writer.remove(log, EVE.peerId(), List.of(Folk.pin(1, "r", 3)), office.bytes(64), 12));
        for (byte[] record : records) {
            for (int i = 0; i < record.length; i++) {
                byte[] changed = record.clone();
                changed[i] ^= (byte) (1 << (i % 8));
                String before = state(log);
                Accepted accepted = log.accept(changed);
                // The signature is not part of what makes a record the one it is.
                boolean isKnown = accepted instanceof Accepted.Known && i >= record.length - 65;
                assertThat(isKnown || accepted instanceof Accepted.Refused)
                        .as("byte " + i + ": " + accepted)
                        .isTrue();
                assertThat(state(log)).isEqualTo(before);
            }
            for (int length = 0; length < record.length; length++) {
                assertThat(refused(Arrays.copyOf(record, length))).isNotNull();
            }
        }
    }

    @Test
    void recordsAreKnownAgainAndComeInOrder() {
        office.add(LAPTOP, MemberRole.READ);
        office.add(EVES, MemberRole.READ);
        List<byte[]> records = log.records(0, Integer.MAX_VALUE);
        for (byte[] record : records) {
            assertThat(log.accept(record)).isEqualTo(new Accepted.Known());
        }
        MembershipLog late = new MembershipLog(log.workspace());
        assertThat(late.accept(records.get(2))).isEqualTo(new Accepted.Gap(0));
        assertThat(late.accept(records.get(0))).isEqualTo(new Accepted.Added());
        assertThat(late.accept(records.get(2))).isEqualTo(new Accepted.Gap(1));
        assertThat(late.accept(records.get(1))).isEqualTo(new Accepted.Added());
        assertThat(late.accept(records.get(2))).isEqualTo(new Accepted.Added());
        assertThat(state(late)).isEqualTo(state(log));
        // With another record before it than the one that is there.
        byte[] astray = Folk.signed(
                office.owner,
                new MembershipRecord(
                        log.workspace(),
                        log.next(),
                        MembershipRecord.NOTHING,
                        9,
                        new MembershipChange.SetRole(id(LAPTOP), MemberRole.WRITE, List.of())));
        assertThat(log.accept(astray)).isEqualTo(new Accepted.Gap(log.next() - 1));
    }

    @Test
    void recordsAreSentAsManyAsFit() {
        office.add(LAPTOP, MemberRole.READ);
        List<byte[]> all = log.records(0, Integer.MAX_VALUE);
        assertThat(all).hasSize(2);
        assertThat(log.records(1, Integer.MAX_VALUE)).containsExactly(all.get(1));
        assertThat(log.records(2, Integer.MAX_VALUE)).isEmpty();
        assertThat(log.records(Integer.MAX_VALUE, 9)).isEmpty();
        assertThat(log.records(0, 1)).containsExactly(all.get(0));
        int both = all.get(0).length + all.get(1).length;
        assertThat(log.records(0, both)).hasSize(2);
        assertThat(log.records(0, both - 1)).hasSize(1);
    }

    @Test
    void whoIsInOrWentOutIsNotLetInAgain() {
        office.add(LAPTOP, MemberRole.READ);
        assertThat(refused(add(LAPTOP, MemberRole.WRITE))).isEqualTo(Refusal.CHANGES_NOTHING);
        assertThat(refused(new MembershipChange.SetRole(id(LAPTOP), MemberRole.READ, List.of())))
                .isEqualTo(Refusal.CHANGES_NOTHING);
        office.remove(BOB.peerId(), List.of());
        assertThat(refused(add(LAPTOP, MemberRole.READ))).isEqualTo(Refusal.WENT_OUT);
        office.add(PHONE, MemberRole.READ);
    }

    /** A root may certify keys that are another device's; what that device signs must not count as the root's. */
    @Test
    void nobodyComesInWithKeysOfAnother() {
        office.add(LAPTOP, MemberRole.WRITE);
        byte[] laptops = Folk.random(new Random(101), 64);
        byte[] half = Folk.random(new Random(9), 64);
        byte[] otherHalf = half.clone();
        System.arraycopy(laptops, 0, half, 0, 32);
        System.arraycopy(laptops, 32, otherHalf, 32, 32);
        for (byte[] secrets : List.of(laptops, half, otherHalf)) {
            DeviceKey stolen = DeviceKey.create(EVE, secrets, 1);
            assertThat(refused(add(stolen, MemberRole.WRITE))).isEqualTo(Refusal.KEY_IN_USE);
        }
        office.remove(BOB.peerId(), List.of());
        assertThat(refused(add(DeviceKey.create(EVE, laptops, 1), MemberRole.WRITE)))
                .isEqualTo(Refusal.KEY_IN_USE);
    }

    @Test
    void aCertificateThatIsNoneIsRefused() {
        byte[] form = LAPTOP.certificate().encode();
        form[0] = 9;
        MembershipChange.Add add = new MembershipChange.Add(
                new dev.metalog.protocol.Chunk(form), Folk.name("N"), MemberRole.READ, Folk.chunk(80));
        assertThat(refused(add)).isEqualTo(Refusal.CERTIFICATE);
        MembershipRecord first = Folk.read(log.records(0, 1).get(0));
        MembershipChange.Genesis genesis = (MembershipChange.Genesis) first.change();
        byte[] spoilt = Folk.signed(
                office.owner,
                new MembershipRecord(
                        log.workspace(),
                        0,
                        MembershipRecord.NOTHING,
                        0,
                        new MembershipChange.Genesis(
                                new dev.metalog.protocol.Chunk(form),
                                genesis.name(),
                                genesis.nonce(),
                                genesis.keyCheck(),
                                genesis.wrap())));
        assertThat(refused(spoilt)).isEqualTo(Refusal.CERTIFICATE);
        assertThat(new MembershipLog(log.workspace()).accept(spoilt))
                .isEqualTo(new Accepted.Refused(Refusal.CERTIFICATE));
    }

    @Test
    void theOwnerIsOneAndStays() {
        DeviceKey second = Folk.device(office.owner, 3);
        assertThat(refused(add(second, MemberRole.WRITE))).isEqualTo(Refusal.OWNERSHIP);
        assertThat(refused(add(LAPTOP, MemberRole.OWNER))).isEqualTo(Refusal.OWNERSHIP);
        office.add(second, MemberRole.OWNER);
        assertThat(refused(new MembershipChange.SetRole(id(second), MemberRole.READ, List.of())))
                .isEqualTo(Refusal.OWNERSHIP);
        office.add(LAPTOP, MemberRole.READ);
        MembershipChange.Remove suicide = removal(office.owner.peerId(), 2, id(LAPTOP));
        assertThat(refused(suicide)).isEqualTo(Refusal.OWNERSHIP);
        assertThat(refused(new MembershipChange.MorePins(office.owner.peerId(), Folk.pins(1))))
                .isEqualTo(Refusal.OWNERSHIP);
        // The second machine writes as well as the first.
        MembershipWriter there = new MembershipWriter(office.owner, second);
        office.take(there.add(log, EVES.certificate(), Folk.name("E"), MemberRole.READ, office.bytes(64), 30));
        assertThat(log.epochKey(1, EVES)).isPresent();
        assertThat(new Folk.Office(5)
                        .writer.remove(new Folk.Office(5).log, Folk.person(5).peerId(), List.of(), new byte[64], 1))
                .as("nobody would be left")
                .isEmpty();
    }

    private static MembershipChange.Remove removal(PeerId peer, int epoch, DeviceId... staying) {
        List<KeyWrap> wraps = Arrays.stream(staying)
                .sorted()
                .map(device -> new KeyWrap(device, Folk.chunk(KeyWrap.SEALED_BYTES)))
                .toList();
        return new MembershipChange.Remove(peer, List.of(), epoch, Folk.chunk(16), wraps);
    }

    @Test
    void aRemovalHasAKeyForEachWhoStaysAndForNobodyElse() {
        office.add(LAPTOP, MemberRole.WRITE);
        office.add(EVES, MemberRole.WRITE);
        DeviceId own = id(office.device);
        assertThat(refused(removal(EVE.peerId(), 2, own))).isEqualTo(Refusal.KEYS);
        assertThat(refused(removal(EVE.peerId(), 2, own, id(LAPTOP), id(EVES)))).isEqualTo(Refusal.KEYS);
        assertThat(refused(removal(EVE.peerId(), 2, own, id(PHONE)))).isEqualTo(Refusal.KEYS);
        assertThat(refused(removal(EVE.peerId(), 3, own, id(LAPTOP)))).isEqualTo(Refusal.EPOCH);
        assertThat(refused(removal(Folk.person(7).peerId(), 2, own, id(LAPTOP), id(EVES))))
                .isEqualTo(Refusal.NO_MEMBER);
        assertThat(refused(new MembershipChange.MorePins(Folk.person(7).peerId(), Folk.pins(1))))
                .isEqualTo(Refusal.NO_MEMBER);
        assertThat(refused(new MembershipChange.SetRole(id(PHONE), MemberRole.READ, List.of())))
                .isEqualTo(Refusal.NO_MEMBER);
        assertThat(log.accept(Folk.next(office.owner, log, removal(EVE.peerId(), 2, own, id(LAPTOP)))))
                .isEqualTo(new Accepted.Added());
        assertThat(refused(removal(EVE.peerId(), 3, own, id(LAPTOP)))).isEqualTo(Refusal.NO_MEMBER);
    }

    @Test
    void whoHasTwoDevicesGoesOutWithBoth() {
        office.add(LAPTOP, MemberRole.WRITE);
        office.add(PHONE, MemberRole.READ);
        office.remove(BOB.peerId(), List.of());
        assertThat(log.roleOf(BOB.peerId())).isEmpty();
        assertThat(log.members()).hasSize(1);
    }

    @Test
    void thereAreNotMoreMembersThanMay() {
        List<DeviceCertificate> crowd = new ArrayList<>();
        for (int i = 0; i < Limits.MEMBERS; i++) {
            crowd.add(Folk.device(EVE, 1_000 + i).certificate());
        }
        office.add(PHONE, MemberRole.READ);
        for (DeviceCertificate device : crowd.subList(2, Limits.MEMBERS)) {
            office.take(office.writer.add(log, device, Folk.name("E"), MemberRole.READ, office.bytes(64), 11));
        }
        assertThat(log.members()).hasSize(Limits.MEMBERS);
        assertThat(refused(add(LAPTOP, MemberRole.READ))).isEqualTo(Refusal.FULL);
        long before = System.nanoTime();
        office.remove(BOB.peerId(), List.of());
        System.out.println(
                "a removal out of " + Limits.MEMBERS + ": " + (System.nanoTime() - before) / 1_000_000 + " ms");
        office.remove(EVE.peerId(), List.of());
        assertThat(log.members()).hasSize(1);
        office.add(LAPTOP, MemberRole.READ);
    }

    @Test
    void aChainThatIsFullTakesNothingMore() {
        office.add(LAPTOP, MemberRole.WRITE);
        List<Pin> pins = new ArrayList<>();
        for (int i = 0; i < Limits.MEMBERSHIP_PINS; i++) {
            pins.add(Folk.pin(i, "run-with-a-name-of-32-characters", Integer.MAX_VALUE));
        }
        MembershipChange more = new MembershipChange.MorePins(BOB.peerId(), List.copyOf(new TreeSet<>(pins)));
        byte[] record = Folk.next(office.owner, log, more);
        int rounds = 0;
        while (log.accept(record) instanceof Accepted.Added) {
            record = Folk.next(office.owner, log, more);
            rounds++;
        }
        assertThat(refused(record)).isEqualTo(Refusal.FULL);
        assertThat((long) rounds * record.length)
                .isBetween(Limits.MEMBERSHIP_BYTES * 9L / 10, (long) Limits.MEMBERSHIP_BYTES);
        assertThat(log.isFull()).isTrue();
        assertThat(office.writer.remove(log, BOB.peerId(), List.of(), office.bytes(64), 9))
                .isEmpty();
        assertThat(office.writer.add(log, EVES.certificate(), Folk.name("E"), MemberRole.READ, office.bytes(64), 9))
                .isEmpty();
    }
}

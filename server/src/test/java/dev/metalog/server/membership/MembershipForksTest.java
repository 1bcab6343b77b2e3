package dev.metalog.server.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.membership.KeyWrap;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.protocol.membership.MembershipChange;
import dev.metalog.protocol.membership.MembershipRecord;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.PeerIdentity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An owner whose machines do not hear of each other, or are set back: wherever its records arrive, the same of them stay. */
class MembershipForksTest {
    private static final int WORLDS = Integer.getInteger("metalog.worlds", 12);
    private static final List<PeerIdentity> PEOPLE = List.of(Folk.person(100), Folk.person(200), Folk.person(300));
    private static final List<MemberRole> ROLES = List.of(MemberRole.values());
    private static final List<DeviceKey> DEVICES = new ArrayList<>();

    static {
        for (int i = 0; i < 9; i++) {
            DEVICES.add(Folk.device(PEOPLE.get(i % 3), 1_000 + i));
        }
    }

    private static Map<String, MemberRole> members(MembershipLog log) {
        return log.members().stream()
                .collect(Collectors.toMap(
                        member -> member.device().value(), Member::role, (one, other) -> one, TreeMap::new));
    }

    /** What an owner's machines do in some months, and what somebody signs who holds the key and checks nothing. */
    private static final class World {
        private final Random random;
        private final Folk.Office office;
        private final List<MembershipLog> machines = new ArrayList<>();
        private final List<byte[]> pool = new ArrayList<>();

        private World(long seed) {
            random = new Random(seed);
            office = new Folk.Office(seed);
            pool.addAll(office.log.records(0, Integer.MAX_VALUE));
            for (int i = 0; i < 3; i++) {
                machines.add(office.copy());
            }
        }

        private void step() {
            int at = random.nextInt(machines.size());
            MembershipLog machine = machines.get(at);
            switch (random.nextInt(8)) {
                case 0 -> {
                    MembershipLog other = machines.get(random.nextInt(machines.size()));
                    List<byte[]> records = other.records(0, Integer.MAX_VALUE);
                    records.subList(0, random.nextInt(records.size() + 1)).forEach(machine::accept);
                }
                case 1 -> machines.set(at, setBack(machine));
                case 2 -> pool.add(Folk.signed(office.owner, nonsense(machine)));
                default -> sense(machine);
            }
        }

        private MembershipLog setBack(MembershipLog machine) {
            MembershipLog older = new MembershipLog(machine.workspace());
            List<byte[]> records = machine.records(0, Integer.MAX_VALUE);
            records.subList(0, 1 + random.nextInt(records.size())).forEach(older::accept);
            return older;
        }

        private void sense(MembershipLog machine) {
            DeviceKey device = DEVICES.get(random.nextInt(DEVICES.size()));
            MemberRole role = random.nextBoolean() ? MemberRole.WRITE : MemberRole.READ;
            byte[] bytes = office.bytes(64);
            List<byte[]> records = switch (random.nextInt(5)) {
                case 0 -> office.writer.remove(machine, device.certificate().peer(), List.of(), bytes, minute());
                case 1 -> office.writer.setRole(machine, device.certificate().device(), role, List.of(), minute());
                default -> office.writer.add(machine, device.certificate(), Folk.name("N"), role, bytes, minute());
            };
            records.forEach(machine::accept);
            pool.addAll(records);
        }

        /** Few, so that many records are of one minute. */
        private int minute() {
            return 10 + random.nextInt(6);
        }

        private MembershipRecord nonsense(MembershipLog machine) {
            int number = 1 + random.nextInt(machine.next());
            MembershipLog before = new MembershipLog(machine.workspace());
            machine.records(0, Integer.MAX_VALUE).subList(0, number).forEach(before::accept);
            DeviceKey device = DEVICES.get(random.nextInt(DEVICES.size()));
            List<KeyWrap> wraps =
                    List.of(new KeyWrap(office.device.certificate().device(), Folk.chunk(KeyWrap.SEALED_BYTES)));
            MembershipChange change = switch (random.nextInt(3)) {
                case 0 ->
                    new MembershipChange.Add(
                            Folk.form(device.certificate()),
                            Folk.name("X"),
                            ROLES.get(random.nextInt(3)),
                            Folk.chunk(KeyWrap.SEALED_BYTES));
                case 1 -> new MembershipChange.SetRole(device.certificate().device(), MemberRole.WRITE, List.of());
                default ->
                    new MembershipChange.Remove(
                            device.certificate().peer(), List.of(), 2 + random.nextInt(3), Folk.chunk(16), wraps);
            };
            return new MembershipRecord(machine.workspace(), number, before.head(), minute(), change);
        }
    }

    private static void assertSame(MembershipLog log, PlainMembership plain, String about) {
        assertThat(log.next()).as(about).isEqualTo(plain.size());
        assertThat(log.head().toString()).as(about).isEqualTo(plain.head());
        assertThat(members(log)).as(about).isEqualTo(plain.members());
        assertThat(log.epoch()).as(about).isEqualTo(plain.epoch());
    }

    @Test
    void inWhateverOrderTheyArriveTheSameStay() {
        long seed = Long.getLong("metalog.seed", System.nanoTime());
        System.out.println("forks of membership: seed " + seed + " (repeat with -Dmetalog.seed=" + seed + ")");
        int forked = 0;
        int longest = 0;
        for (int w = 0; w < WORLDS; w++) {
            World world = new World(seed + w);
            for (int i = 0; i < 40; i++) {
                world.step();
            }
            PlainMembership plain = new PlainMembership(world.office.workspace(), world.pool);
            for (int order = 0; order < 4; order++) {
                MembershipLog replica = new MembershipLog(world.office.workspace());
                List<byte[]> arriving = new ArrayList<>(world.pool);
                String before;
                do {
                    before = MembershipLogTest.state(replica);
                    Collections.shuffle(arriving, world.random);
                    arriving.forEach(replica::accept);
                } while (!before.equals(MembershipLogTest.state(replica)));
                assertSame(replica, plain, "world " + (seed + w));
                forked += replica.forks() > 0 ? 1 : 0;
                longest = Math.max(longest, replica.next());
            }
        }
        assertThat(forked).as("chains with forks").isGreaterThan(WORLDS);
        assertThat(longest).as("records of the longest chain").isGreaterThan(5);
    }

    /** Two replicas that only ever ask each other for what the log says it wants. */
    @Test
    void twoWhoAskEachOtherForWhatTheyLackAgreeSoon() {
        long seed = Long.getLong("metalog.seed", System.nanoTime());
        System.out.println("asking about forks: seed " + seed + " (repeat with -Dmetalog.seed=" + seed + ")");
        for (int w = 0; w < WORLDS; w++) {
            World world = new World(seed + w);
            for (int i = 0; i < 30; i++) {
                world.step();
            }
            MembershipLog one = world.machines.get(0);
            MembershipLog other = world.machines.get(1);
            int asked = 0;
            while (!one.head().equals(other.head())) {
                asked += tell(one, other) + tell(other, one);
                assertThat(asked).as("world " + (seed + w)).isLessThan(100);
            }
            assertThat(members(one)).isEqualTo(members(other));
        }
    }

    /** @return how often the hearer asked for more */
    private static int tell(MembershipLog speaker, MembershipLog hearer) {
        int from = Math.max(0, speaker.next() - 1);
        for (int asked = 1; ; asked++) {
            assertThat(asked).as("questions about one chain").isLessThan(100);
            Integer wanted = null;
            for (byte[] record : speaker.records(from, Integer.MAX_VALUE)) {
                if (hearer.accept(record) instanceof Accepted.Gap gap) {
                    wanted = gap.wanted();
                    break;
                }
            }
            if (wanted == null || wanted >= speaker.next()) {
                return asked;
            }
            from = wanted;
        }
    }

    @Test
    void theEarlierMinuteStaysAndWhatWasLostIsMadeAgain() {
        Folk.Office office = new Folk.Office(1);
        office.add(DEVICES.get(0), MemberRole.WRITE);
        MembershipLog setBack = office.copy();
        // The machine that everybody hears lets two in and puts one out; the one that was set back lets a third in,
        // later.
        office.add(DEVICES.get(1), MemberRole.WRITE);
        office.add(DEVICES.get(2), MemberRole.READ);
        office.remove(PEOPLE.get(0).peerId(), List.of());
        List<byte[]> late = office.writer.add(
                setBack, DEVICES.get(4).certificate(), Folk.name("L"), MemberRole.READ, office.bytes(64), 99);
        late.forEach(setBack::accept);

        Accepted outdone = office.log.accept(late.get(0));
        assertThat(outdone).isEqualTo(new Accepted.Outdone(Folk.read(late.get(0))));
        assertThat(office.log.accept(late.get(0))).isEqualTo(outdone);
        assertThat(office.log.forks()).isEqualTo(1);
        assertThat(office.log.evidence()).containsExactly(late.get(0));

        List<byte[]> records = office.log.records(0, Integer.MAX_VALUE);
        assertThat(setBack.accept(records.get(3))).isEqualTo(new Accepted.Gap(2));
        Accepted switched = setBack.accept(records.get(2));
        assertThat(switched).isEqualTo(new Accepted.Switched(List.of(Folk.read(late.get(0)))));
        records.subList(3, 5).forEach(setBack::accept);
        assertThat(setBack.head()).isEqualTo(office.head());

        MembershipRecord lost = ((Accepted.Switched) switched).lost().get(0);
        List<byte[]> again = office.writer.again(setBack, lost, office.bytes(64), 100);
        again.forEach(record -> assertThat(setBack.accept(record)).isEqualTo(new Accepted.Added()));
        assertThat(setBack.role(DEVICES.get(4).certificate().device())).contains(MemberRole.READ);
        assertThat(setBack.epochKey(2, DEVICES.get(4))).isPresent();
        assertThat(office.writer.again(setBack, lost, office.bytes(64), 100))
                .as("it is not needed any longer")
                .isEmpty();
    }

    @Test
    void whateverWasLostCanBeMadeAgain() {
        Folk.Office office = new Folk.Office(2);
        office.add(DEVICES.get(0), MemberRole.WRITE);
        office.add(DEVICES.get(1), MemberRole.WRITE);
        MembershipLog elsewhere = office.copy();
        office.minutes = 50;
        DeviceKey changed = DEVICES.get(0);
        office.take(office.writer.setRole(
                office.log, changed.certificate().device(), MemberRole.READ, Folk.pins(1_100), 50));
        office.remove(PEOPLE.get(1).peerId(), Folk.pins(1_100));
        office.add(DEVICES.get(2), MemberRole.WRITE);
        Map<String, MemberRole> wanted = members(office.log);

        List<byte[]> winner = office.writer.add(
                elsewhere, DEVICES.get(5).certificate(), Folk.name("W"), MemberRole.READ, office.bytes(64), 20);
        winner.forEach(elsewhere::accept);
        Accepted.Switched switched = (Accepted.Switched) office.log.accept(winner.get(0));
        assertThat(switched.lost()).hasSize(5);
        assertThat(members(office.log)).isEqualTo(members(elsewhere)).isNotEqualTo(wanted);
        for (MembershipRecord lost : switched.lost()) {
            office.writer.again(office.log, lost, office.bytes(64), 60).forEach(office.log::accept);
        }
        wanted.put(DEVICES.get(5).certificate().device().value(), MemberRole.READ);
        assertThat(members(office.log)).isEqualTo(wanted);
        assertThat(office.log.counts(
                        DEVICES.get(1).certificate().device(),
                        Folk.pins(1_100).get(0).document(),
                        Folk.pins(1_100).get(0).replica()))
                .isEqualTo(1);
        for (MembershipRecord lost : switched.lost()) {
            List<byte[]> twice = office.writer.again(office.log, lost, office.bytes(64), 61);
            boolean isHarmless = lost.change() instanceof MembershipChange.MorePins || twice.isEmpty();
            assertThat(isHarmless).as(lost.toString()).isTrue();
        }
        MembershipRecord genesis = Folk.read(office.log.records(0, 1).get(0));
        assertThat(office.writer.again(office.log, genesis, office.bytes(64), 61))
                .isEmpty();
    }

    @Test
    void anotherBeginningIsAForkToo() {
        Folk.Office office = new Folk.Office(3);
        office.add(DEVICES.get(0), MemberRole.WRITE);
        MembershipRecord first = Folk.read(office.log.records(0, 1).get(0));
        byte[] earlier = Folk.signed(
                office.owner, new MembershipRecord(first.workspace(), 0, first.previous(), 0, first.change()));
        MembershipLog copy = office.copy();
        assertThat(copy.accept(earlier)).isInstanceOf(Accepted.Switched.class);
        assertThat(copy.next()).isEqualTo(1);
        MembershipLog other = new MembershipLog(office.workspace());
        other.accept(earlier);
        office.log.records(0, Integer.MAX_VALUE).forEach(other::accept);
        assertThat(MembershipLogTest.state(other)).isEqualTo(MembershipLogTest.state(copy));
    }

    @Test
    void evidenceIsBoundedAndCountedBeyond() {
        Folk.Office office = new Folk.Office(4);
        office.add(DEVICES.get(0), MemberRole.WRITE);
        List<byte[]> forks = new ArrayList<>();
        MembershipRecord kept = Folk.read(office.log.records(1, 1).get(0));
        for (int i = 0; i < Limits.MEMBERSHIP_FORKS + 5; i++) {
            forks.add(Folk.signed(
                    office.owner,
                    new MembershipRecord(kept.workspace(), 1, kept.previous(), 1_000 + i, kept.change())));
        }
        forks.forEach(fork -> assertThat(office.log.accept(fork)).isInstanceOf(Accepted.Outdone.class));
        assertThat(office.log.forks()).isEqualTo(forks.size());
        assertThat(office.log.evidence()).hasSize(Limits.MEMBERSHIP_FORKS);
        // What was built on a record that lost is lost, too, and asked about again where that was forgotten.
        assertThat(office.log.accept(behind(office, forks.get(0)))).isInstanceOf(Accepted.Outdone.class);
        assertThat(office.log.accept(behind(office, forks.get(forks.size() - 1))))
                .isEqualTo(new Accepted.Gap(1));
        assertThat(office.log.forks()).isEqualTo(forks.size());
    }

    private static byte[] behind(Folk.Office office, byte[] record) {
        byte[] content = java.util.Arrays.copyOf(record, record.length - 65);
        MembershipChange change =
                new MembershipChange.SetRole(DEVICES.get(0).certificate().device(), MemberRole.READ, List.of());
        return Folk.signed(office.owner, new MembershipRecord(office.workspace(), 2, Link.sha256(content), 1, change));
    }
}

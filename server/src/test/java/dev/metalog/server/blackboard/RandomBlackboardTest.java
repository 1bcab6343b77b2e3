package dev.metalog.server.blackboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.codec.BlackboardCodec;
import dev.metalog.protocol.codec.MalformedMessageException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Several replicas that write at once over a wire that loses, repeats, reorders and parts, and that crash and come back
 * from their logs, against an oracle that keeps every write for ever.
 */
final class RandomBlackboardTest {
    private static final int WORLDS = 300;
    private static final int STEPS = 120;
    private static final long YEAR_MILLIS = 365L * 24 * 3_600_000;

    /** One replica, its clock and its log. */
    private static final class Peer {
        private final int number;
        private final PeerId id;
        private final List<byte[]> log = new ArrayList<>();
        private final int mostRecent;
        private int runs;
        private long clockSkewMillis;
        private Blackboard board;

        Peer(int number, int mostRecent) {
            this.number = number;
            this.mostRecent = mostRecent;
            this.id = new PeerId("peer-" + String.valueOf(number % 10).repeat(40));
            start();
        }

        private void start() {
            board = new Blackboard(id, new ReplicaId("w" + number + "." + runs++), mostRecent);
        }

        void crash() throws Exception {
            long digest = board.digest();
            VersionVector vector = board.vector();
            start();
            for (byte[] record : log) {
                board.restore(BlackboardCodec.decode(record));
            }
            assertThat(board.digest()).isEqualTo(digest);
            assertThat(board.vector()).isEqualTo(vector);
        }

        void keepStateOnly() {
            log.clear();
            board.everything().forEach(message -> log.add(BlackboardCodec.encode(message)));
        }
    }

    private static final class World {
        private final Random random;
        private final List<Peer> peers = new ArrayList<>();
        /** Everything on its way: to whom, and the bytes. */
        private final List<Map.Entry<Peer, byte[]>> wire = new ArrayList<>();
        /** The oracle: every write that was ever made. */
        private final PlainBlackboard everything = new PlainBlackboard();

        private long nowMillis = 1_000_000;
        private boolean parted;

        World(Random random) {
            this.random = random;
            int mostRecent = random.nextBoolean() ? 4_096 : random.nextInt(12);
            for (int i = 0; i < 2 + random.nextInt(3); i++) {
                peers.add(new Peer(i, mostRecent));
            }
        }

        Peer anyPeer() {
            return peers.get(random.nextInt(peers.size()));
        }

        long now(Peer peer) {
            return Math.max(0, nowMillis + peer.clockSkewMillis);
        }

        void step() throws Exception {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> write(anyPeer());
                case 4, 5, 6 -> deliver();
                case 7 -> hello(anyPeer());
                case 8 -> parted = random.nextInt(3) > 0;
                case 9 -> nowMillis += random.nextInt(100_000);
                case 10 -> trouble(anyPeer());
                default -> collect(anyPeer());
            }
        }

        void write(Peer peer) {
            try {
                sent(peer, randomWrite(peer));
            } catch (BlackboardRefused refused) {
                assertThat(refused.reason())
                        .isIn(BlackboardRefused.Reason.NOT_THERE, BlackboardRefused.Reason.OTHER_KIND);
            }
        }

        BlackboardWrite randomWrite(Peer peer) throws BlackboardRefused {
            EntryName name = new EntryName("n", "k" + random.nextInt(4));
            EntryValue value = new EntryValue(Integer.toString(random.nextInt(5)));
            long now = now(peer);
            long expires = random.nextInt(3) == 0 ? now + 1 + random.nextInt(200_000) : 0;
            return switch (random.nextInt(6)) {
                case 0, 1 -> peer.board.set(name, value, expires, now);
                case 2, 3 -> peer.board.add(name, value, expires, now);
                case 4 -> peer.board.remove(name, value, now);
                default -> peer.board.delete(name, now);
            };
        }

        void collect(Peer peer) {
            BlackboardWrite write = peer.board.collect(now(peer));
            if (write != null) {
                sent(peer, write);
            }
        }

        void sent(Peer peer, BlackboardWrite write) {
            everything.hear(write);
            byte[] bytes = BlackboardCodec.encode(new BlackboardMessage.Writes(List.of(write)));
            peer.log.add(bytes);
            send(peer, bytes);
        }

        void send(Peer from, byte[] bytes) {
            for (Peer to : peers) {
                if (to != from && !parted && random.nextInt(5) > 0) {
                    wire.add(Map.entry(to, bytes));
                    if (random.nextInt(8) == 0) {
                        wire.add(Map.entry(to, bytes));
                    }
                }
            }
        }

        void deliver() throws Exception {
            Collections.shuffle(wire, random);
            int count = Math.min(wire.size(), random.nextInt(8));
            for (int i = 0; i < count; i++) {
                Map.Entry<Peer, byte[]> next = wire.remove(wire.size() - 1);
                arrive(next.getKey(), next.getValue());
            }
        }

        void arrive(Peer to, byte[] bytes) throws Exception {
            BlackboardMessage message = decoded(bytes);
            VersionVector before = to.board.vector();
            Merged merged = to.board.merge(message);
            if (merged.news()) {
                to.log.add(bytes);
            } else {
                assertThat(to.board.vector()).isEqualTo(before);
            }
            assertThat(to.board.merge(message).news()).isFalse();
            showsWhatItKnows(to);
        }

        /** At any time, and not only in the end: so two that know the same never show different entries. */
        void showsWhatItKnows(Peer peer) {
            assertThat(shown(peer.board, 0))
                    .isEqualTo(everything.of(peer.board::knows).shown(0));
        }

        void hello(Peer from) {
            for (Peer to : peers) {
                if (to != from && !parted) {
                    answer(to, from).forEach(message -> send(to, BlackboardCodec.encode(message)));
                }
            }
        }

        /** What one sends another that said what it has. */
        private List<BlackboardMessage> answer(Peer to, Peer from) {
            VersionVector theirs = from.board.vector();
            to.board.witness(now(from));
            boolean fault = theirs.equals(to.board.vector()) && from.board.digest() != to.board.digest();
            return fault
                    ? List.of(to.board.state())
                    : to.board.since(theirs, 1 + random.nextInt(2_000), 0).messages();
        }

        void trouble(Peer peer) throws Exception {
            switch (random.nextInt(4)) {
                case 0 -> {
                    peer.crash();
                    showsWhatItKnows(peer);
                }
                case 1 -> peer.keepStateOnly();
                case 2 -> peer.clockSkewMillis = random.nextBoolean() ? YEAR_MILLIS : -YEAR_MILLIS;
                default -> peer.clockSkewMillis = 0;
            }
        }

        /** The peers talk until they are equal, without any fault, and then agree with the oracle that heard everything. */
        void settle() throws Exception {
            parted = false;
            wire.clear();
            for (int round = 0; round < 6; round++) {
                for (Peer from : peers) {
                    for (Peer to : peers) {
                        if (to != from) {
                            for (BlackboardMessage message : answer(to, from)) {
                                arrive(from, BlackboardCodec.encode(message));
                            }
                        }
                    }
                }
            }
            for (Peer peer : peers) {
                assertThat(peer.board.vector()).isEqualTo(peers.get(0).board.vector());
                assertThat(peer.board.digest()).isEqualTo(peers.get(0).board.digest());
                compare(peer);
            }
        }

        void compare(Peer peer) {
            for (long at : new long[] {nowMillis, nowMillis + 150_000, nowMillis + YEAR_MILLIS}) {
                assertThat(shown(peer.board, at)).isEqualTo(everything.shown(at));
            }
        }
    }

    private static BlackboardMessage decoded(byte[] bytes) throws MalformedMessageException {
        BlackboardMessage message = BlackboardCodec.decode(bytes);
        assertThat(BlackboardCodec.encode(message)).isEqualTo(bytes);
        return message;
    }

    private static Map<String, List<String>> shown(Blackboard board, long nowMillis) {
        Map<String, List<String>> shown = new TreeMap<>();
        for (Entry entry : board.list(name -> true, null, Integer.MAX_VALUE, nowMillis)) {
            String mark = entry.kind() == Posting.Kind.VALUE ? "=" : "+";
            shown.put(
                    entry.name().toString(),
                    entry.shown().stream()
                            .map(posted -> mark + posted.posting().value())
                            .toList());
        }
        return shown;
    }

    @Test
    void replicasThatHeardTheSameShowTheSameWhateverHappenedOnTheWay() throws Exception {
        long seed = Seed.draw("blackboards");
        int shown = 0;
        for (int i = 0; i < WORLDS; i++) {
            World world = new World(new Random(seed + i));
            try {
                for (int step = 0; step < STEPS; step++) {
                    world.step();
                }
                world.settle();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("world " + i + " of seed " + seed, e);
            }
            shown += world.everything.shown(world.nowMillis).size();
        }
        assertThat(shown).as("entries that were left to compare").isGreaterThan(WORLDS / 2);
    }

    @Test
    void writesHeardInAnyOrderOneByOneGiveWhatTheOracleSays() throws Exception {
        long seed = Seed.draw("orders");
        for (int i = 0; i < WORLDS; i++) {
            Random random = new Random(seed + i);
            World world = new World(random);
            List<BlackboardWrite> writes = new ArrayList<>();
            for (int step = 0; step < 40; step++) {
                Peer peer = world.anyPeer();
                try {
                    BlackboardWrite write = world.randomWrite(peer);
                    writes.add(write);
                    for (Peer other : world.peers) {
                        if (other != peer && random.nextBoolean()) {
                            other.board.merge(new BlackboardMessage.Writes(List.of(write)));
                        }
                    }
                } catch (BlackboardRefused refused) {
                    assertThat(refused).hasMessageContaining("n/k");
                }
            }
            PlainBlackboard oracle = new PlainBlackboard();
            Blackboard board = new Blackboard(new PeerId("peer-" + "f".repeat(40)), new ReplicaId("listener"));
            Collections.shuffle(writes, random);
            for (BlackboardWrite write : writes) {
                oracle.hear(write);
                board.merge(new BlackboardMessage.Writes(List.of(write)));
                assertThat(shown(board, world.nowMillis))
                        .as("order %d of seed %d", i, seed)
                        .isEqualTo(oracle.shown(world.nowMillis));
            }
        }
    }
}

package dev.metalog.server.reach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What each of a network is told of who hears whom, against the network. */
final class HearingTest {
    private static final long SEED = Long.getLong("seed", 7);
    private static final long START = 1_000_000;
    private static final long STEP_MILLIS = 1_000;
    private static final long SPEAKS_EVERY_MILLIS = 12_000;

    private static PeerId peer(int number) {
        return new PeerId(String.format("peer-%040x", number));
    }

    /** Some who share one thing, and who of them hears whom. */
    private static final class Network {
        final int size;
        final boolean[][] hears;
        final List<Hearing> all = new ArrayList<>();
        long nowMillis = START;

        Network(int size) {
            this.size = size;
            hears = new boolean[size][size];
            for (int i = 0; i < size; i++) {
                all.add(new Hearing(peer(i)));
            }
        }

        void link(int one, int other) {
            hears[one][other] = true;
            hears[other][one] = true;
        }

        void run(long millis) {
            for (long end = nowMillis + millis; nowMillis < end; nowMillis += STEP_MILLIS) {
                for (int i = 0; i < size; i++) {
                    Map<String, List<PeerId>> said = all.get(i).take(nowMillis);
                    boolean speaks = nowMillis % SPEAKS_EVERY_MILLIS == i % 12 * STEP_MILLIS;
                    for (int k = 0; k < size; k++) {
                        if (hears[k][i] && (speaks || !said.isEmpty())) {
                            all.get(k).met("g", peer(i), nowMillis);
                        }
                        if (hears[k][i] && said.containsKey("g")) {
                            all.get(k).reported("g", peer(i), said.get("g"), nowMillis);
                        }
                    }
                }
            }
        }

        /** Who one of them knows to be there: whom it hears, and whom these do. */
        Set<Integer> known(int self) {
            Set<Integer> known = new TreeSet<>(Set.of(self));
            for (int i = 0; i < size; i++) {
                if (hears[self][i]) {
                    known.add(i);
                    for (int k = 0; k < size; k++) {
                        if (hears[i][k]) {
                            known.add(k);
                        }
                    }
                }
            }
            return known;
        }

        /** The same for links: one of their ends has to be known to say so. */
        boolean isSeen(int self, int one, int other) {
            boolean said = one == self || other == self || hears[self][one] || hears[self][other];
            return said && hears[one][other];
        }

        int distance(int self, int from, int to) {
            Set<Integer> reached = new HashSet<>(Set.of(from));
            for (int steps = 0; steps <= size; steps++) {
                if (reached.contains(to)) {
                    return steps;
                }
                Set<Integer> next = new HashSet<>(reached);
                for (int one : reached) {
                    for (int other : known(self)) {
                        if (isSeen(self, one, other)) {
                            next.add(other);
                        }
                    }
                }
                reached = next;
            }
            return -1;
        }
    }

    @Test
    void everybodyIsToldWhatCanBeKnown() {
        Random random = new Random(SEED);
        int told = 0;
        for (int round = 0; round < 200; round++) {
            Network network = new Network(3 + random.nextInt(5));
            for (int i = 0; i < network.size; i++) {
                for (int k = i + 1; k < network.size; k++) {
                    if (random.nextInt(100) < 55) {
                        network.link(i, k);
                    }
                }
            }
            network.run(4 * Hearing.SETTLED_MILLIS);
            for (int self = 0; self < network.size; self++) {
                told += compare(network, self, "seed " + SEED + ", round " + round + ", peer " + self);
            }
        }
        assertThat(told).as("separations in all").isGreaterThan(500);
    }

    private static int compare(Network network, int self, String what) {
        List<Hearing.Separation> apart = network.all.get(self).separations(network.nowMillis);
        Set<Set<PeerId>> wanted = new HashSet<>();
        for (int one : network.known(self)) {
            for (int other : network.known(self)) {
                boolean bothSay =
                        one == self || other == self || (network.hears[self][one] && network.hears[self][other]);
                if (one < other && !network.hears[one][other] && bothSay) {
                    wanted.add(Set.of(peer(one), peer(other)));
                }
            }
        }
        assertThat(apart)
                .as(what)
                .extracting(each -> Set.of(each.first(), each.second()))
                .containsExactlyInAnyOrderElementsOf(wanted);
        for (Hearing.Separation each : apart) {
            int distance = network.distance(self, number(each.first()), number(each.second()));
            assertThat(each.through())
                    .as("%s: the way from %s to %s", what, each.first(), each.second())
                    .hasSize(Math.max(0, distance - 1));
            int at = number(each.first());
            for (PeerId next : each.through()) {
                assertThat(network.hears[at][number(next)]).as(what).isTrue();
                at = number(next);
            }
        }
        return apart.size();
    }

    private static int number(PeerId peer) {
        return Integer.parseInt(peer.value().substring(5), 16);
    }

    @Test
    void aLinkThatComesBackIsNoSeparationAnyMore() {
        Network network = new Network(3);
        network.link(0, 2);
        network.link(1, 2);
        network.run(3 * Hearing.SETTLED_MILLIS);
        assertThat(network.all.get(2).separations(network.nowMillis))
                .containsExactly(new Hearing.Separation(peer(0), peer(1), List.of(peer(2))));
        network.link(0, 1);
        network.run(2 * Hearing.EVERY_MILLIS);
        assertThat(network.all.get(2).separations(network.nowMillis)).isEmpty();

        network.all.get(2).forget(peer(0));
        network.hears[2][0] = false;
        network.run(Hearing.EVERY_MILLIS);
        network.all.get(2).leave("g");
        assertThat(network.all.get(2).separations(network.nowMillis)).isEmpty();
    }

    @Test
    void whoHearsAndIsNotHeardIsNobodysBusiness() {
        Network network = new Network(3);
        network.link(0, 2);
        network.link(1, 2);
        network.hears[0][1] = true;
        network.run(4 * Hearing.SETTLED_MILLIS);
        assertThat(network.all.get(0).separations(network.nowMillis)).isEmpty();
        assertThat(network.all.get(2).separations(network.nowMillis)).isEmpty();
        assertThat(network.all.get(1).separations(network.nowMillis))
                .as("it cannot know that it is heard")
                .hasSize(1);
    }

    @Test
    void twoSayNothing() {
        Network network = new Network(2);
        network.link(0, 1);
        network.run(Hearing.EVERY_MILLIS);
        assertThat(network.all.get(0).take(network.nowMillis + Hearing.EVERY_MILLIS))
                .isEmpty();
    }

    @Test
    void manyPeersAndGroupsStayWithinTheirBounds() {
        Hearing hearing = new Hearing(peer(1_000_000));
        for (int group = 0; group < 2 * Hearing.MOST_GROUPS; group++) {
            for (int i = 0; i < 3; i++) {
                hearing.met("group " + group, peer(i), START);
            }
        }
        assertThat(hearing.take(START + Hearing.EVERY_MILLIS)).hasSize(Hearing.MOST_SAID);
        for (int i = 0; i < 2 * Limits.HEARD_PEERS; i++) {
            hearing.met("large", peer(i), START);
            hearing.reported("large", peer(i), List.of(peer(i + 1), peer(i + 2)), START);
        }
        Map<String, List<PeerId>> said = hearing.take(START + 2 * Hearing.EVERY_MILLIS);
        assertThat(said).containsOnlyKeys("large");
        assertThat(said.get("large")).hasSize(Limits.HEARD_PEERS).isSorted();
        assertThat(hearing.separations(START + Hearing.SETTLED_MILLIS - 1))
                .as("nothing has lasted yet")
                .isEmpty();

        // Whoever has the key can make up any number of peers that hear nobody.
        for (long at = START; at < START + 2 * Hearing.SETTLED_MILLIS; at += Hearing.EVERY_MILLIS) {
            for (int i = 0; i < Limits.HEARD_PEERS; i++) {
                hearing.met("large", peer(i), at);
                hearing.reported("large", peer(i), List.of(), at);
            }
        }
        assertThat(hearing.separations(START + 2 * Hearing.SETTLED_MILLIS)).hasSize(Hearing.MOST_TOLD);
    }
}

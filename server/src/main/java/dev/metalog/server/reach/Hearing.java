package dev.metalog.server.reach;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who hears whom, as far as it can be known here: whom we hear ourselves, and what others say of whom they hear. A group is
 * those who share one thing; of somebody who is not in a group of ours nothing is said and nothing is known.
 *
 * <p>Two are separated when neither hears the other. Who hears and is not heard is no matter of networks: it may be blocked. Only
 * what lasted for {@value #SETTLED_MILLIS} ms is told, as whoever has just come was not heard by all yet.
 *
 * <p>Nothing is said in a group of two. Where there are three or more each says it every {@value #EVERY_MILLIS} ms, in at most
 * {@value #MOST_SAID} groups: those of different people first.
 *
 * <p>Overflow rules: of more than {@value #MOST_GROUPS} groups the one that was heard longest ago is forgotten; in a group, and of
 * all who were heard, of more than {@link Limits#HEARD_PEERS} the one that was; of more than {@value #MOST_TOLD} separations only so
 * many are told.
 */
public final class Hearing {
    static final long EVERY_MILLIS = 15_000;
    /** Who was not heard for so long is not heard. */
    static final long FRESH_MILLIS = 40_000;

    static final long SETTLED_MILLIS = 40_000;
    static final int MOST_GROUPS = 256;
    static final int MOST_SAID = 16;
    static final int MOST_TOLD = 64;

    /** Two who do not hear each other. */
    public record Separation(PeerId first, PeerId second, List<PeerId> through) {
        /**
         * @param first the smaller of the two
         * @param through what one of them writes passes through these to the other, in this order or the reverse; empty: nobody
         *     is known who passes it on
         */
        public Separation {
            through = List.copyOf(through);
        }
    }

    private record Report(Set<PeerId> heard, long firstMillis, long lastMillis) {}

    private static final class Group {
        final Map<PeerId, Long> met = newest(Limits.HEARD_PEERS);
        final Map<PeerId, Report> reports = newest(Limits.HEARD_PEERS);
        final long sinceMillis;

        Group(long sinceMillis) {
            this.sinceMillis = sinceMillis;
        }
    }

    private static <K, V> Map<K, V> newest(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    private final PeerId self;
    private final Map<PeerId, Long> heard = newest(Limits.HEARD_PEERS);
    private final Map<String, Group> groups = newest(MOST_GROUPS);
    private long sayAtMillis = Long.MAX_VALUE;

    public Hearing(PeerId self) {
        this.self = self;
    }

    /** Something came that this peer said in this group. */
    public void met(String group, PeerId peer, long nowMillis) {
        if (!peer.equals(self)) {
            heard.put(peer, nowMillis);
            groups.computeIfAbsent(group, none -> new Group(nowMillis)).met.put(peer, nowMillis);
            wakeWithin(nowMillis);
        }
    }

    /** It says whom it hears of those in this group. */
    public void reported(String group, PeerId from, Collection<PeerId> its, long nowMillis) {
        Group where = groups.get(group);
        if (where == null || from.equals(self)) {
            return;
        }
        Report before = where.reports.get(from);
        boolean goesOn = before != null && isFresh(before.lastMillis(), nowMillis);
        where.reports.put(from, new Report(Set.copyOf(its), goesOn ? before.firstMillis() : nowMillis, nowMillis));
        wakeWithin(nowMillis);
    }

    private void wakeWithin(long nowMillis) {
        sayAtMillis = Math.min(sayAtMillis, nowMillis + EVERY_MILLIS);
    }

    /** We are not in this group any more. */
    public void leave(String group) {
        groups.remove(group);
    }

    /** Nothing is shared with it any more, or nothing of it is to be heard. */
    public void forget(PeerId peer) {
        heard.remove(peer);
        groups.values().forEach(group -> {
            group.met.remove(peer);
            group.reports.remove(peer);
        });
    }

    public long sayAtMillis() {
        return sayAtMillis;
    }

    /** Whom we hear, by the groups in which it is to be said now. */
    public Map<String, List<PeerId>> take(long nowMillis) {
        Map<String, List<PeerId>> say = new LinkedHashMap<>();
        if (nowMillis < sayAtMillis) {
            return say;
        }
        Map<String, Set<PeerId>> candidates = new TreeMap<>();
        groups.forEach((name, group) -> {
            if (others(group, nowMillis).size() > 1) {
                candidates.put(name, heardIn(group, nowMillis));
            }
        });
        Set<Set<PeerId>> said = new HashSet<>();
        candidates.forEach((name, its) -> {
            if (say.size() < MOST_SAID && said.add(its)) {
                say.put(name, List.copyOf(its));
            }
        });
        candidates.forEach((name, its) -> {
            if (say.size() < MOST_SAID) {
                say.putIfAbsent(name, List.copyOf(its));
            }
        });
        boolean anybody = groups.values().stream()
                .anyMatch(group -> !others(group, nowMillis).isEmpty());
        sayAtMillis = anybody ? nowMillis + EVERY_MILLIS : Long.MAX_VALUE;
        return say;
    }

    private Set<PeerId> heardIn(Group group, long nowMillis) {
        Set<PeerId> its = new TreeSet<>();
        group.met.keySet().stream().filter(peer -> isHeard(peer, nowMillis)).forEach(its::add);
        return its;
    }

    /** Who is there beside us, as anybody says. */
    private Set<PeerId> others(Group group, long nowMillis) {
        Set<PeerId> all = heardIn(group, nowMillis);
        group.reports.values().stream()
                .filter(report -> isFresh(report.lastMillis(), nowMillis))
                .forEach(report -> all.addAll(report.heard()));
        all.remove(self);
        return all;
    }

    private boolean isHeard(PeerId peer, long nowMillis) {
        Long at = heard.get(peer);
        return at != null && isFresh(at, nowMillis);
    }

    private static boolean isFresh(long atMillis, long nowMillis) {
        return nowMillis < atMillis + FRESH_MILLIS;
    }

    /** All who do not hear each other. */
    public List<Separation> separations(long nowMillis) {
        Map<List<PeerId>, Separation> apart = new LinkedHashMap<>();
        Set<List<PeerId>> together = new HashSet<>();
        for (Group group : groups.values()) {
            new Judgement(group, nowMillis).of(apart, together);
        }
        // Who does not hear somebody in one thing, and does in another, has only not heard of it there yet.
        apart.keySet().removeAll(together);
        return List.copyOf(apart.values());
    }

    /** What is known of one group at one time. */
    private final class Judgement {
        private final Group group;
        private final long nowMillis;
        private final List<PeerId> all = new ArrayList<>();

        Judgement(Group group, long nowMillis) {
            this.group = group;
            this.nowMillis = nowMillis;
            Set<PeerId> known = new TreeSet<>(heardIn(group, nowMillis));
            known.add(self);
            // Those whom others hear are as many as these make up.
            others(group, nowMillis).stream()
                    .limit(2L * Limits.HEARD_PEERS - known.size())
                    .forEach(known::add);
            all.addAll(known);
        }

        void of(Map<List<PeerId>, Separation> apart, Set<List<PeerId>> together) {
            for (int i = 0; i < all.size(); i++) {
                for (int k = i + 1; k < all.size(); k++) {
                    List<PeerId> pair = List.of(all.get(i), all.get(k));
                    if (hears(pair.get(0), pair.get(1)) || hears(pair.get(1), pair.get(0))) {
                        together.add(pair);
                    } else if (apart.size() < MOST_TOLD && isKnown(pair.get(0), pair.get(1))) {
                        apart.put(pair, new Separation(pair.get(0), pair.get(1), path(pair.get(0), pair.get(1))));
                    }
                }
            }
        }

        private boolean hears(PeerId one, PeerId other) {
            if (one.equals(self)) {
                return isHeard(other, nowMillis);
            }
            Report report = fresh(one);
            return report != null && report.heard().contains(other);
        }

        private Report fresh(PeerId peer) {
            Report report = group.reports.get(peer);
            return report != null && isFresh(report.lastMillis(), nowMillis) ? report : null;
        }

        /** Whether both say long enough whom they hear; of whom we do not hear ourselves nobody can say that. */
        private boolean isKnown(PeerId one, PeerId other) {
            boolean oneIsUs = one.equals(self);
            boolean otherIsUs = other.equals(self);
            return (oneIsUs || otherIsUs)
                    ? nowMillis >= group.sinceMillis + SETTLED_MILLIS
                    : isSettled(one) && isSettled(other);
        }

        private boolean isSettled(PeerId peer) {
            Report report = fresh(peer);
            return report != null && nowMillis >= report.firstMillis() + SETTLED_MILLIS;
        }

        /** Whether what each of them says reaches the other. Who says nothing of whom it hears is believed to hear back. */
        private boolean isLinked(PeerId one, PeerId other) {
            boolean forth = hears(one, other);
            boolean back = hears(other, one);
            return (forth && (back || isSilent(other))) || (back && isSilent(one));
        }

        private boolean isSilent(PeerId peer) {
            return !peer.equals(self) && fresh(peer) == null;
        }

        /** Who stands on the shortest way from one to the other. */
        private List<PeerId> path(PeerId from, PeerId to) {
            Map<PeerId, PeerId> before = new HashMap<>();
            Deque<PeerId> next = new ArrayDeque<>(List.of(from));
            before.put(from, from);
            while (!next.isEmpty() && !before.containsKey(to)) {
                PeerId here = next.poll();
                for (PeerId there : all) {
                    if (!before.containsKey(there) && isLinked(here, there)) {
                        before.put(there, here);
                        next.add(there);
                    }
                }
            }
            List<PeerId> path = new ArrayList<>();
            for (PeerId at = before.get(to); at != null && !at.equals(from); at = before.get(at)) {
                path.add(0, at);
            }
            return path;
        }
    }
}

package dev.metalog.protocol.codec;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Events as a few writers might have written them: typing, Del keys, backspaces, jumps of the cursor, branches and merges.
 * Positions are any, since bytes know no text.
 */
final class RandomEvents {
    static final String SMILE = "\uD83D\uDE00";
    private static final String[] PIECES = {"a", "\r\n", "\r", "é", "e\u0301", "漢", SMILE, "typing ", "\uFFFD", "\u0000"
    };

    private final Random random;
    private final List<ReplicaId> writers = new ArrayList<>();
    private final Map<ReplicaId, Integer> nextSeqs = new HashMap<>();
    private final List<Event> events = new ArrayList<>();
    private int cursor;
    /** All that was inserted less all that was deleted: a whole history may count on no more. */
    private int left;
    /** Whether the writers say when they write. */
    private final boolean stamps;

    private int clockMinutes;

    private RandomEvents(Random random, boolean fromTheStart) {
        this.random = random;
        this.stamps = random.nextBoolean();
        this.clockMinutes = random.nextInt(1 << (1 + random.nextInt(29)));
        boolean shortNames = random.nextBoolean();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            ReplicaId writer = replica(random, shortNames);
            writers.add(writer);
            nextSeqs.put(writer, fromTheStart ? 0 : random.nextInt(1 << (1 + random.nextInt(20))));
        }
    }

    /** Events that continue some history. */
    static List<Event> some(Random random, int most) {
        return new RandomEvents(random, false).write(1 + random.nextInt(most), false);
    }

    /** Events that are a whole history: none has a parent that is not among them. */
    static List<Event> history(Random random, int most) {
        return new RandomEvents(random, true).write(1 + random.nextInt(most), true);
    }

    private List<Event> write(int count, boolean whole) {
        while (events.size() < count) {
            ReplicaId writer =
                    writers.get(events.isEmpty() || random.nextInt(5) == 0 ? random.nextInt(writers.size()) : last());
            if (random.nextInt(4) == 0) {
                cursor = random.nextInt(1 << (1 + random.nextInt(20)));
            }
            List<EventId> parents = parents(whole);
            Event event = stamped(event(new EventId(writer, nextSeqs.get(writer)), parents, whole));
            nextSeqs.put(writer, event.lastId().seq() + 1);
            events.add(event);
        }
        return events;
    }

    /** Often in the same minute, which goes without saying, and sometimes with a clock that was set back. */
    private Event stamped(Event event) {
        if (!stamps || random.nextInt(3) == 0) {
            return event;
        }
        if (random.nextInt(4) == 0) {
            clockMinutes = Math.max(0, clockMinutes + random.nextInt(9) - 2);
        }
        return event.stamped(random.nextInt(50) == 0 ? random.nextInt(Integer.MAX_VALUE) : clockMinutes);
    }

    private int last() {
        return writers.indexOf(events.get(events.size() - 1).id().replica());
    }

    private List<EventId> parents(boolean whole) {
        if (!events.isEmpty() && random.nextInt(3) > 0) {
            return List.of(events.get(events.size() - 1).lastId());
        }
        List<EventId> parents = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            EventId parent = random.nextBoolean() || whole ? inside() : outside();
            if (parent != null && !parents.contains(parent)) {
                parents.add(parent);
            }
        }
        return parents;
    }

    private EventId inside() {
        if (events.isEmpty()) {
            return null;
        }
        Event event = events.get(random.nextInt(events.size()));
        int k = random.nextInt(event.length());
        boolean half = event.kind() == Event.Kind.INSERTION
                && Character.isHighSurrogate(event.inserted().charAt(k));
        return event.kind() == Event.Kind.DELETION || half
                ? event.lastId()
                : new EventId(event.id().replica(), event.id().seq() + k);
    }

    private EventId outside() {
        ReplicaId replica = random.nextBoolean() ? writers.get(random.nextInt(writers.size())) : replica(random, true);
        int first = firstSeq(replica);
        return first == 0 ? null : new EventId(replica, random.nextInt(first));
    }

    private int firstSeq(ReplicaId replica) {
        return events.stream()
                .filter(event -> event.id().replica().equals(replica))
                .mapToInt(event -> event.id().seq())
                .findFirst()
                .orElse(nextSeqs.getOrDefault(replica, 1_000_000));
    }

    private Event event(EventId id, List<EventId> parents, boolean whole) {
        int kind = random.nextInt(8);
        int end = whole ? left : Integer.MAX_VALUE / 2;
        cursor = Math.min(cursor, end);
        if (kind < 3 || end == 0) {
            String text = text();
            int position = cursor;
            cursor += text.length();
            left += text.length();
            return Event.insertion(id, parents, position, text);
        }
        cursor = Math.max(0, Math.min(cursor, end - 1) - (kind < 5 ? 1 : 0));
        int length = kind < 7 ? 1 : 1 + random.nextInt(Math.min(10_000, end - cursor));
        left -= length;
        return Event.deletion(id, parents, cursor, length);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = 1 + random.nextInt(random.nextInt(50) == 0 ? 3_000 : 3); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    static ReplicaId replica(Random random, boolean shortName) {
        if (!shortName) {
            return new ReplicaId("r" + random.nextInt(1_000_000));
        }
        byte[] bytes = new byte[10];
        random.nextBytes(bytes);
        return ReplicaId.fromRandom(bytes);
    }

    /**
     * Each unit of the events on a line of its own, with its minute, an atomic deletion as a whole: what joining must not
     * change.
     */
    static List<String> units(List<Event> events) {
        List<String> units = new ArrayList<>();
        Map<ReplicaId, Integer> minutes = new HashMap<>();
        for (Event event : events) {
            ReplicaId writer = event.id().replica();
            minutes.putIfAbsent(writer, event.id().seq() == 0 ? Stamp.UNKNOWN_MINUTES : Stamp.AS_BEFORE);
            if (event.stampMinutes() != Stamp.AS_BEFORE) {
                minutes.put(writer, event.stampMinutes());
            }
            String at = " @" + minutes.get(writer);
            if (event.kind() == Event.Kind.DELETION) {
                units.add(event.id() + " " + event.parents() + " -" + event.position() + " " + event.length() + at);
                continue;
            }
            for (int k = 0; k < event.length(); k++) {
                EventId id = new EventId(writer, event.id().seq() + k);
                Object parents = k == 0 ? event.parents() : List.of(new EventId(writer, id.seq() - 1));
                units.add(id + " " + parents + " +" + (event.position() + k) + " "
                        + (int) event.inserted().charAt(k) + at);
            }
        }
        return units;
    }
}

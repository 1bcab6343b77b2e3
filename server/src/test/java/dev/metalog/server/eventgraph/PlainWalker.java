package dev.metalog.server.eventgraph;

import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The eg-walker algorithm (Gentle and Kleppmann, arXiv 2409.14252) as plainly as it can be written: one character at a
 * time, always from the beginning. It is far too slow for use and it is what the fast one is tested against.
 *
 * <h2>The problem</h2>
 *
 * Several people edit one text without waiting for each other. What each of them does is recorded as events: "insert x
 * at position 3", "delete the character at position 7". An event also names its <em>parents</em>, the events that were
 * the latest ones in the text its author saw. Parents have parents, so the events form a directed graph without
 * cycles, and an event together with all its ancestors is exactly what its author had seen. Two events neither of which
 * is an ancestor of the other are <em>concurrent</em>: their authors did not know of each other.
 *
 * <p>Positions only mean something in the text the author saw. If "insert x at 3" and "insert y at 0" are concurrent,
 * then whoever has applied y first must apply x at 4. And everybody has to end with the same text, in whatever order
 * the events reach them.
 *
 * <h2>The idea</h2>
 *
 * Give every character ever inserted a fixed place in one list, deleted characters included. In such a list positions
 * can be translated: count the characters the author could see up to the place meant, then count the characters that
 * are there now up to the same place. The list is needed only while events are replayed. What is stored and sent are
 * the plain events; nobody has to keep an identity for each character for ever, as most text CRDTs do.
 *
 * <h2>The walk</h2>
 *
 * The events are taken in any order that puts parents before children. The list stands for two versions at once:
 *
 * <ul>
 *   <li>the <b>effect version</b>: all events taken so far. A character is either gone in it or not; once deleted it
 *       stays deleted. The characters not gone, read in order, are the text.
 *   <li>the <b>prepare version</b>: exactly what the author of the next event had seen. A character's {@code state}
 *       belongs to it: -1 is not inserted yet, 0 is there, and n is deleted by n events (concurrent authors may delete
 *       the same character, and each of their events can be taken back without the other).
 * </ul>
 *
 * For each event three things are done.
 *
 * <ol>
 *   <li><b>Retreat and advance.</b> Events that the prepare version has and the author had not seen are taken back: an
 *       insertion's character goes from 0 to -1, a deletion's target goes down by one. Events that the author had seen
 *       and the prepare version lacks are done again: up by one, in both cases.
 *   <li><b>Look up.</b> The event's position is now simply the position-th character with state 0.
 *   <li><b>Apply.</b> A deletion sets the character's state to 1 and marks it gone. An insertion puts a new character
 *       into the list.
 * </ol>
 *
 * <h2>Where a new character goes</h2>
 *
 * Right behind the character that its author saw to its left. But there may be others right there, inserted
 * concurrently, with state -1, and the order among them must not depend on who was applied first. Every character
 * therefore remembers what was to its left and to its right when it was inserted ({@code left}: the nearest visible
 * one; {@code right}: the nearest one that had been inserted, deleted or not). The new character moves to the right
 * past concurrent ones by these rules, which are those of YjsMod and give the same order as FugueMax (Weidner and
 * Kleppmann, arXiv 2305.00583), known for not mixing the letters of two words typed at one place:
 *
 * <ul>
 *   <li>If the other's left neighbour stands before ours, the other belongs to an earlier place: stop.
 *   <li>If it stands behind ours, the other was attached to something between: go on.
 *   <li>If both have the same left neighbour, the one whose right neighbour stands further left goes... further right:
 *       it was inserted before something that we do not know. If the other's right neighbour stands further left than
 *       ours we cannot decide yet, for what we meet next may still stop us, so the place is kept until it is clear.
 *   <li>If both neighbours are the same, the author's name decides, then the number of the event.
 * </ul>
 *
 * Nothing in these rules looks at the order of application, and two characters compare alike on every replica; that is
 * why all of them end with the same list.
 */
final class PlainWalker {
    /** One event for each code unit. */
    private record Unit(EventId id, Event.Kind kind, int position, char inserted, BitSet seenByAuthor) {}

    private static final class Item {
        final int unit;
        final Item left;
        final Item right;
        int state;
        boolean gone;

        Item(int unit, Item left, Item right) {
            this.unit = unit;
            this.left = left;
            this.right = right;
        }
    }

    private static final int NOT_INSERTED_YET = -1;

    private final List<Unit> units = new ArrayList<>();
    private final Map<EventId, Integer> indices = new HashMap<>();

    /** @param events parents before children; an event that is known already is passed over */
    void add(List<Event> events) {
        for (Event event : events) {
            List<EventId> parents = event.parents();
            for (int k = 0; k < event.length(); k++) {
                EventId id = new EventId(event.id().replica(), event.id().seq() + k);
                if (indices.putIfAbsent(id, units.size()) == null) {
                    boolean insertion = event.kind() == Event.Kind.INSERTION;
                    int position = insertion ? event.position() + k : event.position();
                    char inserted = insertion ? event.inserted().charAt(k) : 0;
                    units.add(new Unit(id, event.kind(), position, inserted, everythingUpTo(parents)));
                }
                parents = List.of(id);
            }
        }
    }

    private BitSet everythingUpTo(List<EventId> version) {
        BitSet all = new BitSet();
        for (EventId id : version) {
            int index = Objects.requireNonNull(indices.get(id), () -> "unknown " + id);
            all.or(units.get(index).seenByAuthor);
            all.set(index);
        }
        return all;
    }

    /** The text of everything up to these events. */
    String textAt(List<EventId> version) {
        return new Replay().textOf(everythingUpTo(version));
    }

    /** Whether all these events are among those or their ancestors. */
    boolean includes(List<EventId> version, List<EventId> events) {
        BitSet missing = everythingUpTo(events);
        missing.andNot(everythingUpTo(version));
        return missing.isEmpty();
    }

    /** Whether the version has all that is in both of the others, and nothing else. */
    boolean isCommon(List<EventId> version, List<EventId> a, List<EventId> b) {
        BitSet both = everythingUpTo(a);
        both.and(everythingUpTo(b));
        return both.equals(everythingUpTo(version));
    }

    /** The text of all events. */
    String text() {
        BitSet all = new BitSet();
        all.set(0, units.size());
        return new Replay().textOf(all);
    }

    /** The text as it would be if these events had never been, all others being as they are. */
    String textWithout(Set<EventId> events) {
        BitSet all = new BitSet();
        all.set(0, units.size());
        Replay replay = new Replay();
        replay.textOf(all);
        Set<Item> shown = new HashSet<>(replay.items);
        for (int unit = 0; unit < units.size(); unit++) {
            boolean without = events.contains(units.get(unit).id);
            boolean insertion = units.get(unit).kind == Event.Kind.INSERTION;
            if (insertion == without) {
                shown.remove(replay.touchedBy[unit]);
            }
        }
        StringBuilder text = new StringBuilder();
        replay.items.stream().filter(shown::contains).forEach(item -> text.append(units.get(item.unit).inserted));
        return text.toString();
    }

    private final class Replay {
        private final List<Item> items = new ArrayList<>();
        private final Item[] touchedBy = new Item[units.size()];
        private BitSet prepared = new BitSet();

        String textOf(BitSet events) {
            for (int unit = events.nextSetBit(0); unit >= 0; unit = events.nextSetBit(unit + 1)) {
                prepare(units.get(unit).seenByAuthor);
                switch (units.get(unit).kind) {
                    case INSERTION -> insert(unit);
                    case DELETION -> delete(unit);
                }
                prepared.set(unit);
            }
            StringBuilder text = new StringBuilder();
            for (Item item : items) {
                if (!item.gone) {
                    text.append(units.get(item.unit).inserted);
                }
            }
            return text.toString();
        }

        private void prepare(BitSet wanted) {
            BitSet retreat = (BitSet) prepared.clone();
            retreat.andNot(wanted);
            retreat.stream().forEach(unit -> touchedBy[unit].state--);
            BitSet advance = (BitSet) wanted.clone();
            advance.andNot(prepared);
            advance.stream().forEach(unit -> touchedBy[unit].state++);
            prepared = (BitSet) wanted.clone();
        }

        /** The index in the list of the visible character at the position. */
        private int find(int position) {
            int index = -1;
            for (int visible = 0; visible <= position; ) {
                index++;
                visible += items.get(index).state == 0 ? 1 : 0;
            }
            return index;
        }

        private void delete(int unit) {
            Item item = items.get(find(units.get(unit).position));
            item.state = 1;
            item.gone = true;
            touchedBy[unit] = item;
        }

        private void insert(int unit) {
            int position = units.get(unit).position;
            int place = position == 0 ? 0 : find(position - 1) + 1;
            int next = place;
            while (next < items.size() && items.get(next).state == NOT_INSERTED_YET) {
                next++;
            }
            Item left = place == 0 ? null : items.get(place - 1);
            Item right = next == items.size() ? null : items.get(next);
            Item item = new Item(unit, left, right);
            items.add(placeAmongConcurrent(item, place, next), item);
            touchedBy[unit] = item;
        }

        private int placeAmongConcurrent(Item item, int from, int to) {
            int place = from;
            boolean undecided = false;
            for (int at = from; at < to; at++) {
                Item other = items.get(at);
                int byLeft = Integer.compare(indexOfLeft(other), indexOfLeft(item));
                if (byLeft < 0) {
                    break;
                }
                if (byLeft == 0) {
                    int byRight = Integer.compare(indexOfRight(other), indexOfRight(item));
                    if (byRight == 0 && units.get(item.unit).id.compareTo(units.get(other.unit).id) < 0) {
                        break;
                    }
                    undecided = byRight < 0;
                }
                if (!undecided) {
                    place = at + 1;
                }
            }
            return place;
        }

        private int indexOfLeft(Item item) {
            return item.left == null ? -1 : items.indexOf(item.left);
        }

        private int indexOfRight(Item item) {
            return item.right == null ? items.size() : items.indexOf(item.right);
        }
    }
}

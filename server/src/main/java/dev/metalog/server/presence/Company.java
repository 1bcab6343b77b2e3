package dev.metalog.server.presence;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.Version;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.text.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The others who are in one document, by what they say themselves. Nothing of it is kept: whoever is silent for {@value
 * Present#EXPIRY_MILLIS} ms is gone.
 *
 * <p>Overflow rules: while {@link Limits#PRESENCE_SPEAKERS} are here nobody else is taken in, so that many cannot drive out
 * whom one works with; of one peer {@value #MOST_OF_ONE} are, and the one heard longest ago makes room. {@link Budget} has
 * how often each is heard.
 */
public final class Company {
    /** How many colours there are to tell people apart. */
    public static final int COLOURS = 8;

    static final int MOST_OF_ONE = 4;
    private static final int MOST_BUDGETS = 4 * Limits.PRESENCE_SPEAKERS;

    /** Who was heard longest ago comes first. */
    private final Map<Speaker, Present> present = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<PeerId, Budget> budgets = new LinkedHashMap<>(16, 0.75f, true);

    /** Whether so much is heard of a peer; it counts as heard then. */
    public boolean hears(PeerId peer, long nowMillis) {
        Budget budget = budgets.computeIfAbsent(peer, anew -> new Budget(nowMillis));
        if (budgets.size() > MOST_BUDGETS) {
            budgets.remove(budgets.keySet().iterator().next());
        }
        return budget.take(nowMillis);
    }

    /** Whether something was heard of it lately. */
    public boolean has(Speaker speaker) {
        return present.containsKey(speaker);
    }

    /** Somebody says where it looks. Returns whether something else is to be shown now. */
    public boolean heard(Speaker speaker, PeerMessage.Presence said, EventGraph graph, long nowMillis) {
        Present one = present.get(speaker);
        if (one == null) {
            one = takeIn(speaker, nowMillis);
        }
        return one != null && one.hear(said, graph, nowMillis);
    }

    /** Returns {@code null} when there is no room. */
    private Present takeIn(Speaker speaker, long nowMillis) {
        List<Speaker> itsOthers = new ArrayList<>();
        for (Map.Entry<Speaker, Present> other : present.entrySet()) {
            if (other.getKey().peer().equals(speaker.peer())) {
                itsOthers.add(other.getKey());
                other.getValue().doubt(nowMillis);
            }
        }
        if (itsOthers.size() >= MOST_OF_ONE) {
            present.remove(itsOthers.get(0));
        } else if (present.size() >= Limits.PRESENCE_SPEAKERS) {
            return null;
        }
        Present one = new Present(freeColour(speaker.peer()));
        present.put(speaker, one);
        return one;
    }

    /** The one that follows from the id, or the next that nobody has. */
    private int freeColour(PeerId peer) {
        Set<Integer> taken = new HashSet<>();
        present.values().forEach(other -> taken.add(other.colour));
        int wished = Math.floorMod(peer.value().hashCode(), COLOURS);
        for (int i = 0; i < COLOURS; i++) {
            int colour = (wished + i) % COLOURS;
            if (!taken.contains(colour)) {
                return colour;
            }
        }
        return wished;
    }

    /** A peer is gone, or shall not be seen. Returns whether it was here. */
    public boolean left(PeerId peer) {
        return present.keySet().removeIf(speaker -> speaker.peer().equals(peer));
    }

    /** Nobody is here any more, as far as is known. */
    public boolean clear() {
        boolean was = !present.isEmpty();
        present.clear();
        return was;
    }

    public boolean isEmpty() {
        return present.isEmpty();
    }

    /** Lets go who was silent for too long. Returns whether somebody was. */
    public boolean expire(long nowMillis) {
        return present.values().removeIf(one -> nowMillis >= one.goneAtMillis());
    }

    /** To be called when the graph has grown. Returns whether somebody who waited for that is to be shown elsewhere. */
    public boolean catchUp(EventGraph graph) {
        boolean changed = false;
        for (Present one : present.values()) {
            changed |= one.catchUp(graph);
        }
        return changed;
    }

    /** When the next one is gone. */
    public long expiresAtMillis() {
        long at = Long.MAX_VALUE;
        for (Present one : present.values()) {
            at = Math.min(at, one.goneAtMillis());
        }
        return at;
    }

    /**
     * Who is to be shown in an editor.
     *
     * @param shown the version of the editor's text; what it lacks of the tip is taken back from the positions
     * @param text of that version
     */
    public List<Person> seenAt(EventGraph graph, Version shown, Text text) {
        Moves moves = new Moves(graph);
        List<Person> people = new ArrayList<>();
        boolean isBehind = !shown.equals(graph.tip());
        for (Map.Entry<Speaker, Present> entry : present.entrySet()) {
            Present one = entry.getValue();
            one.advance(graph, moves);
            if (one.isShown()) {
                Carets carets = isBehind && !one.carets().all().isEmpty()
                        ? one.carets().before(moves.from(shown))
                        : one.carets();
                people.add(new Person(
                        entry.getKey().peer(), one.name(), one.attention(), carets.within(text), one.colour));
            }
        }
        people.sort((a, b) -> a.colour() != b.colour()
                ? Integer.compare(a.colour(), b.colour())
                : a.peer().value().compareTo(b.peer().value()));
        return people;
    }
}

package dev.metalog.server.peers;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The peers of one workspace: what was seen of each, in what, and whom the person blocked. Owned by the conductor.
 *
 * <p>Overflow rule: at most {@value #MOST_PEERS} peers; then the one heard of longest ago that is not blocked makes room.
 * At most {@value #MOST_BLOCKED} are blocked; one more is refused, so that blocks are never forgotten and there is always
 * room. At most {@value #MOST_RELATIONS} relations; then the one heard of longest ago makes room. Who a message is from is
 * what its sender says who holds the document's key, so whoever was invited could fill the book with others' names; it
 * never costs a block.
 */
public final class PeerBook {
    public static final int MOST_PEERS = 1_024;
    public static final int MOST_BLOCKED = 512;
    public static final int MOST_RELATIONS = 4_096;
    /** What is kept of why something failed; the rest is cut off. */
    public static final int FAILURE_UNITS = 200;
    /** A little longer than the longest time between two hellos of a peer. */
    static final long SILENT_MILLIS = 165_000;
    /** A peer that was heard by an announcement alone is silent when it has left out two. */
    static final long UNANNOUNCED_MILLIS = 15 * 60_000;
    /** So many exchanges that are not answered one after the other make a peer inactive. */
    static final int UNANSWERED_IN_A_ROW = 2;

    /** A peer that stands otherwise than before. */
    public record Change(PeerId peer, PeerStatus status) {}

    private record Pair(PeerId peer, DocumentId about) {}

    /** By who was heard last. */
    private final Map<PeerId, Standing> peers = new LinkedHashMap<>();
    /** By what was heard of last. */
    private final Map<Pair, Ledger> relations = new LinkedHashMap<>();

    private List<Change> changes = new ArrayList<>();
    private int blocked;
    private long wakeAtMillis = Long.MAX_VALUE;
    private long revision;

    /** Takes back what was kept. To be called once, before anything else; what is too much is left out. */
    public void restore(List<PeerRecord> kept) {
        for (PeerRecord record : kept) {
            boolean isBlocked = record.blockedAtMillis() > 0;
            if (peers.size() >= MOST_PEERS || (isBlocked && blocked >= MOST_BLOCKED)) {
                continue;
            }
            peers.put(record.peer(), new Standing(record));
            blocked += isBlocked ? 1 : 0;
            for (PeerRecord.Relation relation : record.relations()) {
                if (relations.size() < MOST_RELATIONS) {
                    relations.put(new Pair(record.peer(), relation.about()), new Ledger(relation.dealings()));
                }
            }
        }
    }

    /** It said something about a document or the blackboard. */
    public void heard(PeerId peer, DocumentId about, Moment now) {
        Standing standing = met(peer);
        if (!standing.isBlocked()) {
            heard(standing, SILENT_MILLIS, now);
            Pair pair = new Pair(peer, about);
            Ledger ledger = relations.remove(pair);
            if (ledger == null) {
                ledger = new Ledger(Dealings.NONE);
                makeRoom(relations, MOST_RELATIONS);
            }
            relations.put(pair, ledger);
            ledger.heard(now.wallMillis());
        }
    }

    /** It announced itself. */
    public void announced(PeerId peer, Moment now) {
        Standing standing = met(peer);
        if (!standing.isBlocked()) {
            heard(standing, UNANNOUNCED_MILLIS, now);
        }
    }

    /** It said good-bye, or a broker said it for it. */
    public void left(PeerId peer, Moment now) {
        Standing standing = peers.get(peer);
        if (standing != null) {
            change(standing, Standing.Reason.LEFT, now);
        }
    }

    /** It was found to have what we have. */
    public void synced(PeerId peer, DocumentId about, Moment now) {
        note(peer, about, ledger -> ledger.synced(now.wallMillis()));
    }

    /** It was asked for what it has more. */
    public void asked(PeerId peer, DocumentId about) {
        note(peer, about, Ledger::asked);
    }

    /** It answered that. */
    public void answered(PeerId peer, DocumentId about) {
        Standing standing = peers.get(peer);
        if (standing != null && !standing.isBlocked()) {
            standing.answered();
            inRelation(peer, about, Ledger::answered);
        }
    }

    /** It did not, although a broker was connected. */
    public void unanswered(PeerId peer, DocumentId about, String why, Moment now) {
        Standing standing = peers.get(peer);
        if (standing != null && !standing.isBlocked()) {
            String kept = cut(why);
            PeerStatus before = standing.status();
            standing.unanswered(kept, now);
            tell(standing, before);
            inRelation(peer, about, ledger -> ledger.unanswered(kept, now.wallMillis()));
        }
    }

    /** It sent something new. */
    public void received(PeerId peer, DocumentId about, int bytes) {
        note(peer, about, ledger -> ledger.received(bytes));
    }

    /** Something was sent to it alone. */
    public void sent(PeerId peer, DocumentId about, int bytes) {
        note(peer, about, ledger -> ledger.sent(bytes));
    }

    /** Something went wrong with it. */
    public void failed(PeerId peer, DocumentId about, String why, Moment now) {
        String kept = cut(why);
        note(peer, about, ledger -> ledger.failed(kept, now.wallMillis()));
    }

    /**
     * A message of a blocked peer was dropped.
     *
     * @return whether that is worth telling: the first time since it was blocked, or since the start
     */
    public boolean dropped(PeerId peer) {
        Standing standing = peers.get(peer);
        if (standing == null || !standing.isBlocked()) {
            throw new IllegalArgumentException("Only messages of blocked peers are dropped.");
        }
        revision++;
        return standing.drop();
    }

    public boolean isBlocked(PeerId peer) {
        if (blocked == 0) {
            return false;
        }
        Standing standing = peers.get(peer);
        return standing != null && standing.isBlocked();
    }

    public boolean anyBlocked() {
        return blocked > 0;
    }

    /**
     * The person wants nothing of a peer, whether it was ever heard or not.
     *
     * @return false when {@value #MOST_BLOCKED} are blocked already; then nothing was changed
     */
    public boolean block(PeerId peer, Moment now) {
        if (isBlocked(peer)) {
            return true;
        }
        if (blocked >= MOST_BLOCKED) {
            return false;
        }
        Standing standing = peers.get(peer);
        change(standing == null ? add(peer) : standing, Standing.Reason.BLOCKED_BY_PERSON, now);
        blocked++;
        return true;
    }

    /** @return whether it was blocked */
    public boolean unblock(PeerId peer, Moment now) {
        if (!isBlocked(peer)) {
            return false;
        }
        change(peers.get(peer), Standing.Reason.UNBLOCKED_BY_PERSON, now);
        blocked--;
        return true;
    }

    /** To be called when {@link #wakeAtMillis} has come. */
    public void wake(Moment now) {
        if (now.millis() < wakeAtMillis) {
            return;
        }
        wakeAtMillis = Long.MAX_VALUE;
        for (Standing standing : peers.values()) {
            if (standing.silentAtMillis() <= now.millis()) {
                change(standing, Standing.Reason.FELL_SILENT, now);
            }
            wakeAtMillis = Math.min(wakeAtMillis, standing.silentAtMillis());
        }
    }

    public long wakeAtMillis() {
        return wakeAtMillis;
    }

    /** Those who stand otherwise than when this was asked last, in the order in which it happened. */
    public List<Change> takeChanges() {
        if (changes.isEmpty()) {
            return List.of();
        }
        List<Change> taken = changes;
        changes = new ArrayList<>();
        return taken;
    }

    /** Another number whenever there is something new to be kept. */
    public long revision() {
        return revision;
    }

    /** All of them, who was heard longest ago first. */
    public List<PeerRecord> records() {
        Map<PeerId, List<PeerRecord.Relation>> byPeer = new LinkedHashMap<>();
        relations.forEach((pair, ledger) -> byPeer.computeIfAbsent(pair.peer(), none -> new ArrayList<>())
                .add(new PeerRecord.Relation(pair.about(), ledger.dealings())));
        List<PeerRecord> records = new ArrayList<>();
        for (Standing standing : peers.values()) {
            records.add(record(standing, byPeer.getOrDefault(standing.peer(), List.of())));
        }
        return records;
    }

    /** Returns {@code null} for a peer that is not in the book. */
    public PeerRecord record(PeerId peer) {
        Standing standing = peers.get(peer);
        if (standing == null) {
            return null;
        }
        List<PeerRecord.Relation> its = new ArrayList<>();
        relations.forEach((pair, ledger) -> {
            if (pair.peer().equals(peer)) {
                its.add(new PeerRecord.Relation(pair.about(), ledger.dealings()));
            }
        });
        return record(standing, its);
    }

    private static PeerRecord record(Standing standing, List<PeerRecord.Relation> relations) {
        return new PeerRecord(
                standing.peer(),
                standing.status(),
                standing.firstSeenMillis(),
                standing.blockedAtMillis(),
                standing.dropped(),
                standing.ledger().dealings(),
                relations);
    }

    /** The standing of a peer that says something, as the latest of all. */
    private Standing met(PeerId peer) {
        Standing standing = peers.get(peer);
        if (standing == null) {
            return add(peer);
        }
        if (!standing.isBlocked()) {
            peers.remove(peer);
            peers.put(peer, standing);
        }
        return standing;
    }

    private Standing add(PeerId peer) {
        if (peers.size() >= MOST_PEERS) {
            Iterator<Standing> longestAgo = peers.values().iterator();
            Standing next = longestAgo.next();
            while (next.isBlocked()) {
                next = longestAgo.next();
            }
            longestAgo.remove();
            PeerId gone = next.peer();
            relations.keySet().removeIf(pair -> pair.peer().equals(gone));
        }
        Standing standing = new Standing(peer);
        peers.put(peer, standing);
        return standing;
    }

    private static <K, V> void makeRoom(Map<K, V> map, int most) {
        if (map.size() >= most) {
            map.remove(map.keySet().iterator().next());
        }
    }

    private void heard(Standing standing, long forMillis, Moment now) {
        PeerStatus before = standing.status();
        standing.heard(forMillis, now);
        wakeAtMillis = Math.min(wakeAtMillis, standing.silentAtMillis());
        revision++;
        tell(standing, before);
    }

    private void change(Standing standing, Standing.Reason reason, Moment now) {
        PeerStatus before = standing.status();
        standing.change(reason, now);
        tell(standing, before);
    }

    private void tell(Standing standing, PeerStatus before) {
        if (standing.status() != before) {
            changes.add(new Change(standing.peer(), standing.status()));
            revision++;
        }
    }

    private interface Noting {
        void in(Ledger ledger);
    }

    /** In both books: the peer's, and that of what is shared with it. Of who is not known, or blocked, nothing is. */
    private void note(PeerId peer, DocumentId about, Noting noting) {
        Standing standing = peers.get(peer);
        if (standing != null && !standing.isBlocked()) {
            noting.in(standing.ledger());
            inRelation(peer, about, noting);
        }
    }

    private void inRelation(PeerId peer, DocumentId about, Noting noting) {
        revision++;
        Ledger ledger = relations.get(new Pair(peer, about));
        if (ledger != null) {
            noting.in(ledger);
        }
    }

    private static String cut(String why) {
        if (why.length() <= FAILURE_UNITS) {
            return why;
        }
        int end = Character.isHighSurrogate(why.charAt(FAILURE_UNITS - 1)) ? FAILURE_UNITS - 1 : FAILURE_UNITS;
        return why.substring(0, end);
    }
}

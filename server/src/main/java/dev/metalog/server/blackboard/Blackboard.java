package dev.metalog.server.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.blackboard.PostingProof;
import dev.metalog.server.blackboard.BlackboardRefused.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The entries of one workspace as this replica knows them: a map that several write at once and that ends up the same
 * everywhere.
 *
 * <h2>The rule</h2>
 *
 * <p>A <b>write</b> is one step of one replica, named by its writer and a counter. It <em>erases</em> postings, those that
 * its writer saw and that it stands in place of, and it may <em>put</em> one. Setting a value erases whatever stood under
 * that name; adding a member erases what stood for that member; deleting erases and puts nothing. So a write wins over
 * exactly what its writer had seen: causal order decides. What two wrote without knowing of each other stands side by side,
 * the later of the two peers in the order of their ids (then replicas, then counters) is shown, and the next write under
 * that name erases both. A deletion erases nothing that it had not seen: what somebody wrote at the same time stays.
 *
 * <p>No clock takes part. A peer whose clock is a year ahead writes entries that anybody overwrites, and there is no number
 * that could be made too large to be beaten. A clock hides an entry that has an expiry, on the side of whoever looks.
 *
 * <h2>Why it converges</h2>
 *
 * <p>The state is two sets: the writes that are {@linkplain Known known} and the postings that {@linkplain Standing stand}.
 * A posting stands if its write is known and no known write erases it. Both sets depend on which writes were heard and not
 * on their order, so the same writes give the same state, twice heard or once. An erasure that comes before the write it
 * erases is remembered until that write comes.
 *
 * <p>Nothing is kept of what was erased: its write is known and it does not stand, and that says it all. A deleted entry
 * costs one number in a vector of numbers, so there are no tombstones to collect and no day on which collecting one too
 * early brings an entry back.
 *
 * <h2>Who lacks what</h2>
 *
 * <p>{@link #since} answers a vector with what the other lacks. If all of that is among the {@linkplain Recent last writes},
 * and one message holds them, these are sent as they are. Otherwise the whole state: what stands and the other does not know,
 * and then a {@link BlackboardMessage.State} that lists the writes known here and those that stand. Whoever hears that {@linkplain
 * Held holds back} the postings until the state is there, and takes in both at once: drops what they have, the sender knows,
 * and does not stand there. Two that have exchanged their states stand equal: each posting of either is kept exactly if it
 * stands at both, or at one and the other had not heard of it. So at no time do two who know the same writes show different
 * entries.
 *
 * <p>What stands is summed up in {@link #digest}. Writes that are equal while digests are not (a fault, or who does not keep
 * to this) lead to an exchange of states, which mends it.
 *
 * <h2>Expiry</h2>
 *
 * <p>An expired entry is not shown, and is erased like any other some time later, by a write; that is what makes it stay
 * away. Because one wrong clock must not erase what is still good for everybody else, whoever wrote an entry erases it
 * {@value #COLLECT_OWN_MILLIS} ms after it expired, and others only when it has been expired for {@value
 * #COLLECT_OTHERS_MILLIS} ms by their own clock and by that of a peer.
 */
public final class Blackboard {
    static final long COLLECT_OWN_MILLIS = 60_000;
    static final long COLLECT_OTHERS_MILLIS = 24 * 3_600_000L;
    /** Erasures that go into one write. */
    static final int COLLECT_AT_ONCE = 1_000;

    /** Proves to others what is put here. */
    public interface Signer {
        /** Returns {@code null} where nobody asks for proofs. */
        PostingProof sign(EventId id, Posting posting);
    }

    private final PeerId self;
    private final ReplicaId writer;
    private final Signer signer;
    private final Ledger ledger;
    private long witnessMillis;

    /** @param writer of this run alone; see {@link ReplicaId} */
    public Blackboard(PeerId self, ReplicaId writer, Signer signer) {
        this(self, writer, signer, Limits.BLACKBOARD_RECENT_WRITES);
    }

    /** One whose postings nobody signs: to be read only, or for tests of how several become equal. */
    public Blackboard(PeerId self, ReplicaId writer) {
        this(self, writer, Limits.BLACKBOARD_RECENT_WRITES);
    }

    Blackboard(PeerId self, ReplicaId writer, int mostRecent) {
        this(self, writer, (id, posting) -> null, mostRecent);
    }

    private Blackboard(PeerId self, ReplicaId writer, Signer signer, int mostRecent) {
        this.self = self;
        this.writer = writer;
        this.signer = signer;
        this.ledger = new Ledger(mostRecent);
    }

    // --- what is here

    /** Returns {@code null} when there is none, or it has expired. */
    public Entry get(EntryName name, long nowMillis) {
        return Shown.entry(name, ledger.standing().of(name), nowMillis);
    }

    /** The entries after a name, in their order. */
    public List<Entry> list(Predicate<EntryName> wanted, EntryName after, int most, long nowMillis) {
        List<Entry> entries = new ArrayList<>();
        Map<EntryName, List<Posted>> rest = after == null
                ? ledger.standing().entries()
                : ledger.standing().entries().tailMap(after, false);
        for (Map.Entry<EntryName, List<Posted>> next : rest.entrySet()) {
            if (entries.size() == most) {
                break;
            }
            Entry entry = wanted.test(next.getKey()) ? Shown.entry(next.getKey(), next.getValue(), nowMillis) : null;
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** The names of all that stands, expired or not. */
    public Collection<EntryName> names() {
        return List.copyOf(ledger.standing().entries().keySet());
    }

    public VersionVector vector() {
        return ledger.known().vector();
    }

    /** Grows whenever anything here changes. */
    public long revision() {
        return ledger.revision();
    }

    /** Which writes are known, as a state in which nothing stands: equal where the same are. */
    public BlackboardMessage.State known() {
        BlackboardMessage.State state = ledger.state();
        return new BlackboardMessage.State(state.vector(), state.apart(), state.erasedUnseen(), List.of());
    }

    public boolean knows(EventId write) {
        return ledger.known().contains(write);
    }

    /** What has to be known before these can be taken in as steps; {@code null} when nothing is missing. */
    public EventId missing(List<BlackboardWrite> writes) {
        return ledger.missing(writes);
    }

    /** Equal where the same postings stand. */
    public long digest() {
        return ledger.standing().digest();
    }

    /** How many postings stand, shown or not. */
    public int count() {
        return ledger.standing().count();
    }

    // --- writing

    /** Puts a value in place of what stands there. */
    public BlackboardWrite set(EntryName name, EntryValue value, long expiresAtMillis, long nowMillis)
            throws BlackboardRefused {
        Entry entry = get(name, nowMillis);
        if (entry != null && entry.kind() == Posting.Kind.MEMBER) {
            throw new BlackboardRefused(
                    Reason.OTHER_KIND, name + " is a set. Add and remove members, or delete it first.");
        }
        return write(ledger.standing().of(name), posting(name, Posting.Kind.VALUE, value, expiresAtMillis, nowMillis));
    }

    /** Adds a member to a set, which begins to exist with its first. */
    public BlackboardWrite add(EntryName name, EntryValue member, long expiresAtMillis, long nowMillis)
            throws BlackboardRefused {
        Entry entry = get(name, nowMillis);
        if (entry != null && entry.kind() == Posting.Kind.VALUE) {
            throw new BlackboardRefused(
                    Reason.OTHER_KIND, name + " is a value, not a set. Set it, or delete it first.");
        }
        List<Posted> replaced = new ArrayList<>();
        for (Posted posted : ledger.standing().of(name)) {
            if (posted.posting().kind() == Posting.Kind.VALUE
                    || posted.posting().value().equals(member)) {
                replaced.add(posted);
            }
        }
        return write(replaced, posting(name, Posting.Kind.MEMBER, member, expiresAtMillis, nowMillis));
    }

    /** Takes a member out of a set. */
    public BlackboardWrite remove(EntryName name, EntryValue member, long nowMillis) throws BlackboardRefused {
        Entry entry = get(name, nowMillis);
        boolean there = entry != null
                && entry.kind() == Posting.Kind.MEMBER
                && entry.shown().stream()
                        .anyMatch(posted -> posted.posting().value().equals(member));
        if (!there) {
            throw new BlackboardRefused(Reason.NOT_THERE, name + " has no such member. List it to see those it has.");
        }
        List<Posted> removed = new ArrayList<>();
        for (Posted posted : ledger.standing().of(name)) {
            if (posted.posting().value().equals(member)) {
                removed.add(posted);
            }
        }
        return write(removed, null);
    }

    /** Deletes a value or a whole set. */
    public BlackboardWrite delete(EntryName name, long nowMillis) throws BlackboardRefused {
        if (get(name, nowMillis) == null) {
            throw new BlackboardRefused(Reason.NOT_THERE, "There is no entry " + name + ".");
        }
        return write(ledger.standing().of(name), null);
    }

    /** All that stands, expired or not. */
    public List<Posted> standing() {
        return List.copyOf(ledger.standing().all());
    }

    /** Puts the same once more, as ours: what was put elsewhere, or is not signed, proves nothing here. */
    public BlackboardWrite vouchFor(Posted posted) throws BlackboardRefused {
        Posting old = posted.posting();
        return write(
                List.of(posted),
                new Posting(old.name(), old.kind(), old.value(), old.expiresAtMillis(), self, old.writtenAtMillis()));
    }

    private Posting posting(EntryName name, Posting.Kind kind, EntryValue value, long expiresAtMillis, long nowMillis)
            throws BlackboardRefused {
        if (expiresAtMillis != 0 && expiresAtMillis <= nowMillis) {
            throw new BlackboardRefused(Reason.BAD_TIME, name + " would have expired already. Give it more time.");
        }
        return new Posting(name, kind, value, expiresAtMillis, self, Math.max(0, nowMillis));
    }

    /** Checks that there is room, then writes. */
    private BlackboardWrite write(List<Posted> erased, Posting posting) throws BlackboardRefused {
        long bytes = ledger.standing().bytes();
        for (Posted posted : erased) {
            bytes -= Standing.bytes(posted.posting());
        }
        if (posting != null) {
            bytes += Standing.bytes(posting);
            boolean full = ledger.standing().count() - erased.size() >= Limits.BLACKBOARD_POSTINGS;
            boolean grows = bytes > ledger.standing().bytes();
            if (grows
                    && ledger.standing().bytesOf(posting.name())
                                    + bytes
                                    - ledger.standing().bytes()
                            > Limits.BLACKBOARD_ENTRY_BYTES) {
                throw new BlackboardRefused(
                        Reason.LIMIT,
                        posting.name() + " was not written: the members of one set have "
                                + (Limits.BLACKBOARD_ENTRY_BYTES >> 20) + " MiB together at most. Make several sets.");
            }
            if (full || (grows && bytes > Limits.BLACKBOARD_BYTES)) {
                throw new BlackboardRefused(
                        Reason.LIMIT,
                        posting.name() + " was not written: a blackboard holds " + Limits.BLACKBOARD_POSTINGS
                                + " entries and members, and " + (Limits.BLACKBOARD_BYTES >> 20)
                                + " MiB. Delete what is not needed any more.");
            }
        }
        return record(ids(erased), posting);
    }

    private BlackboardWrite record(List<EventId> erased, Posting posting) throws BlackboardRefused {
        if (erased.size() > Limits.BLACKBOARD_ERASED) {
            throw new BlackboardRefused(
                    Reason.LIMIT,
                    "This would erase more than " + Limits.BLACKBOARD_ERASED
                            + " postings at once. Remove some members first.");
        }
        Known known = ledger.known();
        if (!known.isWriter(writer) && known.writers() >= Limits.BLACKBOARD_WRITERS) {
            throw new BlackboardRefused(
                    Reason.LIMIT,
                    "Nothing was written: this blackboard was written to by " + Limits.BLACKBOARD_WRITERS
                            + " runs already, which is the most. Begin a new one in another workspace.");
        }
        EventId id = new EventId(writer, known.nextSeq(writer));
        BlackboardWrite write =
                new BlackboardWrite(id, erased, posting == null ? null : posting.with(signer.sign(id, posting)));
        ledger.take(List.of(write));
        return write;
    }

    private static List<EventId> ids(Collection<Posted> posted) {
        return posted.stream().map(Posted::id).sorted().toList();
    }

    // --- taking in

    /** Takes in writes or a state that a peer sent: all of it, or nothing if anything about it is wrong. */
    public Merged merge(BlackboardMessage message) throws BlackboardRefused {
        return apply(message, new Check(ledger, writer));
    }

    /** Takes in what our own log gave back. */
    public Merged restore(BlackboardMessage message) throws BlackboardRefused {
        return apply(message, new Check(ledger, null));
    }

    private Merged apply(BlackboardMessage message, Check check) throws BlackboardRefused {
        BlackboardRefused problem = message.dispatch(check);
        if (problem != null) {
            throw problem;
        }
        return message.dispatch(new BlackboardMessage.Handler<Merged>() {
            @Override
            public Merged writes(BlackboardMessage.Writes writes) {
                return ledger.take(writes.writes());
            }

            @Override
            public Merged postings(BlackboardMessage.Postings postings) {
                return ledger.hold(postings.writes());
            }

            @Override
            public Merged state(BlackboardMessage.State state) {
                return ledger.take(state);
            }
        });
    }

    // --- giving out

    /**
     * What a replica lacks that knows this much; nothing when it lacks nothing.
     *
     * @param aboutBytes of steps: where they are more, the state is sent, in larger parts
     * @param after where the last answer to the same asker ended, 0 if there was none
     */
    public Answer since(VersionVector theirs, int aboutBytes, long after) {
        return ledger.since(theirs, aboutBytes, after);
    }

    /** What is known and stands here, without the postings: it mends those who know the same and show something else. */
    public BlackboardMessage.State state() {
        return ledger.state();
    }

    /** All that has to be kept of the log so far. */
    public List<BlackboardMessage> everything() {
        return ledger.everything();
    }

    // --- time

    /** A peer's clock was seen to show this time, more or less. */
    public void witness(long clockMillis) {
        witnessMillis = Math.max(0, clockMillis);
    }

    /** When the next entry expires; {@code Long.MAX_VALUE} when none does. */
    public long nextExpiryMillis(long nowMillis) {
        return ledger.standing().nextExpiry(nowMillis);
    }

    /** The entries of which something expired after the one time and up to the other. */
    public List<EntryName> expired(long afterMillis, long nowMillis) {
        TreeSet<EntryName> names = new TreeSet<>();
        for (Posted posted : ledger.standing().all()) {
            long at = posted.posting().expiresAtMillis();
            if (at > afterMillis && at <= nowMillis && at != 0) {
                names.add(posted.posting().name());
            }
        }
        return List.copyOf(names);
    }

    /** Erases what expired long enough ago; {@code null} when there is nothing to erase. */
    public BlackboardWrite collect(long nowMillis) {
        TreeSet<EventId> gone = new TreeSet<>();
        for (List<Posted> sideBySide : ledger.standing().entries().values()) {
            Posted winner = Shown.winner(sideBySide);
            for (Posted candidate : Shown.candidates(winner, sideBySide)) {
                if (gone.size() < COLLECT_AT_ONCE && isCollectable(candidate, nowMillis)) {
                    gone.addAll(losersAnd(candidate, sideBySide));
                }
            }
        }
        try {
            return gone.isEmpty() ? null : record(List.copyOf(gone), null);
        } catch (BlackboardRefused full) {
            // Others can still collect.
            return null;
        }
    }

    private boolean isCollectable(Posted posted, long nowMillis) {
        long at = posted.posting().expiresAtMillis();
        if (at == 0) {
            return false;
        }
        boolean own = posted.posting().author().equals(self) && nowMillis - at >= COLLECT_OWN_MILLIS;
        return own || Math.min(nowMillis, witnessMillis) - COLLECT_OTHERS_MILLIS >= at;
    }

    /** With the winner goes what it won over, or that would be seen again. */
    private static List<EventId> losersAnd(Posted winner, List<Posted> sideBySide) {
        List<EventId> ids = new ArrayList<>();
        for (Posted posted : sideBySide) {
            boolean same = winner.posting().kind() == Posting.Kind.VALUE
                    || posted.posting().value().equals(winner.posting().value());
            if (same) {
                ids.add(posted.id());
            }
        }
        return ids;
    }
}

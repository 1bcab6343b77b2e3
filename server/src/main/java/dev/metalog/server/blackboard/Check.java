package dev.metalog.server.blackboard;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.server.blackboard.BlackboardRefused.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks at all of a message before any of it is taken in. Each answer is why it is refused, or {@code null}.
 *
 * @param self the replica that alone makes writes of its name; {@code null} when the message is from our own log
 */
record Check(Ledger ledger, ReplicaId self) implements BlackboardMessage.Handler<BlackboardRefused> {
    /** How far several who wrote at the same time, each within the bounds, may go beyond them together. */
    static final int TOGETHER = 2;

    @Override
    public BlackboardRefused writes(BlackboardMessage.Writes message) {
        Tally tally = new Tally();
        for (BlackboardWrite write : message.writes()) {
            if (isForged(write.id()) || write.erased().stream().anyMatch(this::isForged)) {
                return notOurs();
            }
            tally.count(write);
        }
        if (!fits(tally.postings, tally.bytes)) {
            return tooMuch();
        }
        if (ledger.beyondGaps() + tally.unknown.size() > Limits.BLACKBOARD_APART) {
            return limit("more than " + Limits.BLACKBOARD_APART + " writes that follow on missing ones");
        }
        return writersBeyond(tally.newWriters);
    }

    /** They are only held, and have a bound there; what comes of them is judged with the state that names them. */
    @Override
    public BlackboardRefused postings(BlackboardMessage.Postings message) {
        return message.writes().stream().anyMatch(write -> isForged(write.id())) ? notOurs() : null;
    }

    private boolean fits(long morePostings, long moreBytes) {
        Standing standing = ledger.standing();
        boolean tooMany =
                morePostings > 0 && standing.count() + morePostings > (long) TOGETHER * Limits.BLACKBOARD_POSTINGS;
        boolean tooLarge = moreBytes > 0 && standing.bytes() + moreBytes > (long) TOGETHER * Limits.BLACKBOARD_BYTES;
        return !tooMany && !tooLarge;
    }

    private static BlackboardRefused tooMuch() {
        return limit("more than " + TOGETHER + " times " + Limits.BLACKBOARD_POSTINGS + " entries and members or "
                + (Limits.BLACKBOARD_BYTES >> 20) + " MiB");
    }

    /** What a message would add. */
    private final class Tally {
        private int postings;
        private long bytes;
        private final Set<EventId> unknown = new HashSet<>();
        private final Set<ReplicaId> newWriters = new HashSet<>();

        void count(BlackboardWrite write) {
            boolean fresh = note(write.id());
            if (fresh && write.posting() != null && !ledger.isErasedUnseen(write.id())) {
                postings++;
                bytes += Standing.bytes(write.posting());
            }
            for (EventId erased : write.erased()) {
                note(erased);
                Posted gone = ledger.standing().get(erased);
                if (gone != null) {
                    postings--;
                    bytes -= Standing.bytes(gone.posting());
                }
            }
        }

        private boolean note(EventId id) {
            if (!ledger.known().isWriter(id.replica())) {
                newWriters.add(id.replica());
            }
            return !ledger.known().contains(id) && unknown.add(id);
        }
    }

    @Override
    public BlackboardRefused state(BlackboardMessage.State message) {
        if (self != null && message.vector().nextSeq(self) > ledger.known().nextSeq(self)) {
            return notOurs();
        }
        List<EventId> beyond = new ArrayList<>(message.apart());
        beyond.addAll(message.erasedUnseen());
        if (beyond.stream().anyMatch(this::isForged)) {
            return notOurs();
        }
        if (ledger.beyondGaps() + beyond.size() > Limits.BLACKBOARD_APART) {
            return limit("more than " + Limits.BLACKBOARD_APART + " writes that follow on missing ones");
        }
        Set<ReplicaId> newWriters = new HashSet<>(message.vector().nextSeqs().keySet());
        beyond.forEach(id -> newWriters.add(id.replica()));
        newWriters.removeIf(ledger.known()::isWriter);
        return fits(message) ? writersBeyond(newWriters) : tooMuch();
    }

    private boolean fits(BlackboardMessage.State message) {
        List<EventId> come = ledger.comeBy(message);
        List<EventId> gone = come.isEmpty() ? List.of() : ledger.goneBy(message);
        long bytes = 0;
        for (EventId id : come) {
            bytes += Standing.bytes(ledger.held().get(id));
        }
        for (EventId id : gone) {
            bytes -= Standing.bytes(ledger.standing().get(id).posting());
        }
        return fits((long) come.size() - gone.size(), bytes);
    }

    private boolean isForged(EventId id) {
        return id.replica().equals(self) && id.seq() >= ledger.known().nextSeq(self);
    }

    private BlackboardRefused writersBeyond(Set<ReplicaId> newWriters) {
        boolean fits =
                newWriters.isEmpty() || ledger.known().writers() + newWriters.size() <= Limits.BLACKBOARD_WRITERS;
        return fits ? null : limit("writes of more than " + Limits.BLACKBOARD_WRITERS + " runs");
    }

    private static BlackboardRefused limit(String what) {
        return new BlackboardRefused(
                Reason.LIMIT,
                "A peer's blackboard has " + what
                        + ", so what it sent was not taken in. Delete there what is not needed" + " any more.");
    }

    private static BlackboardRefused notOurs() {
        return new BlackboardRefused(
                Reason.NOT_OURS,
                "A peer knows of writes that this run never made, so what it sent was not taken in. If this workspace was"
                        + " copied from another machine, start its sidecar again.");
    }
}

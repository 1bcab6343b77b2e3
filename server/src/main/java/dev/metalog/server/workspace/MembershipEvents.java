package dev.metalog.server.workspace;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.protocol.codec.MembershipCodec;
import dev.metalog.protocol.membership.MembershipRecord;
import dev.metalog.server.membership.Accepted;
import dev.metalog.server.membership.LeaveRequest;
import dev.metalog.server.membership.MembershipLog;
import dev.metalog.server.membership.Refusal;
import dev.metalog.server.sync.Replicated;
import dev.metalog.server.sync.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The records of a workspace's membership as peers exchange them: a chunk is a record. Each stands in the vector as a writer of
 * its own that has written one event, named after the record's hash, so that two owners' machines that each signed another
 * one find out and end with the same.
 */
final class MembershipEvents implements Replicated {
    private static final int NAME_BYTES = 10;
    private static final int RECORD_BYTES = 64;

    /** Who is told what else comes of it. */
    interface Listener {
        /** A change that the owner signed, and that another one took the place of. */
        void lost(MembershipRecord record);

        /** A member wants to leave. */
        void leaves(PeerId peer);
    }

    private final MembershipLog log;
    private final Listener listener;

    MembershipEvents(MembershipLog log, Listener listener) {
        this.log = log;
        this.listener = listener;
    }

    @Override
    public Digest frontier() {
        return log.head();
    }

    @Override
    public Digest content() {
        return log.head();
    }

    @Override
    public VersionVector vector() {
        SortedMap<ReplicaId, Integer> known = new TreeMap<>();
        log.digests().forEach(digest -> known.put(nameOf(digest), 1));
        return new VersionVector(known);
    }

    @Override
    public boolean has(EventId event) {
        return event.seq() == 0
                && log.digests().stream().anyMatch(digest -> nameOf(digest).equals(event.replica()));
    }

    private static ReplicaId nameOf(Digest digest) {
        return ReplicaId.fromRandom(Arrays.copyOf(digest.bytes(), NAME_BYTES));
    }

    @Override
    public Slice since(VersionVector vector, int aboutBytes) {
        List<Chunk> chunks = new ArrayList<>();
        long bytes = 0;
        for (int number = 0; number < log.next(); number++) {
            if (vector.nextSeq(nameOf(log.digest(number))) > 0) {
                continue;
            }
            if (bytes >= aboutBytes) {
                return new Slice(chunks, true);
            }
            byte[] record = log.records(number, 1).get(0);
            chunks.add(new Chunk(record));
            bytes += record.length + RECORD_BYTES;
        }
        return new Slice(chunks, false);
    }

    @Override
    public Verdict admit(Chunk chunk) {
        Optional<PeerId> leaving = LeaveRequest.read(log, chunk.bytes());
        if (leaving.isPresent()) {
            // Nothing is kept of it: it counts once the owner has made a record of it.
            listener.leaves(leaving.get());
            return Verdict.KNOWN;
        }
        return log.accept(chunk.bytes()).dispatch(new Accepted.Handler<>() {
            @Override
            public Verdict added(Accepted.Added accepted) {
                return Verdict.ADDED;
            }

            @Override
            public Verdict switched(Accepted.Switched accepted) {
                accepted.lost().forEach(listener::lost);
                return Verdict.ADDED;
            }

            @Override
            public Verdict known(Accepted.Known accepted) {
                return Verdict.KNOWN;
            }

            @Override
            public Verdict outdone(Accepted.Outdone accepted) {
                listener.lost(accepted.lost());
                return Verdict.KNOWN;
            }

            @Override
            public Verdict gap(Accepted.Gap accepted) {
                return waits(chunk);
            }

            @Override
            public Verdict refused(Accepted.Refused accepted) {
                String why = "It is no record of this workspace's members: " + accepted.why();
                boolean madeUp = accepted.why() == Refusal.NOT_THE_OWNERS;
                return Verdict.unproved(why, sender -> madeUp);
            }
        });
    }

    private static Verdict waits(Chunk chunk) {
        try {
            Digest previous = MembershipCodec.decode(chunk.bytes()).record().previous();
            return Verdict.waits(new EventId(nameOf(previous), 0));
        } catch (MalformedMessageException e) {
            return Verdict.refused(e.getMessage());
        }
    }
}

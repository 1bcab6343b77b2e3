package dev.metalog.server.peers;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** The same as {@link PeerBook}, as plainly as can be: it keeps all that ever happened, and counts when asked. No bounds. */
final class PlainPeerBook {
    enum Kind {
        HEARD,
        ANNOUNCED,
        LEFT,
        /** The sidecar started again: what was observed before decides no status any more. */
        RESTART,
        SYNCED,
        ASKED,
        ANSWERED,
        UNANSWERED,
        RECEIVED,
        SENT,
        FAILED,
        DROPPED,
        BLOCKED,
        UNBLOCKED
    }

    record Happened(Kind kind, PeerId peer, DocumentId about, int bytes, String why, Moment at) {}

    private final List<Happened> all = new ArrayList<>();

    /** What happens to who is blocked does not count, except that it was dropped; nor what is not heard of anybody. */
    void happened(Happened happened) {
        boolean counts = happened.kind() == Kind.BLOCKED
                || happened.kind() == Kind.RESTART
                || happened.kind() == Kind.UNBLOCKED
                || happened.kind() == Kind.DROPPED;
        if (counts || !isBlocked(happened.peer())) {
            all.add(happened);
        }
    }

    boolean isBlocked(PeerId peer) {
        Happened last = last(peer, one -> one.kind() == Kind.BLOCKED || one.kind() == Kind.UNBLOCKED);
        return last != null && last.kind() == Kind.BLOCKED;
    }

    PeerStatus status(PeerId peer, Moment now) {
        if (isBlocked(peer)) {
            return PeerStatus.BLOCKED;
        }
        long until = Long.MIN_VALUE;
        Kind outcome = null;
        for (Happened one : all) {
            if (!one.peer().equals(peer)) {
                continue;
            }
            boolean secondMiss = one.kind() == Kind.UNANSWERED && outcome == Kind.UNANSWERED;
            if (one.kind() == Kind.HEARD) {
                until = Math.max(until, one.at().millis() + PeerBook.SILENT_MILLIS);
            } else if (one.kind() == Kind.ANNOUNCED) {
                until = Math.max(until, one.at().millis() + PeerBook.UNANNOUNCED_MILLIS);
            } else if (one.kind() == Kind.LEFT
                    || one.kind() == Kind.RESTART
                    || one.kind() == Kind.BLOCKED
                    || secondMiss) {
                until = Long.MIN_VALUE;
            }
            boolean decides = one.kind() == Kind.ANSWERED || one.kind() == Kind.UNANSWERED;
            outcome = decides || one.kind() == Kind.RESTART ? one.kind() : outcome;
        }
        return until > now.millis() ? PeerStatus.ACTIVE : PeerStatus.INACTIVE;
    }

    /** What was seen of a peer about one thing, or altogether when that is {@code null}. */
    Dealings dealings(PeerId peer, DocumentId about) {
        Predicate<Happened> its = one -> one.peer().equals(peer) && (about == null || about.equals(one.about()));
        Happened heard = last(peer, its.and(one -> one.kind() == Kind.HEARD || one.kind() == Kind.ANNOUNCED));
        Happened failed = last(peer, its.and(one -> one.kind() == Kind.FAILED || one.kind() == Kind.UNANSWERED));
        Happened synced = last(peer, its.and(one -> one.kind() == Kind.SYNCED));
        return new Dealings(
                wall(heard),
                wall(synced),
                count(its, Kind.ASKED),
                count(its, Kind.ANSWERED),
                count(its, Kind.UNANSWERED),
                count(its, Kind.RECEIVED),
                bytes(its, Kind.RECEIVED),
                count(its, Kind.SENT),
                bytes(its, Kind.SENT),
                wall(failed),
                failed == null ? "" : failed.why());
    }

    long dropped(PeerId peer) {
        return count(one -> one.peer().equals(peer), Kind.DROPPED);
    }

    private long count(Predicate<Happened> which, Kind kind) {
        return all.stream().filter(which.and(one -> one.kind() == kind)).count();
    }

    private long bytes(Predicate<Happened> which, Kind kind) {
        return all.stream()
                .filter(which.and(one -> one.kind() == kind))
                .mapToLong(Happened::bytes)
                .sum();
    }

    private Happened last(PeerId peer, Predicate<Happened> which) {
        return all.stream()
                .filter(one -> Objects.equals(one.peer(), peer))
                .filter(which)
                .reduce((before, after) -> after)
                .orElse(null);
    }

    private static long wall(Happened happened) {
        return happened == null ? 0 : happened.at().wallMillis();
    }
}

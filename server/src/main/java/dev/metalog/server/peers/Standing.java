package dev.metalog.server.peers;

import dev.metalog.protocol.PeerId;

/**
 * One peer and where it stands.
 *
 * <pre>
 *               it was heard, or answered
 *          ┌──────────────────────────────────┐
 *          │                                  ▼
 *   ┌── INACTIVE ◀─────────────────────────  ACTIVE ──┐
 *   │      ▲     silent for its time, left,           │
 *   │      │     or did not answer twice in a row     │
 *   │      │                                          │
 *   │      └────── the person unblocks it ── BLOCKED ◀┤ the person blocks it
 *   └───────────────────────────────────────────▲─────┘
 * </pre>
 *
 * After a start nobody has been observed, so everybody who is not blocked is inactive.
 */
final class Standing {
    /** What makes a peer change its status. */
    enum Reason {
        HEARD,
        FELL_SILENT,
        LEFT,
        DOES_NOT_ANSWER,
        BLOCKED_BY_PERSON,
        UNBLOCKED_BY_PERSON
    }

    private final PeerId peer;
    private final Ledger ledger;
    private PeerStatus status;
    private long firstSeenMillis;
    private long blockedAtMillis;
    private long dropped;
    private boolean dropIsTold;
    private int unansweredInARow;
    private long silentAtMillis = Long.MAX_VALUE;

    Standing(PeerId peer) {
        this.peer = peer;
        this.ledger = new Ledger(Dealings.NONE);
        this.status = PeerStatus.INACTIVE;
    }

    Standing(PeerRecord kept) {
        this.peer = kept.peer();
        this.ledger = new Ledger(kept.dealings());
        this.status = kept.blockedAtMillis() > 0 ? PeerStatus.BLOCKED : PeerStatus.INACTIVE;
        this.firstSeenMillis = kept.firstSeenMillis();
        this.blockedAtMillis = kept.blockedAtMillis();
        this.dropped = kept.dropped();
    }

    PeerId peer() {
        return peer;
    }

    Ledger ledger() {
        return ledger;
    }

    PeerStatus status() {
        return status;
    }

    boolean isBlocked() {
        return status == PeerStatus.BLOCKED;
    }

    long firstSeenMillis() {
        return firstSeenMillis;
    }

    long blockedAtMillis() {
        return blockedAtMillis;
    }

    long dropped() {
        return dropped;
    }

    /** When it counts as silent unless it is heard before. */
    long silentAtMillis() {
        return silentAtMillis;
    }

    void heard(long forMillis, Moment now) {
        firstSeenMillis = firstSeenMillis == 0 ? now.wallMillis() : firstSeenMillis;
        ledger.heard(now.wallMillis());
        change(Reason.HEARD, now);
        long until = now.millis() + forMillis;
        silentAtMillis = silentAtMillis == Long.MAX_VALUE ? until : Math.max(silentAtMillis, until);
    }

    void answered() {
        unansweredInARow = 0;
        ledger.answered();
    }

    void unanswered(String why, Moment now) {
        unansweredInARow++;
        ledger.unanswered(why, now.wallMillis());
        if (unansweredInARow >= PeerBook.UNANSWERED_IN_A_ROW) {
            change(Reason.DOES_NOT_ANSWER, now);
        }
    }

    /** Returns whether this is the first since it was blocked or since the start, and so worth telling. */
    boolean drop() {
        dropped++;
        boolean first = !dropIsTold;
        dropIsTold = true;
        return first;
    }

    /** The one place where the status changes. Whatever the reason does not allow in a status leaves it as it is. */
    void change(Reason reason, Moment now) {
        PeerStatus next = next(reason);
        if (next == status) {
            return;
        }
        status = next;
        silentAtMillis = Long.MAX_VALUE;
        blockedAtMillis = next == PeerStatus.BLOCKED ? Math.max(1, now.wallMillis()) : 0;
        dropIsTold = false;
    }

    private PeerStatus next(Reason reason) {
        return switch (reason) {
            case HEARD -> status == PeerStatus.INACTIVE ? PeerStatus.ACTIVE : status;
            case FELL_SILENT, LEFT, DOES_NOT_ANSWER -> status == PeerStatus.ACTIVE ? PeerStatus.INACTIVE : status;
            case BLOCKED_BY_PERSON -> PeerStatus.BLOCKED;
            case UNBLOCKED_BY_PERSON -> status == PeerStatus.BLOCKED ? PeerStatus.INACTIVE : status;
        };
    }
}

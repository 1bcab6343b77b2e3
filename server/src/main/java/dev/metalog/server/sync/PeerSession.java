package dev.metalog.server.sync;

import dev.metalog.protocol.Digest;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.VersionVector;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the conversation with one speaker about one thing stands.
 *
 * <pre>
 *                  says our frontier
 *     ┌───────────────────────────────────────────────────┐
 *     ▼                                                   │
 *   EQUAL ── something changed, or it says another ─▶ DIFFERENT ◀── all it had more is here, ─┐
 *                                                         │                                  │
 *                              it has what we lack        │         or it was forgotten      │
 *                                                         ▼        a wish was sent           │
 *                             ┌── it says where it is ▶ AHEAD ◀────────────────────────▶ FETCHING
 *                             │                           ▲   its answer needs what others   │
 *                             │                           │   were asked for                 │
 *                           RESTING ◀─────────────────────┼── no answer, or an empty one ────┘
 *                             └── 2^n s are over, n ≤ 6 ──┘
 *
 *   FOREIGN: no version of the protocol in common; nothing is asked or answered until it says another hello
 * </pre>
 *
 * Each session has deadlines of its own, so a silent peer delays nobody else.
 */
final class PeerSession {
    /** See the picture. */
    enum State {
        DIFFERENT,
        EQUAL,
        AHEAD,
        FETCHING,
        RESTING,
        FOREIGN
    }

    /** What makes a session change its state. */
    enum Reason {
        SAID_OUR_FRONTIER,
        SAID_ANOTHER,
        CHANGED_HERE,
        HAS_MORE,
        SPOKE,
        WISH_SENT,
        NEEDS_WHAT_OTHERS_SEND,
        ALL_CAME,
        FORGOTTEN,
        UNANSWERED,
        RESTED,
        SPEAKS_ANOTHER_PROTOCOL,
        SPEAKS_OUR_PROTOCOL
    }

    /** How long an answer, or its next piece, may take. */
    static final long ANSWER_MILLIS = 8_000;
    /** Rests double from a second up to this. */
    static final long LONGEST_REST_MILLIS = 64_000;

    private final Speaker speaker;
    private State state = State.DIFFERENT;
    private long heardAtMillis;
    private long succeededAtMillis = Long.MAX_VALUE;
    private long dueMillis = Long.MAX_VALUE;
    private int unanswered;
    private int wish;
    private VersionVector wished = VersionVector.EMPTY;
    private boolean wishCountsOnOthers;
    private boolean progressed;
    private final SpeakerLimits limits;
    private Digest frontier;
    /** What it had when it said it, while that is more than is here. */
    private VersionVector vector;
    /** The frontier at which its content was other than ours. */
    private Digest alarmed;

    PeerSession(Speaker speaker, long nowMillis) {
        this.speaker = speaker;
        this.heardAtMillis = nowMillis;
        this.limits = new SpeakerLimits(nowMillis);
    }

    /** Whether this much is listened to. */
    boolean allows(PeerMessage message, long nowMillis) {
        return limits.allows(message, message instanceof PeerMessage.Part part && awaits(part.number()), nowMillis);
    }

    Speaker speaker() {
        return speaker;
    }

    State state() {
        return state;
    }

    boolean is(State asked) {
        return state == asked;
    }

    long heardAtMillis() {
        return heardAtMillis;
    }

    /** When something has to be done about it. */
    long dueMillis() {
        return dueMillis;
    }

    /** The frontier it named last, or {@code null}. */
    Digest frontier() {
        return frontier;
    }

    /** {@code null} when it is not known to have more than is here. */
    VersionVector vector() {
        return vector;
    }

    void heard(long nowMillis) {
        heardAtMillis = nowMillis;
        succeededAtMillis = Long.MAX_VALUE;
    }

    /** Another run of the same peer was heard the first time. */
    void succeeded(long nowMillis) {
        succeededAtMillis = Math.min(succeededAtMillis, nowMillis);
    }

    /** When that was, unless this run was heard since; or else never. */
    long succeededAtMillis() {
        return succeededAtMillis;
    }

    void told(Digest saidFrontier) {
        frontier = saidFrontier;
    }

    void hasMore(VersionVector saidVector) {
        vector = saidVector;
    }

    /** There is too much of what others have: it has to say it again. */
    void forgetWhatItHas() {
        vector = null;
        change(Reason.FORGOTTEN, heardAtMillis);
    }

    /** Numbers the next wish, for what is not in this, and begins to count what comes for it. */
    int nextWish(VersionVector without, boolean countsOnOthers) {
        progressed = false;
        limits.asked();
        wished = vector == null ? VersionVector.EMPTY : ofIts(without);
        wishCountsOnOthers = countsOnOthers;
        wish = wish == Integer.MAX_VALUE ? 1 : wish + 1;
        return wish;
    }

    /** Only what it has matters later, and all of it may be long. */
    private VersionVector ofIts(VersionVector without) {
        SortedMap<ReplicaId, Integer> its = new TreeMap<>();
        vector.nextSeqs().keySet().forEach(replica -> {
            if (without.nextSeq(replica) > 0) {
                its.put(replica, without.nextSeq(replica));
            }
        });
        return new VersionVector(its);
    }

    /** What the last wish left out of what it has. */
    VersionVector wished() {
        return wished;
    }

    /** Whether the last wish left out what others were asked for. */
    boolean wishCountsOnOthers() {
        return wishCountsOnOthers;
    }

    /** Whether it left no wish unanswered lately, so that others need not be asked for the same. */
    boolean isReliable() {
        return unanswered == 0;
    }

    boolean awaits(int number) {
        return state == State.FETCHING && wish == number;
    }

    /** A piece of the awaited answer came. */
    void answers(boolean broughtSomething, long nowMillis) {
        progressed |= broughtSomething;
        dueMillis = nowMillis + ANSWER_MILLIS;
    }

    /** Whether a wish is under way, or is going to be. */
    boolean isBusy() {
        return state == State.AHEAD || state == State.FETCHING || state == State.RESTING;
    }

    /** Whether an alarm about this frontier was not raised yet. */
    boolean isNewAlarm(Digest about) {
        boolean isNew = !about.equals(alarmed);
        alarmed = about;
        return isNew;
    }

    boolean isAlarmed() {
        return alarmed != null;
    }

    /** Its content was found to be ours. Returns whether it was other before. */
    boolean endAlarm() {
        boolean was = alarmed != null;
        alarmed = null;
        return was;
    }

    /** Whether the last wish brought something new. */
    boolean progressed() {
        return progressed;
    }

    /** Puts off what is due. */
    void waitUntil(long millis) {
        dueMillis = millis;
    }

    /** The one place where the state changes. Whatever the reason does not allow in a state leaves it as it is. */
    void change(Reason reason, long nowMillis) {
        State next = next(reason);
        switch (reason) {
            case ALL_CAME, SAID_OUR_FRONTIER -> {
                unanswered = 0;
                vector = null;
            }
            case UNANSWERED -> unanswered++;
            default -> {
                // Nothing to count.
            }
        }
        if (next == state && reason != Reason.WISH_SENT) {
            return;
        }
        state = next;
        dueMillis = switch (next) {
            case DIFFERENT, EQUAL, FOREIGN -> Long.MAX_VALUE;
            case AHEAD -> reason == Reason.NEEDS_WHAT_OTHERS_SEND ? nowMillis + ANSWER_MILLIS : nowMillis;
            case FETCHING -> nowMillis + ANSWER_MILLIS;
            case RESTING -> nowMillis + restMillis();
        };
    }

    private State next(Reason reason) {
        return switch (reason) {
            case SAID_OUR_FRONTIER -> state == State.FOREIGN ? state : State.EQUAL;
            case SAID_ANOTHER, CHANGED_HERE -> state == State.EQUAL ? State.DIFFERENT : state;
            case HAS_MORE -> state == State.FETCHING || state == State.FOREIGN ? state : State.AHEAD;
            case SPOKE, RESTED -> state == State.RESTING ? State.AHEAD : state;
            case NEEDS_WHAT_OTHERS_SEND -> state == State.FETCHING ? State.AHEAD : state;
            case WISH_SENT -> isBusy() ? State.FETCHING : state;
            case ALL_CAME, FORGOTTEN -> isBusy() ? State.DIFFERENT : state;
            case UNANSWERED -> state == State.FETCHING ? State.RESTING : state;
            case SPEAKS_ANOTHER_PROTOCOL -> State.FOREIGN;
            case SPEAKS_OUR_PROTOCOL -> state == State.FOREIGN ? State.DIFFERENT : state;
        };
    }

    private long restMillis() {
        int doublings = Math.min(unanswered - 1, 6);
        return Math.min(LONGEST_REST_MILLIS, 1_000L << doublings);
    }
}

package dev.metalog.server.sync;

import dev.metalog.protocol.Digest;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.PeerMessage;

/**
 * When to say what we have. Among many who could, one shall: each waits a moment of chance, and stays silent when
 * another has said no less meanwhile.
 */
final class Haves {
    /** The longest moment is so much for each peer, … */
    static final long MOMENT_MILLIS_A_PEER = 25;
    /** … up to this. */
    static final long LONGEST_MOMENT_MILLIS = 1_000;
    /** At most one in this time: vectors may be long. */
    static final long SPACING_MILLIS = 200;
    /** Whoever has less than we have was told already, if what we have was said so lately. */
    static final long SAID_LATELY_MILLIS = 10_000;

    private final Jitter jitter;
    private long dueMillis = Long.MAX_VALUE;
    private long saidAtMillis = Long.MIN_VALUE / 2;
    private Digest saidFrontier;

    Haves(Jitter jitter) {
        this.jitter = jitter;
    }

    long dueMillis() {
        return dueMillis;
    }

    boolean isDue(long nowMillis) {
        return dueMillis <= nowMillis;
    }

    /** Somebody is somewhere else. */
    void answerHello(int peers, long nowMillis) {
        long moment = Math.min(LONGEST_MOMENT_MILLIS, MOMENT_MILLIS_A_PEER * peers);
        long at = peers <= 1 ? nowMillis : nowMillis + jitter.below(moment);
        dueMillis = Math.min(dueMillis, Math.max(at, saidAtMillis + SPACING_MILLIS));
    }

    /** Somebody has less; not to be told twice, as that would be answered and go on for ever. */
    void answerHave(Digest frontier, int peers, long nowMillis) {
        if (!frontier.equals(saidFrontier) || nowMillis - saidAtMillis >= SAID_LATELY_MILLIS) {
            answerHello(peers, nowMillis);
        }
    }

    /** Another has at least all that we have, and said so. */
    void saidByAnother(Digest frontier, long nowMillis) {
        dueMillis = Long.MAX_VALUE;
        saidFrontier = frontier;
        saidAtMillis = nowMillis;
    }

    PeerMessage say(Replicated mine, long nowMillis) {
        saidByAnother(mine.frontier(), nowMillis);
        return new PeerMessage.Have(mine.frontier(), mine.vector(), Extras.NONE);
    }
}

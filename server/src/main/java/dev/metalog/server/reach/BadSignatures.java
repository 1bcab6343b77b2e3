package dev.metalog.server.reach;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps count of what came over direct links and that nobody can have signed. A link proves who is at its other end, and whoever
 * keeps to the rules passes on only what it has checked, so such a thing is the other end's own doing. (What comes through a broker
 * proves nothing: there any member can speak in another's name.) A peer that sends more than {@value
 * Limits#BAD_SIGNATURES_PER_MINUTE} within a minute gets no link for {@value Limits#BAN_MILLIS} ms.
 *
 * <p>Overflow rule: of more than {@value #MOST} peers the one that was counted longest ago is forgotten, and its ban with it.
 */
public final class BadSignatures {
    static final int MOST = 256;
    private static final long MINUTE_MILLIS = 60_000;

    /** One peer's. */
    private static final class Tally {
        /** When the last ones came, as many as may come in a minute. */
        final Deque<Long> lastMillis = new ArrayDeque<>();

        long bannedUntilMillis = Long.MIN_VALUE;
    }

    private final Map<PeerId, Tally> tallies = new LinkedHashMap<>(16, 0.75f, true);

    /** One more came of this peer; whether it was one too many just now. */
    public boolean count(PeerId peer, long nowMillis) {
        Tally tally = tallies.computeIfAbsent(peer, none -> new Tally());
        if (tallies.size() > MOST) {
            tallies.remove(tallies.keySet().iterator().next());
        }
        if (nowMillis < tally.bannedUntilMillis) {
            return false;
        }
        Deque<Long> last = tally.lastMillis;
        last.addLast(nowMillis);
        if (last.size() <= Limits.BAD_SIGNATURES_PER_MINUTE) {
            return false;
        }
        if (nowMillis - last.removeFirst() >= MINUTE_MILLIS) {
            return false;
        }
        last.clear();
        tally.bannedUntilMillis = nowMillis + Limits.BAN_MILLIS;
        return true;
    }

    /** For how long yet a peer gets no link; 0 if it may have one. */
    public long bannedForMillis(PeerId peer, long nowMillis) {
        Tally tally = tallies.get(peer);
        return tally == null || nowMillis >= tally.bannedUntilMillis ? 0 : tally.bannedUntilMillis - nowMillis;
    }
}

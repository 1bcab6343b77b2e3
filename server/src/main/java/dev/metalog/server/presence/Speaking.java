package dev.metalog.server.presence;

import dev.metalog.protocol.Attention;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Version;

/**
 * What we say of ourselves in one document, and when:
 *
 * <pre>
 *             something to say                 taken over, or never will be
 *   SILENT ──────────────────────▶ UNDER WAY ───────────────────────────────▶ SILENT
 *      ▲  at once, but not within      │  the newest waits
 *      └── 50 ms of the last ──────────┘
 * </pre>
 *
 * One message at most is under way, so a link that is slow or full carries text instead; one of which nothing is heard for
 * {@value #AGAIN_MILLIS} ms counts as lost. Whoever has the document in front
 * says so again every {@value #AGAIN_MILLIS} ms.
 */
public final class Speaking {
    public static final long AGAIN_MILLIS = 10_000;
    static final long GAP_MILLIS = 1_000 / Limits.PRESENCE_A_SECOND;
    private static final long NOTHING = -1;

    private long number;
    private Attention said = Attention.GONE;
    private String saidName = "";
    private long saidAtMillis = Long.MIN_VALUE / 2;
    private long underWay = NOTHING;
    private boolean due;
    private boolean wished;

    /**
     * What is to be said now, or {@code null}.
     *
     * @param attention how the person attends now
     * @param moved whether its carets are elsewhere than who heard the last message takes them to be
     */
    public PeerMessage.Presence next(
            Attention attention, String name, boolean moved, Version version, Carets carets, long nowMillis) {
        due = attention != said || (attention != Attention.GONE && (moved || !name.equals(saidName)));
        due |= attention != Attention.GONE && wished;
        boolean isOld = nowMillis >= saidAtMillis + AGAIN_MILLIS;
        boolean waits = underWay != NOTHING && !isOld;
        if ((!due && !(isOld && isSaidAgain())) || waits || nowMillis < saidAtMillis + GAP_MILLIS) {
            return null;
        }
        due = false;
        wished = false;
        said = attention;
        saidName = name;
        saidAtMillis = nowMillis;
        number++;
        boolean fits = version.events().size() <= Limits.PRESENCE_HEADS
                && carets.all().size() <= Limits.PRESENCE_CARETS
                && attention != Attention.GONE;
        return new PeerMessage.Presence(
                number,
                attention,
                name,
                fits ? version : Version.ROOT,
                fits ? carets.all() : Carets.NONE.all(),
                Extras.NONE);
    }

    private boolean isSaidAgain() {
        return said == Attention.IN_FRONT || said == Attention.IDLE;
    }

    /** What is to be said before nothing more can be, or {@code null} when nobody takes us to be here. */
    public PeerMessage.Presence farewell() {
        if (said == Attention.GONE) {
            return null;
        }
        said = Attention.GONE;
        number++;
        return new PeerMessage.Presence(number, said, "", Version.ROOT, Carets.NONE.all(), Extras.NONE);
    }

    /** The last message left under this name. */
    public void sent(long token) {
        underWay = token;
    }

    /** Returns whether that was ours. */
    public boolean settled(long token) {
        boolean was = token == underWay;
        underWay = was ? NOTHING : underWay;
        return was;
    }

    /** Somebody has come who has not heard it yet. */
    public void again() {
        wished = true;
    }

    /** What was under way may never be heard of again, and who comes has heard nothing. */
    public void anew() {
        underWay = NOTHING;
        said = Attention.GONE;
    }

    /** When {@link #next} is to be asked again, whatever happens. */
    public long wakeAtMillis() {
        long again = due || isSaidAgain() ? saidAtMillis + AGAIN_MILLIS : Long.MAX_VALUE;
        return due && underWay == NOTHING ? saidAtMillis + GAP_MILLIS : again;
    }
}

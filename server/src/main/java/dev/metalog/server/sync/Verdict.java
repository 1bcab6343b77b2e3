package dev.metalog.server.sync;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.PeerId;
import java.util.function.Predicate;

/**
 * What became of a chunk that was offered.
 *
 * @param waitsFor what it lacks; only of one that {@link Kind#WAITS}
 * @param explanation why it was refused; only of one that was {@link Kind#REFUSED}
 * @param madeUpBy whether it is refused as no signature proves it, and that is the doing of the peer that sent it: nobody who
 *     checks what they pass on can have sent it
 */
public record Verdict(Kind kind, EventId waitsFor, String explanation, Predicate<PeerId> madeUpBy) {
    /** The four things that can happen. */
    public enum Kind {
        /** Something in it was new. */
        ADDED,
        /** All of it was here. */
        KNOWN,
        /** It follows on something that is not here; nothing changed. */
        WAITS,
        /** It can never be taken in; nothing changed. */
        REFUSED
    }

    public static final Verdict ADDED = new Verdict(Kind.ADDED, null, null, Verdict::isNobodys);
    public static final Verdict KNOWN = new Verdict(Kind.KNOWN, null, null, Verdict::isNobodys);

    public static Verdict waits(EventId waitsFor) {
        return new Verdict(Kind.WAITS, waitsFor, null, Verdict::isNobodys);
    }

    public static Verdict refused(String explanation) {
        return new Verdict(Kind.REFUSED, null, explanation, Verdict::isNobodys);
    }

    /** Refused, as no signature proves it. */
    public static Verdict unproved(String explanation, Predicate<PeerId> madeUpBy) {
        return new Verdict(Kind.REFUSED, null, explanation, madeUpBy);
    }

    private static boolean isNobodys(PeerId sender) {
        return false;
    }
}

package dev.metalog.server.sync;

import dev.metalog.protocol.EventId;

/**
 * What became of a chunk that was offered.
 *
 * @param waitsFor what it lacks; only of one that {@link Kind#WAITS}
 * @param explanation why it was refused; only of one that was {@link Kind#REFUSED}
 */
public record Verdict(Kind kind, EventId waitsFor, String explanation) {
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

    public static final Verdict ADDED = new Verdict(Kind.ADDED, null, null);
    public static final Verdict KNOWN = new Verdict(Kind.KNOWN, null, null);

    public static Verdict waits(EventId waitsFor) {
        return new Verdict(Kind.WAITS, waitsFor, null);
    }

    public static Verdict refused(String explanation) {
        return new Verdict(Kind.REFUSED, null, explanation);
    }
}

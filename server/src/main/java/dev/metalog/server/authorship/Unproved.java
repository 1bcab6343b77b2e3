package dev.metalog.server.authorship;

import dev.metalog.protocol.PeerId;
import java.util.function.Predicate;

/**
 * Why events cannot be taken in.
 *
 * @param madeUpBy whether that is the doing of the peer that sent them, and not of somebody who deceived it too
 */
public record Unproved(String why, Predicate<PeerId> madeUpBy) {
    /** Whoever heard of something that we did not, or was shown another history, may have sent it in good faith. */
    static Unproved inGoodFaith(String why) {
        return new Unproved(why, sender -> false);
    }

    /** Whoever checks what they pass on has refused it, whatever else they know. */
    static Unproved madeUp(String why) {
        return new Unproved(why, sender -> true);
    }

    /** The same, but for those who were shown another history of this writer: they can have it in good faith. */
    static Unproved bad(String why, PeerId writer) {
        return new Unproved(why, writer::equals);
    }

    Unproved about(String whose) {
        return new Unproved(whose + " cannot have written this: " + why, madeUpBy);
    }
}

package dev.metalog.server.sync;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerMessage;

/**
 * How much of one speaker is listened to. A relay does not prove whose words it carries: any member can speak under the name
 * of another. So nobody is shut out for what was said in their name. What is too much is dropped, and what is lost by that is
 * asked for and comes back with an answer; answers do not count up to what one can be long, as nobody gets those unasked.
 *
 * <p>Overflow rule: talk (where somebody is, what they have or want) and what is pushed (events, and answers that nobody asked for)
 * are counted apart, so that a flood of the one leaves the other; of each, what is beyond the allowance is dropped unread.
 */
final class SpeakerLimits {
    /** What one answer may be long: what is asked for at once, and the last chunk with which it gets there. */
    static final int ANSWER_BYTES = Conversation.ANSWER_BYTES + 2 * Limits.CHUNK_BYTES;

    private final Allowance talk;
    private final Allowance pushes;
    private final Allowance pushedBytes;
    private int answeredBytes;

    SpeakerLimits(long nowMillis) {
        talk = new Allowance(Limits.SPEAKER_TALK_PER_SECOND, Limits.SPEAKER_TALK_AT_ONCE, nowMillis);
        pushes = new Allowance(Limits.SPEAKER_BATCHES_PER_SECOND, Limits.SPEAKER_BATCHES_AT_ONCE, nowMillis);
        pushedBytes = new Allowance(Limits.SPEAKER_BYTES_PER_SECOND, Limits.SPEAKER_BYTES_AT_ONCE, nowMillis);
    }

    /** Something was asked for: an answer may come. */
    void asked() {
        answeredBytes = 0;
    }

    /** @param isAwaited whether it is a part of what was asked for */
    boolean allows(PeerMessage message, boolean isAwaited, long nowMillis) {
        if (message instanceof PeerMessage.Events events) {
            return push(events.chunk().length(), nowMillis);
        }
        if (message instanceof PeerMessage.Part part) {
            int bytes = part.chunk().length();
            if (isAwaited && answeredBytes + (long) bytes <= ANSWER_BYTES) {
                answeredBytes += bytes;
                return true;
            }
            return push(bytes, nowMillis);
        }
        return talk.take(1, nowMillis);
    }

    private boolean push(int bytes, long nowMillis) {
        return pushes.take(1, nowMillis) && pushedBytes.take(bytes, nowMillis);
    }
}

package dev.metalog.server.identity;

import dev.metalog.protocol.Speaker;

/** What became of an envelope that was received. */
public sealed interface Opened {
    /**
     * It was sealed by a holder of the share's secret, and not seen before.
     *
     * @param sender whom the envelope names, and which run of it. Holders of the secret can name each other here: the secret proves
     *     membership, not authorship
     * @param bytes the message
     */
    @SuppressWarnings("ArrayRecordComponent") // a record only as a carrier: never compared, never a key
    record Message(Speaker sender, byte[] bytes) implements Opened {}

    /** Our own envelope, which the broker brings back to us. */
    record Echo() implements Opened {}

    /** It is not an envelope of this version: too short, another first byte, an impossible length. */
    record NotOurs() implements Opened {}

    /** It was changed, sealed under another secret, or sealed for another topic. */
    record Forged() implements Opened {}

    /** It was opened before. */
    record Replay() implements Opened {}

    /** It is larger than {@link Envelopes#MAX_ENVELOPE_BYTES}; it was not looked into. */
    record TooLarge() implements Opened {}

    /** One method for each outcome. */
    interface Handler<T> {
        T message(Message outcome);

        T echo(Echo outcome);

        T notOurs(NotOurs outcome);

        T forged(Forged outcome);

        T replay(Replay outcome);

        T tooLarge(TooLarge outcome);
    }

    default <T> T dispatch(Handler<T> handler) {
        if (this instanceof Message message) {
            return handler.message(message);
        }
        if (this instanceof Echo echo) {
            return handler.echo(echo);
        }
        if (this instanceof NotOurs notOurs) {
            return handler.notOurs(notOurs);
        }
        if (this instanceof Forged forged) {
            return handler.forged(forged);
        }
        if (this instanceof Replay replay) {
            return handler.replay(replay);
        }
        return handler.tooLarge((TooLarge) this);
    }
}

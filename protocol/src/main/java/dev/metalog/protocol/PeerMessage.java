package dev.metalog.protocol;

/** What peers say to each other about one document; the inside of an envelope. */
public sealed interface PeerMessage {
    /**
     * "This is what I have."
     *
     * @param asks whether an answer is wanted even from those who have the same
     */
    record Hello(VersionVector vector, boolean asks) implements PeerMessage {}

    /** "This happened." */
    record Events(Bundle bundle) implements PeerMessage {}

    /** One method for each kind. */
    interface Handler<T> {
        T hello(Hello message);

        T events(Events message);
    }

    default <T> T dispatch(Handler<T> handler) {
        if (this instanceof Hello hello) {
            return handler.hello(hello);
        }
        return handler.events((Events) this);
    }
}

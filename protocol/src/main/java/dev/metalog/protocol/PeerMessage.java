package dev.metalog.protocol;

import java.util.Arrays;
import java.util.List;

/**
 * What peers say to each other about one thing they share; the inside of an envelope. How a conversation goes stands in
 * docs/protocol-peers.md.
 */
public sealed interface PeerMessage {
    /**
     * "This is where I am."
     *
     * @param range the protocol versions that the sender speaks
     * @param frontier names the version it has: equal frontiers are equal events
     * @param content of what that version amounts to: at equal frontiers a different one is an alarm
     * @param asks whether those who are at the same frontier are asked to say so
     */
    record Hello(ProtocolRange range, Digest frontier, Digest content, boolean asks, Extras extras)
            implements PeerMessage {}

    /** "This happened just now." */
    record Events(Chunk chunk) implements PeerMessage {}

    /** "This is what I have", said where somebody has something else. */
    record Have(Digest frontier, VersionVector vector, Extras extras) implements PeerMessage {}

    /**
     * "Send me what I have not", to one speaker.
     *
     * @param number comes back with the answer; 1 or more
     * @param vector what the asker has, or expects from others
     */
    record Want(int number, VersionVector vector, Extras extras) implements PeerMessage {}

    /**
     * A piece of the answer to a {@link Want}, to the asker.
     *
     * @param last whether the answer ends here
     * @param more whether there is more than this answer has; to be asked for again. Only with {@code last}
     * @param chunk empty only with {@code last}
     */
    record Part(int number, boolean last, boolean more, Chunk chunk) implements PeerMessage {
        public Part {
            if (number < 1 || (more && !last) || (chunk.length() == 0 && !last)) {
                throw new IllegalArgumentException("No part of an answer is like this.");
            }
        }
    }

    /**
     * "This is where I can be reached without a broker", to one speaker. Whoever does not know this kind misses a faster way
     * and nothing else.
     *
     * @param statement signed by the device that listens there; checked by whom it is for
     */
    @SuppressWarnings("ArrayRecordComponent") // equal by content
    record Reachable(byte[] statement) implements PeerMessage {
        /** The longest statement. */
        public static final int MOST_BYTES = 512;

        public Reachable {
            if (statement.length == 0 || statement.length > MOST_BYTES) {
                throw new IllegalArgumentException("Where somebody is takes 1 to " + MOST_BYTES + " bytes.");
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Reachable that && Arrays.equals(statement, that.statement);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(statement);
        }
    }

    /**
     * "I hear these", to all. Whoever does not know this kind misses nothing that is shared.
     *
     * @param peers of those who share this; ascending
     */
    record Hears(List<PeerId> peers) implements PeerMessage {
        public Hears {
            peers = List.copyOf(peers);
            if (peers.size() > Limits.HEARD_PEERS) {
                throw new IllegalArgumentException("Nobody says to hear more than " + Limits.HEARD_PEERS + " peers.");
            }
            for (int i = 1; i < peers.size(); i++) {
                if (peers.get(i - 1).compareTo(peers.get(i)) >= 0) {
                    throw new IllegalArgumentException("The peers do not stand in the order of their ids.");
                }
            }
        }
    }

    /**
     * "Send this back the way it came", to one speaker, and that.
     *
     * @param number of whoever asked; 0 or more
     */
    record Probe(long number, boolean isAnswer) implements PeerMessage {
        public Probe {
            if (number < 0) {
                throw new IllegalArgumentException("A probe's number is not negative.");
            }
        }
    }

    /**
     * "This is where I look", to all. Whoever does not know this kind misses nothing of the text. It is never kept.
     *
     * @param number the newest of a speaker's counts; 1 or more
     * @param name what the person is called, or empty
     * @param version the one whose text the carets count in
     * @param carets that of the person first; none with {@link Attention#GONE}
     */
    record Presence(long number, Attention attention, String name, Version version, List<Caret> carets, Extras extras)
            implements PeerMessage {
        public Presence {
            carets = List.copyOf(carets);
            if (number < 1
                    || carets.size() > Limits.PRESENCE_CARETS
                    || version.events().size() > Limits.PRESENCE_HEADS
                    || (attention == Attention.GONE && !carets.isEmpty())) {
                throw new IllegalArgumentException("Nobody's presence is like this.");
            }
        }
    }

    /**
     * "This is what writers signed, as I have it": said when something does not fit, for others to compare.
     *
     * @param writers in the order of their names
     */
    record Testimonies(List<Testimony> writers) implements PeerMessage {
        public Testimonies {
            writers = List.copyOf(writers);
            if (writers.isEmpty() || writers.size() > Testimony.MOST_IN_A_MESSAGE) {
                throw new IllegalArgumentException(
                        "One message tells what 1 to " + Testimony.MOST_IN_A_MESSAGE + " writers signed.");
            }
            for (int i = 1; i < writers.size(); i++) {
                if (writers.get(i - 1).writer().compareTo(writers.get(i).writer()) >= 0) {
                    throw new IllegalArgumentException("The writers do not stand in the order of their names.");
                }
            }
        }
    }

    /**
     * "This device signed two histories": checked by whom it is for.
     *
     * @param asks whether the one who hears it is asked to say it too, so that it need not be said again
     */
    record Contradiction(boolean asks, Equivocation proof) implements PeerMessage {}

    /** A kind of message that a newer sidecar sends and that may be missed without harm. */
    record Unknown(int kind) implements PeerMessage {}

    /** One method for each kind. */
    interface Handler<T> {
        T hello(Hello message);

        T events(Events message);

        T have(Have message);

        T want(Want message);

        T part(Part message);

        T reachable(Reachable message);

        T testimonies(Testimonies message);

        T contradiction(Contradiction message);

        T probe(Probe message);

        T hears(Hears message);

        T presence(Presence message);

        T unknown(Unknown message);
    }

    default <T> T dispatch(Handler<T> handler) {
        if (this instanceof Hello hello) {
            return handler.hello(hello);
        }
        if (this instanceof Events events) {
            return handler.events(events);
        }
        if (this instanceof Have have) {
            return handler.have(have);
        }
        if (this instanceof Want want) {
            return handler.want(want);
        }
        if (this instanceof Part part) {
            return handler.part(part);
        }
        if (this instanceof Reachable reachable) {
            return handler.reachable(reachable);
        }
        if (this instanceof Probe probe) {
            return handler.probe(probe);
        }
        if (this instanceof Hears hears) {
            return handler.hears(hears);
        }
        if (this instanceof Presence presence) {
            return handler.presence(presence);
        }
        if (this instanceof Testimonies testimonies) {
            return handler.testimonies(testimonies);
        }
        if (this instanceof Contradiction contradiction) {
            return handler.contradiction(contradiction);
        }
        return handler.unknown((Unknown) this);
    }
}

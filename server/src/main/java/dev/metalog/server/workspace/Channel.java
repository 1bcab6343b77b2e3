package dev.metalog.server.workspace;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.server.identity.DocumentKey;
import dev.metalog.server.identity.Envelopes;
import dev.metalog.server.identity.Opened;
import dev.metalog.server.reach.Audience;

/** Where the peers of one thing that is shared hear each other, and the key that what is said there is sealed with. */
final class Channel {
    /** Topics of all channels; the leaf is made of the secret and tells a broker nothing. */
    static final String TOPIC = "ml/1/";

    private static final int BOOT_ID_BYTES = 8;

    private final DocumentKey key;
    private final Envelopes envelopes;
    private final String topic;
    private final String ownTopic;
    private final Audience audience = new Audience();
    private final Ways ways;
    private final Outbox out;
    private boolean silent;

    Channel(DocumentKey key, PeerId self, RandomBytes random, Ways ways, Outbox out) {
        this.key = key;
        this.envelopes = key.envelopes(self, random.draw(BOOT_ID_BYTES));
        this.topic = TOPIC + key.topicTag();
        this.ownTopic = topicOf(envelopes.self());
        this.ways = ways;
        this.out = out;
    }

    /** Where everybody hears. */
    String topic() {
        return topic;
    }

    /** Where only what is said to us is heard. */
    String ownTopic() {
        return ownTopic;
    }

    Envelopes envelopes() {
        return envelopes;
    }

    void open() {
        out.add(new Effect.Subscribe(topic));
        out.add(new Effect.Subscribe(ownTopic));
    }

    void close() {
        out.add(new Effect.Unsubscribe(topic));
        out.add(new Effect.Unsubscribe(ownTopic));
        ways.hearing().closed(this);
    }

    /** Whether nothing may be sent, as not all of what it is about is kept here. */
    boolean isSilent() {
        return silent;
    }

    /** Whether what is sent leaves now, or once a way opens. */
    boolean leadsAnywhere() {
        return ways.areThere();
    }

    /** Sends nothing more until {@link #speak}. */
    void beSilent() {
        silent = true;
    }

    /** Returns whether nothing was sent up to now. */
    boolean speak() {
        boolean was = silent;
        silent = false;
        return was;
    }

    /**
     * Sends one message, sealed once: whoever hears it twice drops the second.
     *
     * @param to {@code null}: everybody
     */
    long send(Speaker to, PeerMessage message) {
        return send(to, message, Ways.Route.BEST);
    }

    /** The same, by one way. */
    long send(Speaker to, PeerMessage message, Ways.Route route) {
        long token = out.nextNumber();
        if (silent) {
            return token;
        }
        String where = to == null ? topic : topicOf(to);
        byte[] envelope = envelopes.seal(where, PeerMessageCodec.encode(message));
        boolean urgent = !(message instanceof PeerMessage.Part);
        ways.send(route, where, envelope, to == null ? null : to.peer(), audience, urgent, token);
        return token;
    }

    /** Who takes what is said here. */
    interface Ear {
        void hear(Speaker from, byte[] message);

        /** It is nothing that was sealed for here. */
        void refuse(String why);
    }

    /** Opens what arrived on one of the topics. What is our own, or was heard before, is passed over. */
    void open(String where, byte[] envelope, Ear ear) {
        envelopes.open(where, envelope).dispatch(new Opened.Handler<Void>() {
            @Override
            public Void message(Opened.Message message) {
                ways.hears(audience, message.sender());
                ways.hearing().met(message.sender(), Channel.this);
                if (PeerMessageCodec.isAboutTheWay(message.bytes())) {
                    ways.heard(message.sender(), message.bytes(), Channel.this);
                } else {
                    ways.direct().met(message.sender(), Channel.this);
                    ear.hear(message.sender(), message.bytes());
                }
                return null;
            }

            @Override
            public Void echo(Opened.Echo echo) {
                return null;
            }

            @Override
            public Void replay(Opened.Replay replay) {
                return null;
            }

            @Override
            public Void notOurs(Opened.NotOurs notOurs) {
                return refuse("it is no envelope");
            }

            @Override
            public Void forged(Opened.Forged forged) {
                return refuse("it was not sealed with the key that holds here");
            }

            @Override
            public Void tooLarge(Opened.TooLarge tooLarge) {
                return refuse("it is too large");
            }

            private Void refuse(String why) {
                ear.refuse(why);
                return null;
            }
        });
    }

    private String topicOf(Speaker speaker) {
        return topic + "/" + key.speakerTag(speaker);
    }
}

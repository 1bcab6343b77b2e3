package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.server.identity.DocumentKey;
import dev.metalog.server.identity.Envelopes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Playing with what messages are sealed in, by somebody who has the keys, or who has the broker. */
enum EnvelopeAttack implements Attack {
    ALL_THAT_WAS_SAID_ONCE_MORE(Outcome.PASSED_OVER, s -> {
        List<Attacker.Seen> said = said(s);
        for (int times = 0; times < 20; times++) {
            said.forEach(one -> s.mallory.publish(one.topic(), one.payload()));
            s.world.deliverAll();
        }
    }),
    ALL_THAT_WAS_SAID_BACKWARDS(Outcome.PASSED_OVER, s -> {
        List<Attacker.Seen> said = said(s);
        for (int i = said.size() - 1; i >= 0; i--) {
            s.mallory.publish(said.get(i).topic(), said.get(i).payload());
        }
    }),
    CUT_ENVELOPES(Outcome.REFUSED, s -> {
        byte[] whole = s.mallory.sealed(lie(s));
        for (int length = 0; length < whole.length; length += 7) {
            s.mallory.publish(s.mallory.topic(), Arrays.copyOf(whole, length));
        }
    }),
    ENVELOPES_WITH_ANY_BYTE_CHANGED(Outcome.REFUSED, s -> {
        byte[] whole = s.mallory.sealed(lie(s));
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x40;
            s.mallory.publish(s.mallory.topic(), changed);
        }
    }),
    ON_THE_TOPIC_OF_THE_MEMBERS(
            Outcome.REFUSED, s -> s.mallory.publish(s.mallory.memberTopic(), s.mallory.sealed(lie(s)))),
    ON_THE_TOPIC_OF_ONE_SPEAKER(Outcome.REFUSED, s -> {
        for (Attacker.Seen one : said(s)) {
            String own = s.ben.topics.stream()
                    .filter(topic -> topic.startsWith(s.mallory.topic() + "/"))
                    .findAny()
                    .orElseThrow();
            s.mallory.publish(own, one.payload());
        }
    }),
    THE_SAME_NONCE_FOR_TWO_MESSAGES(Outcome.PASSED_OVER, s -> {
        Envelopes one = s.mallory.voice(s.mallory.identity.peerId(), 77);
        Envelopes other = s.mallory.voice(s.mallory.identity.peerId(), 77);
        for (int i = 0; i < 50; i++) {
            s.mallory.sayAs(one, lie(s));
            s.mallory.sayAs(other, new PeerMessage.Want(1, VersionVector.EMPTY, Extras.NONE));
        }
    }),
    A_COUNTER_FAR_AHEAD_UNDER_THE_NAME_OF_AN_HONEST_RUN(Outcome.ALLOWED, s -> {
        byte[] payload = said(s).stream()
                .map(Attacker.Seen::payload)
                .filter(one -> s.ben.identity.peerId().equals(Envelopes.claimedSender(one)))
                .reduce((one, other) -> other)
                .orElseThrow();
        long boot = ByteBuffer.wrap(payload).getLong(21);
        Envelopes liar = s.mallory.voice(s.ben.identity.peerId(), boot);
        byte[] ahead = payload;
        for (int i = 0; i < 5_000; i++) {
            ahead = liar.seal(s.mallory.topic(), PeerMessageCodec.encode(lie(s)));
        }
        s.mallory.publish(s.mallory.topic(), ahead);
        s.world.deliverAll();
        s.bens.typeKey();
        s.bens.report(s.ben::hear);
        s.world.deliverAll();
        assertThat(s.text()).as("comes at once").isEqualTo(s.bens.text());
    }),
    UNDER_A_KEY_OF_ITS_OWN(Outcome.REFUSED, s -> {
        DocumentKey other = new DocumentKey(s.mallory.bytes(DocumentKey.SECRET_BYTES));
        Envelopes voice = other.envelopes(s.mallory.identity.peerId(), s.mallory.bytes(8));
        for (int i = 0; i < 100; i++) {
            s.mallory.publish(s.mallory.topic(), voice.seal(s.mallory.topic(), PeerMessageCodec.encode(lie(s))));
        }
    }),
    UNDER_THE_KEY_OF_BEFORE_IT_WAS_PUT_OUT(Outcome.REFUSED, s -> {
        Memberships memberships = s.ada.workspace.memberships();
        memberships.remove(memberships.own(), s.mallory.identity.peerId());
        s.flush(s.ada);
        s.settle();
        // Whoever has the broker sees where the others went.
        String moved = s.ben.topics.stream()
                .filter(topic -> topic.startsWith(Channel.TOPIC) && topic.indexOf('/', Channel.TOPIC.length()) < 0)
                .filter(topic -> !topic.equals(s.mallory.topic()) && !topic.equals(s.mallory.memberTopic()))
                .findAny()
                .orElseThrow();
        Envelopes old = s.mallory.voice(s.mallory.identity.peerId());
        s.mallory.publish(moved, old.seal(moved, PeerMessageCodec.encode(lie(s))));
        s.mallory.say(lie(s));
    }),
    MESSAGES_OF_NOTHING(Outcome.REFUSED, s -> {
        s.mallory.sayRaw(new byte[0]);
        s.mallory.sayRaw(new byte[1]);
    }),
    MESSAGES_OF_EVERY_KIND_AND_LENGTH(Outcome.REFUSED, s -> {
        for (int kind = 0; kind < 256; kind++) {
            for (int length = 1; length < 70; length += 17) {
                byte[] message = s.mallory.bytes(length);
                message[0] = (byte) kind;
                s.mallory.sayRaw(message);
            }
        }
    }),
    EVENTS_OF_NOBODY_ARE_A_CHUNK_OF_ZEROS(Outcome.REFUSED, s -> {
        for (int bytes = 1; bytes < 400 << 10; bytes *= 3) {
            s.mallory.send(new Chunk(new byte[bytes]));
        }
    });

    private final Outcome outcome;
    private final Play play;

    EnvelopeAttack(Outcome outcome, Play play) {
        this.outcome = outcome;
        this.play = play;
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }

    @Override
    public Play play() {
        return play;
    }

    private static PeerMessage lie(AttackScene s) {
        byte[] frontier = s.mallory.bytes(Digest.BYTES);
        byte[] content = ByteBuffer.allocate(Digest.BYTES).array();
        return new PeerMessage.Hello(ProtocolRange.OURS, new Digest(frontier), new Digest(content), true, Extras.NONE);
    }

    /** What honest people say to all about the document and about its members, while they type. */
    private static List<Attacker.Seen> said(AttackScene s) {
        List<Attacker.Seen> seen = new ArrayList<>();
        s.world.eavesdrop((topic, payload) -> {
            if (topic.equals(s.mallory.topic()) || topic.equals(s.mallory.memberTopic())) {
                seen.add(new Attacker.Seen(topic, payload));
            }
        });
        for (int i = 0; i < 10; i++) {
            s.typeBoth();
            s.world.settle();
        }
        s.world.eavesdrop(null);
        return seen;
    }
}

package dev.metalog.server.workspace;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.WriterProof;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.server.authorship.Forger;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.DocumentKey;
import dev.metalog.server.identity.Envelopes;
import dev.metalog.server.identity.Opened;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.membership.MembershipLog;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Somebody who holds every key that a member holds, and builds each message by hand. */
final class Attacker {
    /** What was published at the broker. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier: never compared
    record Seen(String topic, byte[] payload) {}

    final PeerIdentity identity;
    final DeviceKey device;
    final Random random;
    final MembershipLog log;
    final List<Seen> seen = new ArrayList<>();
    private final SimulatedWorld world;
    private final DocumentId document;
    /** Under whose key it speaks about the document. */
    private int epoch = 1;

    private Envelopes voice;
    private Envelopes memberVoice;
    private Forger pen;

    Attacker(SimulatedWorld world, PeerIdentity identity, WorkspaceId workspace, DocumentId document) {
        this.world = world;
        this.identity = identity;
        this.device = TestDevices.of(identity, 0);
        this.random = new Random(7);
        this.log = new MembershipLog(workspace);
        this.document = document;
    }

    /** Takes in the list of members, as any member does. */
    void learn(List<byte[]> records) {
        records.forEach(log::accept);
        voice = voice(identity.peerId());
        memberVoice = membershipKey(log.epoch()).envelopes(identity.peerId(), bytes(8));
        pen = pen();
    }

    /** The same, and speaks under the key of another epoch from now on. */
    void learnAt(int newEpoch, List<byte[]> records) {
        epoch = newEpoch;
        learn(records);
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    // Keys and topics.

    DocumentKey key(int epoch) {
        return log.epochKey(epoch, device).orElseThrow().documentKey(document);
    }

    DocumentKey membershipKey(int epoch) {
        return log.epochKey(epoch, device).orElseThrow().membershipKey();
    }

    String topic() {
        return Channel.TOPIC + key(epoch).topicTag();
    }

    String memberTopic() {
        return Channel.TOPIC + membershipKey(1).topicTag();
    }

    /** A new run of somebody, whoever that is. */
    Envelopes voice(PeerId claimed) {
        return voice(claimed, random.nextLong());
    }

    Envelopes voice(PeerId claimed, long boot) {
        return key(epoch)
                .envelopes(
                        claimed, ByteBuffer.allocate(Long.BYTES).putLong(boot).array());
    }

    // Saying.

    void say(PeerMessage message) {
        sayAs(voice, message);
    }

    void sayAs(Envelopes speaker, PeerMessage message) {
        sayRaw(speaker, PeerMessageCodec.encode(message));
    }

    void sayRaw(byte[] message) {
        sayRaw(voice, message);
    }

    byte[] sealed(PeerMessage message) {
        return voice.seal(topic(), PeerMessageCodec.encode(message));
    }

    /** What is inside of what others said. */
    byte[] opened(Seen envelope) {
        return ((Opened.Message) voice(identity.peerId()).open(envelope.topic(), envelope.payload())).bytes();
    }

    private void sayRaw(Envelopes speaker, byte[] message) {
        world.inject(topic(), speaker.seal(topic(), message));
    }

    void send(Chunk chunk) {
        say(new PeerMessage.Events(chunk));
    }

    void send(byte[] chunk) {
        send(new Chunk(chunk));
    }

    void tellMembers(byte[] record) {
        byte[] message = PeerMessageCodec.encode(new PeerMessage.Events(new Chunk(record)));
        world.inject(memberTopic(), memberVoice.seal(memberTopic(), message));
    }

    void publish(String topic, byte[] payload) {
        world.inject(topic, payload);
    }

    // Writing.

    /** A new name of its own to write under. */
    Forger pen() {
        return new Forger(document, device, bytes(WriterProof.NONCE_BYTES));
    }

    /** The name it writes under by default. */
    Forger ownPen() {
        return pen;
    }

    static Event insert(EventId id, Version parents, int position, String text) {
        return Event.insertion(id, parents.events(), position, text);
    }

    static Event delete(EventId id, Version parents, int position, int length) {
        return Event.deletion(id, parents.events(), position, length);
    }
}

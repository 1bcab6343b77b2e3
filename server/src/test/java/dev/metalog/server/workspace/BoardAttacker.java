package dev.metalog.server.workspace;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Invitation;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.EntryValue;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.blackboard.PostingProof;
import dev.metalog.protocol.codec.BlackboardCodec;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.authorship.Postings;
import dev.metalog.server.identity.DocumentKey;
import dev.metalog.server.identity.Envelopes;
import java.util.ArrayList;
import java.util.List;

/** Somebody who was let in on a blackboard and writes on it by hand. */
final class BoardAttacker {
    private final AttackScene scene;
    private final DocumentKey key;
    private final Envelopes voice;
    private final DocumentId board;
    private final Postings pen;
    private ReplicaId writer;
    private int written;

    BoardAttacker(AttackScene scene) throws Exception {
        this.scene = scene;
        Invitation invitation = scene.shareBoard();
        this.board = invitation.document();
        this.pen = new Postings(scene.mallory.device, new Notary());
        this.key = new DocumentKey(invitation.secret());
        this.voice = key.envelopes(scene.mallory.identity.peerId(), scene.mallory.bytes(8));
        beAnother();
    }

    /** Goes on writing under another name. */
    void beAnother() {
        writer = ReplicaId.fromRandom(scene.mallory.bytes(10));
        written = 0;
    }

    void post(String name, String value) {
        say(List.of(write(name, value)));
    }

    /** So many at once, of names that begin like this. */
    void post(int count, String name, String value) {
        List<BlackboardWrite> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(write(name + "-" + i, value));
        }
        say(writes);
    }

    /** The next one under its own name, not signed yet. */
    EventId nextId() {
        return new EventId(writer, written++);
    }

    Posting posting(String name, String value, PeerId author) {
        return new Posting(
                new EntryName("junk", name),
                Posting.Kind.VALUE,
                new EntryValue(value),
                0,
                author,
                scene.world.nowMillis);
    }

    /** Signs as if it were for some blackboard. */
    PostingProof sign(DocumentId about, EventId id, Posting posting) {
        return pen.sign(about, id, posting);
    }

    DocumentId board() {
        return board;
    }

    private BlackboardWrite write(String name, String value) {
        EventId id = nextId();
        Posting posting = posting(name, value, scene.mallory.identity.peerId());
        return new BlackboardWrite(id, List.of(), posting.with(pen.sign(board, id, posting)));
    }

    void say(List<BlackboardWrite> writes) {
        Chunk chunk = new Chunk(BlackboardCodec.encode(new BlackboardMessage.Writes(writes)));
        String topic = Channel.TOPIC + key.topicTag();
        scene.world.inject(topic, voice.seal(topic, PeerMessageCodec.encode(new PeerMessage.Events(chunk))));
    }
}

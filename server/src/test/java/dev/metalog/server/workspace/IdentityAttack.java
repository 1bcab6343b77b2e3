package dev.metalog.server.workspace;

import static dev.metalog.server.workspace.Attacker.insert;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.WriterProof;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.protocol.codec.SignedEventsCodec;
import dev.metalog.protocol.codec.SignedEventsCodec.Signed;
import dev.metalog.server.authorship.Forger;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.identity.SigningDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Writing in another's name, or with proofs that prove something else. */
enum IdentityAttack implements Attack {
    THE_NAME_OF_AN_HONEST_WRITER(Outcome.REFUSED, s -> {
        EventId last = s.tip().events().get(0);
        EventId next = new EventId(last.replica(), last.seq() + 1);
        s.mallory.send(s.mallory.pen().signAs(last.replica(), insert(next, s.tip(), 0, "x")));
    }),
    THE_PROOF_OF_AN_HONEST_WRITER_FOR_WHAT_FOLLOWS(Outcome.REFUSED, s -> {
        Signed genuine = lastOf(s);
        ReplicaId name = genuine.runs().replica(0);
        int next = s.ada.workspace.audit().get(0).tip().events().stream()
                .filter(event -> event.replica().equals(name))
                .mapToInt(event -> event.seq() + 1)
                .findAny()
                .orElseThrow();
        Event more = insert(new EventId(name, next), s.tip(), 0, "x");
        s.mallory.send(Forger.encode(Forger.runs(more), genuine.proofs().get(0)));
    }),
    OTHER_TEXT_UNDER_A_TRUE_PROOF(
            Outcome.REFUSED,
            s -> inPassing(
                    s,
                    event -> Event.insertion(event.id(), event.parents(), event.position(), "\u2620")
                            .stamped(event.stampMinutes()))),
    ANOTHER_TIME_UNDER_A_TRUE_PROOF(
            Outcome.REFUSED, s -> inPassing(s, event -> event.stamped(event.stampMinutes() + 1))),
    OTHER_PARENTS_UNDER_A_TRUE_PROOF(
            Outcome.REFUSED,
            s -> inPassing(
                    s,
                    event -> Event.insertion(event.id(), List.of(), 0, event.inserted())
                            .stamped(event.stampMinutes()))),
    CERTIFICATE_OF_SOMEBODY_ELSE(Outcome.REFUSED, s -> {
        WriterProof own = s.mallory.ownPen().truth(insert(s.mallory.ownPen().id(0), s.tip(), 0, "x"));
        WriterProof other = with(own, lastOf(s).proofs().get(0).certificate(), own.nonce(), own.signature());
        s.mallory.send(Forger.encode(Forger.runs(insert(s.mallory.ownPen().id(0), s.tip(), 0, "x")), other));
    }),
    CERTIFICATE_OF_A_ROOT_THAT_NOBODY_LET_IN(Outcome.REFUSED, s -> {
        PeerIdentity stranger = SimulatedWorld.identity(2);
        write(s, new Forger(s.document, TestDevices.of(stranger, 0), s.mallory.bytes(WriterProof.NONCE_BYTES)));
    }),
    CERTIFICATE_FOR_A_DEVICE_THAT_NOBODY_LET_IN(Outcome.REFUSED, s -> {
        DeviceKey second = TestDevices.of(s.mallory.identity, 1);
        write(s, new Forger(s.document, second, s.mallory.bytes(WriterProof.NONCE_BYTES)));
    }),
    CERTIFICATE_OF_ANOTHER_MINUTE(Outcome.ALLOWED, s -> {
        byte[] keys = new byte[DeviceKey.RANDOM_BYTES];
        new Random(s.mallory.identity.peerId().hashCode() * 31L).nextBytes(keys);
        DeviceKey again = DeviceKey.create(s.mallory.identity, keys, 1);
        write(s, new Forger(s.document, again, s.mallory.bytes(WriterProof.NONCE_BYTES)));
    }),
    CERTIFICATE_WITH_ANY_BIT_CHANGED(Outcome.REFUSED, s -> {
        Event event = insert(s.mallory.ownPen().id(0), s.tip(), 0, "x");
        WriterProof own = s.mallory.ownPen().truth(event);
        for (int at = 0; at < own.certificate().length; at += 3) {
            byte[] certificate = own.certificate().clone();
            certificate[at] ^= 1;
            WriterProof changed = with(own, certificate, own.nonce(), own.signature());
            s.mallory.send(Forger.encode(Forger.runs(event), changed));
        }
    }),
    SIGNATURE_WITH_ANY_BIT_CHANGED(Outcome.REFUSED, s -> {
        Event event = insert(s.mallory.ownPen().id(0), s.tip(), 0, "x");
        WriterProof own = s.mallory.ownPen().truth(event);
        for (int at = 0; at < own.signature().length; at += 3) {
            byte[] signature = own.signature().clone();
            signature[at] ^= 1;
            s.mallory.send(Forger.encode(Forger.runs(event), with(own, own.certificate(), own.nonce(), signature)));
        }
    }),
    SIGNATURE_OF_ZEROS(Outcome.REFUSED, s -> {
        Event event = insert(s.mallory.ownPen().id(0), s.tip(), 0, "x");
        WriterProof own = s.mallory.ownPen().truth(event);
        byte[] zeros = new byte[WriterProof.SIGNATURE_BYTES];
        s.mallory.send(Forger.encode(Forger.runs(event), with(own, own.certificate(), own.nonce(), zeros)));
    }),
    ANOTHER_NONCE(Outcome.REFUSED, s -> {
        Event event = insert(s.mallory.ownPen().id(0), s.tip(), 0, "x");
        WriterProof own = s.mallory.ownPen().truth(event);
        byte[] nonce = s.mallory.bytes(WriterProof.NONCE_BYTES);
        s.mallory.send(Forger.encode(Forger.runs(event), with(own, own.certificate(), nonce, own.signature())));
    }),
    SIGNED_AS_A_REQUEST_TO_LEAVE(Outcome.REFUSED, s -> {
        Event event = insert(s.mallory.ownPen().id(0), s.tip(), 0, "x");
        s.mallory.send(s.mallory.ownPen().signUnder(SigningDomain.LEAVE, event));
    }),
    SIGNED_FOR_ANOTHER_DOCUMENT(Outcome.REFUSED, s -> {
        DocumentId other = DocumentId.fromRandom(s.mallory.bytes(16));
        write(s, new Forger(other, s.mallory.device, s.mallory.bytes(WriterProof.NONCE_BYTES)));
    }),
    NO_PROOF_AT_ALL(Outcome.REFUSED, s -> {
        Event event = insert(s.mallory.ownPen().id(0), s.tip(), 0, "x");
        s.mallory.send(BundleCodec.encode(new Bundle(List.of(event))));
    }),
    PROOFS_OF_TWO_WRITERS_EXCHANGED(Outcome.REFUSED, s -> {
        Forger one = s.mallory.pen();
        Forger other = s.mallory.pen();
        Event first = insert(one.id(0), s.tip(), 0, "x");
        Event second = insert(other.id(0), s.tip(), 0, "y");
        EventRuns both = Forger.runs(first, second);
        WriterProof firsts = one.truth(first);
        WriterProof seconds = other.truth(second);
        boolean inOrder = both.replica(0).equals(one.name());
        s.mallory.send(inOrder ? Forger.encode(both, seconds, firsts) : Forger.encode(both, firsts, seconds));
    }),
    A_TREE_OF_FEWER_TOKENS(Outcome.REFUSED, s -> tree(s, 0, 1, new byte[0], new byte[0])),
    A_TREE_OF_MORE_TOKENS(Outcome.REFUSED, s -> tree(s, 0, 4_000, new byte[0], new byte[0])),
    A_TREE_OF_THE_MOST_TOKENS(
            Outcome.REFUSED, s -> tree(s, Integer.MAX_VALUE, Integer.MAX_VALUE, new byte[1], new byte[32 * 32])),
    UNITS_BEYOND_WITHOUT_TOKENS(Outcome.REFUSED, s -> tree(s, 5, 4, new byte[0], new byte[0])),
    A_PATH_THAT_LEADS_NOWHERE(Outcome.REFUSED, s -> tree(s, 9, 200, new byte[40], new byte[32 * 5])),
    A_BRIDGE_THAT_IS_SIGNED_AND_LONGER_THAN_A_LEAF(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        Event event = insert(pen.id(0), s.tip(), 0, "x");
        s.mallory.send(pen.signWithBridge(3, 9, s.mallory.bytes(12 << 10), event));
    }),
    A_BRIDGE_THAT_IS_SIGNED_AND_MEANS_NOTHING(Outcome.ALLOWED, s -> {
        Forger pen = s.mallory.pen();
        Version tip = s.tip();
        // Whoever proves the first of these alone has to fill up the leaf with the second, and with what was made up.
        Event all = Attacker.delete(pen.id(1), Version.of(pen.id(0)), 0, 1);
        s.mallory.send(pen.signWithBridge(3, 9, s.mallory.bytes(9 << 10), insert(pen.id(0), tip, 0, "x"), all));
        PeerMessage.Want want = new PeerMessage.Want(1, dev.metalog.protocol.VersionVector.EMPTY, Extras.NONE);
        s.mallory.say(want);
    }),
    THE_FACE_OF_AN_HONEST_PEER(Outcome.ALLOWED, s -> {
        PeerMessage lie = new PeerMessage.Hello(
                ProtocolRange.OURS,
                new dev.metalog.protocol.Digest(s.mallory.bytes(32)),
                new dev.metalog.protocol.Digest(s.mallory.bytes(32)),
                true,
                Extras.NONE);
        for (int i = 0; i < 50; i++) {
            s.mallory.sayAs(s.mallory.voice(s.ben.identity.peerId()), lie);
            s.mallory.sayAs(s.mallory.voice(s.ada.identity.peerId()), lie);
        }
    });

    private final Outcome outcome;
    private final Play play;

    IdentityAttack(Outcome outcome, Play play) {
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

    private static void write(AttackScene s, Forger pen) {
        s.mallory.send(pen.sign(insert(pen.id(0), s.tip(), 0, "x")));
    }

    private static WriterProof with(WriterProof proof, byte[] certificate, byte[] nonce, byte[] signature) {
        return new WriterProof(
                certificate, nonce, proof.unitsBeyond(), proof.tokens(), proof.bridge(), proof.path(), signature);
    }

    private static void tree(AttackScene s, int beyond, int tokens, byte[] bridge, byte[] path) {
        Event event = insert(s.mallory.ownPen().id(0), s.tip(), 0, "text");
        WriterProof own = s.mallory.ownPen().truth(event);
        s.mallory.send(Forger.encode(
                Forger.runs(event),
                new WriterProof(own.certificate(), own.nonce(), beyond, tokens, bridge, path, own.signature())));
    }

    /** What an honest one typed last, as it was sent. */
    private static Signed lastOf(AttackScene s) throws Exception {
        List<Signed> all = typedWhileListening(s, new ArrayList<>());
        s.world.deliverAll();
        return all.get(all.size() - 1);
    }

    /** Lets somebody honest type, and hears it before anybody else does. */
    private static List<Signed> typedWhileListening(AttackScene s, List<Signed> heard) throws Exception {
        List<Attacker.Seen> seen = new ArrayList<>();
        s.world.eavesdrop((topic, payload) -> seen.add(new Attacker.Seen(topic, payload)));
        s.adas.typeKey();
        s.adas.report(s.ada::hear);
        s.world.eavesdrop(null);
        for (Attacker.Seen one : seen) {
            if (!one.topic().equals(s.mallory.topic())) {
                continue;
            }
            byte[] message = s.mallory.opened(one);
            if (PeerMessageCodec.decode(message) instanceof PeerMessage.Events events) {
                heard.add(SignedEventsCodec.decode(events.chunk().bytes()));
            }
        }
        return heard;
    }

    /** Changes what somebody honest typed before it comes to the others. */
    private static void inPassing(AttackScene s, UnaryOperator<Event> change) throws Exception {
        Signed genuine = typedWhileListening(s, new ArrayList<>()).get(0);
        Event event = BundleCodec.toBundle(genuine.runs()).events().get(0);
        Chunk changed =
                Forger.encode(Forger.runs(change.apply(event)), genuine.proofs().get(0));
        s.world.overtake(s.mallory.topic(), s.mallory.sealed(new PeerMessage.Events(changed)));
        // Ada, too, who has it: what she refuses tells that it is not what she wrote.
        s.mallory.send(changed);
    }
}

package dev.metalog.server.authorship;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Testimony;
import dev.metalog.protocol.WriterProof;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.SignedEventsCodec;
import dev.metalog.protocol.codec.SignedEventsCodec.Signed;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.SigningDomain;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/** A device that signs whatever it likes, under one name: sense first, and then what nobody honest would sign. */
public final class Forger {
    private static final byte[] NOTHING = {};

    private final DocumentId document;
    private final DeviceKey device;
    private final byte[] nonce;
    private final ReplicaId name;
    private final WriterTree tree = new WriterTree();
    private final ByteArrayOutputStream firstLeaf = new ByteArrayOutputStream();
    private final UnitTokens tokens = new UnitTokens(UnitTokens.Place.START);

    public Forger(DocumentId document, DeviceKey device, byte[] nonce) {
        this.document = document;
        this.device = device;
        this.nonce = nonce;
        this.name = Author.nameOf(device.certificate(), nonce);
    }

    public ReplicaId name() {
        return name;
    }

    public EventId id(int seq) {
        return new EventId(name, seq);
    }

    /** How many units it signed so far. */
    public int written() {
        return tree.nextSeq();
    }

    /** As an honest device does it. */
    public Chunk sign(Event... events) {
        return encode(runs(events), truth(events));
    }

    /** The proof that an honest device makes. */
    public WriterProof truth(Event... events) {
        append(runs(events));
        return proof(SigningDomain.EVENTS, document, name, tree.nextSeq(), tree.tokens(), tree.root(), 0, NOTHING);
    }

    /** What it signed last, as somebody says it who was shown all of it. */
    public Testimony testimony() {
        byte[] root = tree.root();
        WriterProof proof = proof(SigningDomain.EVENTS, document, name, written(), tree.tokens(), root, 0, NOTHING);
        return new Testimony(name, written(), tree.tokens(), root, proof.signature());
    }

    /** What proves that a device signed two histories of a document, of 100 keys and of 200. */
    public static Equivocation twoHistories(DocumentId document, DeviceKey device) {
        return twoHistories(document, device, new byte[WriterProof.NONCE_BYTES]);
    }

    /** The same under another name of the device. */
    public static Equivocation twoHistories(DocumentId document, DeviceKey device, byte[] nonce) {
        Forger one = new Forger(document, device, nonce);
        Forger other = new Forger(document, device, nonce);
        one.truth(Event.insertion(one.id(0), List.of(), 0, "1".repeat(100)));
        WriterProof longer = other.truth(Event.insertion(other.id(0), List.of(), 0, "2".repeat(200)));
        WriterTree.Beyond nothing = new WriterTree.Beyond(longer.tokens(), NOTHING, NOTHING);
        EventRuns runs = runs(Event.insertion(other.id(0), List.of(), 0, "2".repeat(128)));
        PrefixProof prefix = other.tree.prefix(100, nothing, (from, to) -> runs);
        return new Equivocation(
                longer.certificate(),
                nonce,
                one.testimony(),
                new Equivocation.Signature(200, 200, longer.signature()),
                prefix.before(),
                prefix.leaf(),
                prefix.behind());
    }

    /** Signed under another domain. */
    public Chunk signUnder(SigningDomain domain, Event... events) {
        append(runs(events));
        byte[] root = tree.root();
        return encode(runs(events), proof(domain, document, name, tree.nextSeq(), tree.tokens(), root, 0, NOTHING));
    }

    /** Signed as something of another writer. */
    public Chunk signAs(ReplicaId other, Event... events) {
        return encode(runs(events), proof(SigningDomain.EVENTS, document, other, 1, 1, new byte[32], 0, NOTHING));
    }

    /**
     * Says that more was signed than is shown, in the first leaf of the tree.
     *
     * @param bridge what it says the tokens behind are
     */
    public Chunk signWithBridge(int tokensBeyond, int unitsBeyond, byte[] bridge, Event... events) {
        append(runs(events));
        MessageDigest sha = Sha256.fresh();
        sha.update((byte) 0);
        sha.update(firstLeaf.toByteArray());
        sha.update(bridge);
        int next = tree.nextSeq() + unitsBeyond;
        int all = tree.tokens() + tokensBeyond;
        return encode(
                runs(events),
                proof(SigningDomain.EVENTS, document, name, next, all, sha.digest(), unitsBeyond, bridge));
    }

    private void append(EventRuns runs) {
        for (int writer = 0; writer < runs.writerCount(); writer++) {
            if (runs.replica(writer).equals(name)) {
                tree.append(runs, writer);
                tokens.tell(runs, writer, (seq, bytes, length) -> firstLeaf.write(bytes, 0, length));
            }
        }
    }

    private WriterProof proof(
            SigningDomain domain,
            DocumentId about,
            ReplicaId writer,
            int nextSeq,
            int allTokens,
            byte[] root,
            int beyond,
            byte[] bridge) {
        byte[] content = new SignedRoot(about, writer, nextSeq, allTokens, root).bytes();
        byte[] certificate = device.certificate().encode();
        return new WriterProof(certificate, nonce, beyond, allTokens, bridge, NOTHING, device.sign(domain, content));
    }

    public static EventRuns runs(Event... events) {
        return BundleCodec.toRuns(new Bundle(Arrays.asList(events)));
    }

    public static Chunk encode(EventRuns runs, WriterProof... proofs) {
        return new Chunk(SignedEventsCodec.encode(new Signed(runs, List.of(proofs))));
    }
}

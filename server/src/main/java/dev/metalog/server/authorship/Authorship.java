package dev.metalog.server.authorship;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.NamedProof;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.WriterProof;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.SignedEventsCodec.Signed;
import dev.metalog.server.authorship.WriterTree.Beyond;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.SigningDomain;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who wrote what in one document: the newest proof of each writer, and the trees that proofs are checked and made with.
 * What the graph holds and what is proved here are changed together: {@link #check} before the graph takes something in,
 * {@link #confirm} or {@link #takeBack} after.
 *
 * <p>What our own log holds was checked before it got there and is only noted ({@link #recall}). A writer without a proof
 * is one whose events were written before there were signatures: they are kept, and nobody else takes them.
 */
public final class Authorship {
    static final int MOST_DOUBTED = 64;

    /** A writer's newest proof, of its units before {@code end}. */
    private record Proved(WriterProof proof, int end) {}

    private record Trial(ReplicaId writer, DeviceId device, WriterTree.Mark before, Proved proved) {}

    private final DocumentId document;
    private final Author self;
    private final Notary notary;
    private final Authors authors;
    private final Map<ReplicaId, Proved> proved = new HashMap<>();
    /** Made of the events when they are needed first. */
    private final Map<ReplicaId, WriterTree> trees = new HashMap<>();

    private final List<Trial> trials = new ArrayList<>();
    /** How many names each device has here; {@code null} until somebody asks. */
    private Map<DeviceId, Integer> names;

    private final Set<ReplicaId> doubted = new TreeSet<>();
    private boolean doubtsAll;

    public Authorship(DocumentId document, Author self, Notary notary, Authors authors) {
        this.document = document;
        this.self = self;
        this.notary = notary;
        this.authors = authors;
    }

    /** To compare with others what was signed here. */
    public Testimonies testimonies() {
        return new Testimonies(document, this, notary);
    }

    /** Whether it is of interest what that device signed. */
    boolean concerns(DeviceId device) {
        return authors.concerns(device);
    }

    /** Under what name this device writes. */
    public ReplicaId self() {
        return self.name();
    }

    /** What our own log says of a writer. */
    public void recall(NamedProof proof) {
        proved.put(proof.writer(), new Proved(proof.proof(), proof.end()));
    }

    /** Signs what was recorded here just now. */
    public Signed sign(EventRuns runs, EventGraph graph) {
        WriterTree tree = trees.computeIfAbsent(self.name(), none -> new WriterTree());
        tree.append(runs, writerIndex(runs));
        WriterProof proof = self.sign(document, tree);
        proved.put(self.name(), new Proved(proof, tree.nextSeq()));
        return new Signed(runs, List.of(proof));
    }

    private int writerIndex(EventRuns runs) {
        if (runs.writerCount() != 1 || !runs.replica(0).equals(self.name())) {
            throw new IllegalArgumentException("Only what was recorded under our own name is signed.");
        }
        return 0;
    }

    /**
     * Checks what a peer sent, of which the graph lacks nothing that comes before and does not have all. Until {@link
     * #confirm} or {@link #takeBack} nothing else may be asked.
     *
     * @return why it cannot be taken in; {@code null} if all is proved
     */
    public Unproved check(Signed signed, EventGraph graph) {
        EventRuns runs = signed.runs();
        int[] ends = ends(runs);
        for (int writer = 0; writer < runs.writerCount(); writer++) {
            if (ends[writer] <= graph.nextSeq(runs.replica(writer))) {
                continue;
            }
            Unproved unproved =
                    check(runs, writer, ends[writer], signed.proofs().get(writer), graph);
            if (unproved != null) {
                takeBack();
                return unproved.about(runs.replica(writer).value());
            }
        }
        return null;
    }

    private Unproved check(EventRuns runs, int writer, int end, WriterProof proof, EventGraph graph) {
        ReplicaId name = runs.replica(writer);
        DeviceCertificate device;
        try {
            device = notary.read(proof.certificate());
        } catch (IdentityRefused e) {
            return Unproved.madeUp(e.getMessage());
        }
        if (!Author.nameOf(device, proof.nonce()).equals(name)) {
            return Unproved.madeUp("the name is not one of the device that signed.");
        }
        String forbidden = authors.refuses(device.device(), name, end);
        if (forbidden != null) {
            return Unproved.inGoodFaith(forbidden);
        }
        String tooMany = tooManyNames(name, device.device());
        if (tooMany != null) {
            return Unproved.inGoodFaith(tooMany);
        }
        if (end > Integer.MAX_VALUE - proof.unitsBeyond()) {
            return Unproved.madeUp("more was signed than can be written.");
        }
        WriterTree tree = tree(name, graph);
        trials.add(new Trial(name, device.device(), tree.mark(), new Proved(proof, end)));
        tree.append(runs, writer);
        byte[] root = tree.root(new Beyond(proof.tokens(), proof.bridge(), proof.path()));
        boolean complete = proof.tokens() == tree.tokens();
        if (root == null || complete != (proof.unitsBeyond() == 0)) {
            doubt(name);
            return bad("the proof does not fit what it is of.", name, device, graph);
        }
        SignedRoot content = new SignedRoot(document, name, end + proof.unitsBeyond(), proof.tokens(), root);
        if (!notary.isSigned(device, SigningDomain.EVENTS, content.bytes(), proof.signature())) {
            doubt(name);
            return bad("the signature is of something else.", name, device, graph);
        }
        return null;
    }

    /** What is here of a writer is a part of what was checked, and may be what does not fit. */
    private static Unproved bad(String why, ReplicaId name, DeviceCertificate device, EventGraph graph) {
        return graph.nextSeq(name) == 0 ? Unproved.madeUp(why) : Unproved.bad(why, device.peer());
    }

    /** Whether the writer signed its events among these, and they begin where the graph has no more of it. Changes nothing. */
    public boolean wrote(ReplicaId writer, Signed signed, EventGraph graph) {
        EventRuns runs = signed.runs();
        for (int index = 0; index < runs.writerCount(); index++) {
            if (runs.replica(index).equals(writer)) {
                boolean goesOn = runs.firstSeq(index) == graph.nextSeq(writer);
                boolean wrote = goesOn
                        && check(runs, index, ends(runs)[index], signed.proofs().get(index), graph) == null;
                takeBack();
                return wrote;
            }
        }
        return false;
    }

    /** The graph has taken in what was checked. */
    public void confirm() {
        for (Trial trial : trials) {
            if (proved.put(trial.writer(), trial.proved()) == null && names != null) {
                names.merge(trial.device(), 1, Integer::sum);
            }
        }
        trials.clear();
    }

    /**
     * Why one more name is too many; {@code null} if it is none, or is here. Names are listed whenever peers say what they have,
     * and a device can sign under thousands in a second. So one device can have some of those that there may be, and not all.
     */
    private String tooManyNames(ReplicaId name, DeviceId device) {
        if (proved.containsKey(name)) {
            return null;
        }
        long together =
                trials.stream().filter(trial -> trial.device().equals(device)).count();
        if (namesOf(device) + together >= Limits.DEVICE_REPLICAS) {
            return "its device wrote this document under " + Limits.DEVICE_REPLICAS + " names already.";
        }
        return proved.size() + trials.size() >= Limits.VECTOR_REPLICAS - Limits.MEMBERS
                ? "this document was written under so many names already that no more can be told. Share its text anew."
                : null;
    }

    private int namesOf(DeviceId device) {
        if (names == null) {
            names = new HashMap<>();
            proved.values().forEach(known -> {
                try {
                    names.merge(notary.read(known.proof().certificate()).device(), 1, Integer::sum);
                } catch (IdentityRefused unreadable) {
                    // Our own log may hold what an older build took for a certificate.
                }
            });
        }
        return names.getOrDefault(device, 0);
    }

    /** The graph has not. Of a name that is nobody's here nothing stays: there is no end of names. */
    public void takeBack() {
        for (Trial trial : trials) {
            WriterTree tree = trees.get(trial.writer());
            tree.cutBack(trial.before());
            if (tree.nextSeq() == 0) {
                trees.remove(trial.writer());
            }
        }
        trials.clear();
    }

    /**
     * What is here of a writer, and the newest signature.
     *
     * @param tree up to what the graph has, which is what the proof is of
     */
    record Held(WriterProof proof, WriterTree tree) {
        Beyond beyond() {
            return new Beyond(proof.tokens(), proof.bridge(), proof.path());
        }
    }

    /** The newest signature of a writer; {@code null} if there is none. */
    byte[] signatureOf(ReplicaId writer) {
        Proved newest = proved.get(writer);
        return newest == null ? null : newest.proof().signature();
    }

    /** {@code null} if nobody signed all that the graph has of that writer. */
    Held held(ReplicaId writer, EventGraph graph) {
        Proved newest = proved.get(writer);
        if (newest == null || newest.end() != graph.nextSeq(writer)) {
            return null;
        }
        return new Held(newest.proof(), tree(writer, graph));
    }

    /** Others whose events somebody signed, in the order of their names. */
    SortedSet<ReplicaId> signers() {
        SortedSet<ReplicaId> others = new TreeSet<>(proved.keySet());
        others.remove(self());
        return others;
    }

    /** Writers of whom something may have come that does not fit what is here; they count as asked after now. */
    Set<ReplicaId> takeDoubts() {
        Set<ReplicaId> taken = doubtsAll ? signers() : new TreeSet<>(doubted);
        doubted.clear();
        doubtsAll = false;
        return taken;
    }

    /** Something that this writer signed does not fit what is here. Overflow rule: it is doubted when it happens again. */
    public void doubt(ReplicaId writer) {
        if (doubted.size() < MOST_DOUBTED && proved.containsKey(writer)) {
            doubted.add(writer);
        }
    }

    /** What others amount to does not fit what is here, and it may be anybody's doing. */
    public void doubtAll() {
        doubtsAll = true;
    }

    /** Writers of whom a tree is in memory. */
    int trees() {
        return trees.size();
    }

    /**
     * What proves events that are in the graph, to whoever has all that comes before them; {@code null} if that cannot be
     * proved, as some were never signed.
     */
    public List<WriterProof> prove(EventRuns runs, EventGraph graph) {
        List<WriterProof> proofs = new ArrayList<>();
        int[] ends = ends(runs);
        for (int writer = 0; writer < runs.writerCount(); writer++) {
            Proved newest = proved.get(runs.replica(writer));
            if (newest == null || newest.end() < ends[writer]) {
                return null;
            }
            proofs.add(newest.end() == ends[writer] ? newest.proof() : cut(runs.replica(writer), ends[writer], graph));
        }
        return proofs;
    }

    private WriterProof cut(ReplicaId writer, int end, EventGraph graph) {
        Proved newest = proved.get(writer);
        WriterProof proof = newest.proof();
        WriterTree tree = tree(writer, graph);
        Beyond beyond = tree.cut(
                end,
                new Beyond(proof.tokens(), proof.bridge(), proof.path()),
                (from, to) -> graph.unitsOf(writer, from, to));
        return new WriterProof(
                proof.certificate(),
                proof.nonce(),
                newest.end() + proof.unitsBeyond() - end,
                proof.tokens(),
                beyond.bridge(),
                beyond.path(),
                proof.signature());
    }

    /** What proves no more of each writer than a vector holds, to begin again with a graph of only that. */
    public List<NamedProof> upTo(VersionVector vector, EventGraph graph) {
        List<NamedProof> proofs = new ArrayList<>();
        vector.nextSeqs().forEach((writer, end) -> {
            Proved newest = proved.get(writer);
            if (newest != null && newest.end() >= end) {
                WriterProof proof = newest.end() == end ? newest.proof() : cut(writer, end, graph);
                proofs.add(new NamedProof(writer, end, proof));
            }
        });
        return proofs;
    }

    /** The writer's tree up to what the graph has of it. */
    private WriterTree tree(ReplicaId writer, EventGraph graph) {
        WriterTree tree = trees.computeIfAbsent(writer, none -> new WriterTree());
        int end = graph.nextSeq(writer);
        if (tree.nextSeq() < end) {
            tree.append(graph.unitsOf(writer, tree.nextSeq(), end), 0);
        }
        return tree;
    }

    /** Whose writer this is; {@code null} if nobody signed for it. */
    public PeerId peerOf(ReplicaId writer) {
        DeviceCertificate signer = signerOf(writer);
        return signer == null ? null : signer.peer();
    }

    /** Which device's writer this is; {@code null} if nobody signed for it. */
    public DeviceId deviceOf(ReplicaId writer) {
        DeviceCertificate signer = signerOf(writer);
        return signer == null ? null : signer.device();
    }

    private DeviceCertificate signerOf(ReplicaId writer) {
        Proved newest = proved.get(writer);
        try {
            return newest == null ? null : notary.read(newest.proof().certificate());
        } catch (IdentityRefused e) {
            return null;
        }
    }

    /** Writers whose events nobody signed. */
    public Collection<ReplicaId> unsigned(EventGraph graph) {
        return graph.vector().nextSeqs().keySet().stream()
                .filter(writer -> !proved.containsKey(writer))
                .toList();
    }

    /** The newest of all writers, in the order of their names: what has to be kept to prove the graph's events to others. */
    public List<NamedProof> newest() {
        List<NamedProof> all = new ArrayList<>();
        new TreeMap<>(proved)
                .forEach((writer, newest) -> all.add(new NamedProof(writer, newest.end(), newest.proof())));
        return all;
    }

    /** By writer: the seq behind its last unit in the columns. */
    private static int[] ends(EventRuns runs) {
        int[] ends = new int[runs.writerCount()];
        for (int run = 0; run < runs.count(); run++) {
            ends[runs.writer(run)] = runs.seq(run) + runs.length(run);
        }
        return ends;
    }
}

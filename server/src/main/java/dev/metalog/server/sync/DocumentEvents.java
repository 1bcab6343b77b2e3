package dev.metalog.server.sync;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.WriterProof;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.MalformedBundleException;
import dev.metalog.protocol.codec.SignedEventsCodec;
import dev.metalog.protocol.codec.SignedEventsCodec.Signed;
import dev.metalog.server.authorship.Authorship;
import dev.metalog.server.authorship.Unproved;
import dev.metalog.server.eventgraph.Admission;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.quarantine.Quarantine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** The events of one document as peers exchange them: a chunk is a bundle with a proof of each of its writers. */
public final class DocumentEvents implements Replicated {
    private static final byte[] DOMAIN = "meta-log/frontier/1".getBytes(StandardCharsets.US_ASCII);

    /** Of what is joined: as much as many keys, and nothing that is large anyway. */
    private static final int JOINED_UNITS = 512;

    private EventGraph graph;
    private final Authorship authorship;
    private final Quarantine quarantine;
    /** What the digests are of; a document that rests is not read again and again. */
    private Version digested;

    private Digest frontier;
    private Digest content;

    /** @param quarantine what is out, of which the graph has nothing */
    public DocumentEvents(EventGraph graph, Authorship authorship, Quarantine quarantine) {
        this.graph = graph;
        this.authorship = authorship;
        this.quarantine = quarantine;
    }

    public Authorship authorship() {
        return authorship;
    }

    /** What does not count. */
    public Quarantine quarantine() {
        return quarantine;
    }

    /** Signs what was recorded here just now: to be kept, then sent. */
    public Chunk sign(Bundle bundle) {
        return new Chunk(SignedEventsCodec.encode(authorship.sign(BundleCodec.toRuns(bundle), graph)));
    }

    public EventGraph graph() {
        return graph;
    }

    /** Takes another graph with the same events: what was made of them here was wrong. */
    public void replace(EventGraph rebuilt) {
        graph = rebuilt;
        digested = null;
    }

    @Override
    public Digest frontier() {
        digest();
        return frontier;
    }

    @Override
    public Digest content() {
        digest();
        if (content == null) {
            MessageDigest sha = sha256();
            graph.snapshot().forEachUtf8Chunk(sha::update);
            content = new Digest(sha.digest());
        }
        return content;
    }

    private void digest() {
        Version tip = graph.tip();
        if (!tip.equals(digested)) {
            digested = tip;
            frontier = frontierOf(tip);
            content = null;
        }
    }

    /**
     * The SHA-256 of {@code meta-log/frontier/1} and, for each event of the version in order, the length of the replica's
     * name in one byte, the name, and the seq in four.
     */
    static Digest frontierOf(Version version) {
        MessageDigest sha = sha256();
        sha.update(DOMAIN);
        for (EventId event : version.events()) {
            byte[] name = event.replica().value().getBytes(StandardCharsets.US_ASCII);
            sha.update((byte) name.length);
            sha.update(name);
            sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(event.seq()).array());
        }
        return new Digest(sha.digest());
    }

    @Override
    public VersionVector vector() {
        return graph.vector();
    }

    /** What is out will never come, and what waits for it is out too. */
    @Override
    public boolean has(EventId event) {
        return graph.has(event) || quarantine.holds(event);
    }

    @Override
    public VersionVector heed(VersionVector theirs) {
        return quarantine.within(theirs);
    }

    @Override
    public Slice since(VersionVector vector, int aboutBytes) {
        EventGraph.Slice slice = graph.since(vector, aboutBytes);
        List<Chunk> chunks = new ArrayList<>();
        for (Bundle bundle : slice.bundles()) {
            if (!addProved(bundle, chunks)) {
                // What follows on it would wait for it for ever.
                return new Slice(chunks, false);
            }
        }
        return new Slice(chunks, slice.more());
    }

    /** In as many pieces as it takes for the proofs to fit; returns whether all of it can be proved. */
    private boolean addProved(Bundle bundle, List<Chunk> chunks) {
        EventRuns runs = BundleCodec.toRuns(bundle);
        List<WriterProof> proofs = authorship.prove(runs, graph);
        if (proofs == null) {
            return false;
        }
        byte[] bytes = SignedEventsCodec.encode(new Signed(runs, proofs));
        List<Event> events = bundle.events();
        if (bytes.length <= Limits.CHUNK_BYTES) {
            chunks.add(new Chunk(bytes));
            return true;
        }
        int half = events.size() / 2;
        return addProved(new Bundle(events.subList(0, half)), chunks)
                && addProved(new Bundle(events.subList(half, events.size())), chunks);
    }

    @Override
    public Verdict admit(Chunk chunk) {
        Signed signed;
        try {
            signed = SignedEventsCodec.decode(chunk.bytes());
        } catch (MalformedBundleException e) {
            return Verdict.refused(e.getMessage());
        }
        if (quarantine.meets(signed.runs())) {
            // Whoever sends it has not heard yet why it does not count, and is told.
            quarantine.note(signed.runs(), writer -> authorship.wrote(writer, signed, graph));
            return Verdict.KNOWN;
        }
        Admission known = graph.weigh(signed.runs());
        if (known != null) {
            if (known instanceof Admission.Refused refused && refused.reason() == Admission.Reason.CONFLICT) {
                authorship.doubt(refused.event().replica());
            }
            return known.dispatch(VERDICTS);
        }
        if (!graph.hasRoomFor(signed.runs())) {
            return Verdict.refused("The same is deleted too often by those who did not know of each other: a document's"
                    + " deletions may be " + Limits.DELETIONS_PER_INSERTION + " times as long as its text ever was."
                    + " Share its text anew.");
        }
        Unproved unproved = authorship.check(signed, graph);
        if (unproved != null) {
            return Verdict.unproved(unproved.why(), unproved.madeUpBy());
        }
        Verdict verdict = graph.admit(signed.runs()).dispatch(VERDICTS);
        if (verdict.kind() == Verdict.Kind.ADDED) {
            authorship.confirm();
        } else {
            authorship.takeBack();
            if (verdict.kind() == Verdict.Kind.REFUSED) {
                // Whoever let it into a graph has something else where it follows.
                authorship.doubtAll();
            }
        }
        return verdict;
    }

    /**
     * Several chunks as one.
     *
     * @param parts of how many it was made; 1: it is the first alone, as it came
     */
    public record Joined(Chunk chunk, int parts) {}

    /**
     * The first of some chunks, and as many of the next as say what the same writer wrote next and lack nothing that comes before.
     * The proof of the last is one of all, so one signature has to be checked instead of many, and one step made in the graph.
     * Nothing is checked here.
     */
    public Joined join(List<Chunk> chunks) {
        if (chunks.size() == 1) {
            return new Joined(chunks.get(0), 1);
        }
        List<Event> events = new ArrayList<>();
        EventRuns last = null;
        WriterProof proof = null;
        int parts = 0;
        try {
            for (Chunk chunk : chunks) {
                Signed signed = SignedEventsCodec.decode(chunk.bytes());
                EventRuns runs = signed.runs();
                boolean fits =
                        runs.writerCount() == 1 && signed.proofs().get(0).unitsBeyond() == 0 && goesOn(last, runs);
                if (!fits || events.size() + runs.units() > JOINED_UNITS) {
                    break;
                }
                events.addAll(BundleCodec.toBundle(runs).events());
                last = runs;
                proof = signed.proofs().get(0);
                parts++;
            }
        } catch (MalformedBundleException e) {
            // It is told when it is looked at alone.
        }
        return parts < 2
                ? new Joined(chunks.get(0), 1)
                : new Joined(
                        new Chunk(SignedEventsCodec.encode(
                                new Signed(BundleCodec.toRuns(new Bundle(events)), List.of(proof)))),
                        parts);
    }

    private boolean goesOn(EventRuns before, EventRuns runs) {
        ReplicaId writer = runs.replica(0);
        int first = runs.seq(0);
        if (before == null
                ? first != graph.nextSeq(writer)
                : !writer.equals(before.replica(0)) || first != endOf(before)) {
            return false;
        }
        for (int i = 0; i < runs.outsideCount(); i++) {
            EventId parent = runs.outsideParent(i);
            boolean isOwn = parent.replica().equals(writer) && parent.seq() < first;
            if (!isOwn && !graph.has(parent)) {
                return false;
            }
        }
        return true;
    }

    private static int endOf(EventRuns ofOneWriter) {
        int run = ofOneWriter.count() - 1;
        return ofOneWriter.seq(run) + ofOneWriter.length(run);
    }

    private static final Admission.Handler<Verdict> VERDICTS = new Admission.Handler<>() {
        @Override
        public Verdict added(Admission.Added added) {
            return Verdict.ADDED;
        }

        @Override
        public Verdict duplicate(Admission.Duplicate duplicate) {
            return Verdict.KNOWN;
        }

        @Override
        public Verdict missing(Admission.Missing missing) {
            return Verdict.waits(missing.events().get(0));
        }

        @Override
        public Verdict refused(Admission.Refused refused) {
            return Verdict.refused(refused.event() + ": " + refused.explanation());
        }
    };

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }
}

package dev.metalog.server.sync;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.MalformedBundleException;
import dev.metalog.server.eventgraph.Admission;
import dev.metalog.server.eventgraph.EventGraph;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** The events of one document as peers exchange them: a chunk is a bundle. */
public final class DocumentEvents implements Replicated {
    private static final byte[] DOMAIN = "meta-log/frontier/1".getBytes(StandardCharsets.US_ASCII);

    private EventGraph graph;
    /** What the digests are of; a document that rests is not read again and again. */
    private Version digested;

    private Digest frontier;
    private Digest content;

    public DocumentEvents(EventGraph graph) {
        this.graph = graph;
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

    @Override
    public boolean has(EventId event) {
        return graph.has(event);
    }

    @Override
    public Slice since(VersionVector vector, int aboutBytes) {
        EventGraph.Slice slice = graph.since(vector, aboutBytes);
        List<Chunk> chunks = new ArrayList<>();
        for (Bundle bundle : slice.bundles()) {
            chunks.add(new Chunk(BundleCodec.encode(bundle)));
        }
        return new Slice(chunks, slice.more());
    }

    @Override
    public Verdict admit(Chunk chunk) {
        try {
            return graph.admit(BundleCodec.decodeRuns(chunk.bytes())).dispatch(VERDICTS);
        } catch (MalformedBundleException e) {
            return Verdict.refused(e.getMessage());
        }
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

package dev.metalog.server.authorship;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.NamedProof;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.WriterProof;
import dev.metalog.server.authorship.WriterTree.Beyond;
import dev.metalog.server.authorship.Writing.Verdict;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.SigningDomain;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks the whole history of a document once more, from the first event of every writer on. */
public final class HistoryCheck {
    private HistoryCheck() {}

    /** Every writer, in the order of their names. */
    public static List<Writing> of(DocumentId document, EventGraph graph, Collection<NamedProof> proofs) {
        Map<ReplicaId, NamedProof> byWriter = new HashMap<>();
        proofs.forEach(proof -> byWriter.put(proof.writer(), proof));
        List<Writing> writings = new ArrayList<>();
        for (Map.Entry<ReplicaId, Integer> writer : graph.vector().nextSeqs().entrySet()) {
            writings.add(check(document, graph, writer.getKey(), writer.getValue(), byWriter.get(writer.getKey())));
        }
        return writings;
    }

    private static Writing check(DocumentId document, EventGraph graph, ReplicaId writer, int units, NamedProof named) {
        int first = graph.stampMinutes(new EventId(writer, 0));
        int last = graph.stampMinutes(new EventId(writer, units - 1));
        if (named == null) {
            return new Writing(writer, null, null, Verdict.UNSIGNED, units, 0, first, last);
        }
        WriterProof proof = named.proof();
        DeviceCertificate device;
        try {
            device = DeviceCertificate.decode(proof.certificate());
        } catch (IdentityRefused e) {
            return new Writing(writer, null, null, Verdict.FORGED, units, 0, first, last);
        }
        boolean good = named.end() <= units
                && Author.nameOf(device, proof.nonce()).equals(writer)
                && isSigned(document, graph, named, device);
        Verdict verdict = !good ? Verdict.FORGED : named.end() < units ? Verdict.UNSIGNED : Verdict.PROVED;
        return new Writing(writer, device.peer(), device.device(), verdict, units, good ? named.end() : 0, first, last);
    }

    private static boolean isSigned(DocumentId document, EventGraph graph, NamedProof named, DeviceCertificate device) {
        WriterProof proof = named.proof();
        WriterTree tree = new WriterTree();
        tree.append(graph.unitsOf(named.writer(), 0, named.end()), 0);
        byte[] root = tree.root(new Beyond(proof.tokens(), proof.bridge(), proof.path()));
        if (root == null || named.end() > Integer.MAX_VALUE - proof.unitsBeyond()) {
            return false;
        }
        SignedRoot signed =
                new SignedRoot(document, named.writer(), named.end() + proof.unitsBeyond(), proof.tokens(), root);
        return device.verify(SigningDomain.EVENTS, signed.bytes(), proof.signature());
    }
}

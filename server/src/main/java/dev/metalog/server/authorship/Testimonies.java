package dev.metalog.server.authorship;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Testimony;
import dev.metalog.protocol.WriterProof;
import dev.metalog.server.authorship.Authorship.Held;
import dev.metalog.server.eventgraph.EventGraph;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.SigningDomain;
import java.util.Arrays;
import java.util.Set;

/**
 * Finds out whether a writer signed two histories of a document. Whoever was shown one of them has its root and its signature
 * (a {@link Testimony}); whoever was shown the other, and has at least as many tokens of it, can tell that it does not begin like
 * that, and can prove it to everybody ({@link Equivocation}).
 *
 * <p>Nothing of it can be held against who is honest: a device only adds to what it signed under a name, and has another name
 * whenever it might not know what it signed. And nothing counts as found that does not stand {@link Equivocator#of the check}
 * that others will make, so neither does damage here accuse anybody.
 */
public final class Testimonies {
    private final DocumentId document;
    private final Authorship authorship;
    private final Notary notary;

    Testimonies(DocumentId document, Authorship authorship, Notary notary) {
        this.document = document;
        this.authorship = authorship;
        this.notary = notary;
    }

    /** Writers of whom something may have come that does not fit; they count as asked after now. */
    public Set<ReplicaId> takeDoubts() {
        return authorship.takeDoubts();
    }

    /**
     * What is here of another writer's signatures; {@code null} if nothing is. We do not testify of ourselves: whoever is honest
     * has no need to, and a slip of this machine's processor should stay without consequence.
     */
    public Testimony of(ReplicaId writer, EventGraph graph) {
        Held held = writer.equals(authorship.self()) ? null : authorship.held(writer, graph);
        byte[] root = held == null ? null : held.tree().root(held.beyond());
        if (root == null) {
            return null;
        }
        WriterProof proof = held.proof();
        return new Testimony(
                writer, held.tree().nextSeq() + proof.unitsBeyond(), proof.tokens(), root, proof.signature());
    }

    /** Whether it is of a writer who is known here, and no signature that is here too. Costs nothing. */
    public boolean isNews(Testimony theirs) {
        byte[] ours = theirs.writer().equals(authorship.self()) ? null : authorship.signatureOf(theirs.writer());
        return ours != null && !Arrays.equals(ours, theirs.signature());
    }

    /** Compares what somebody says to have with what is here. */
    public Comparison compare(Testimony theirs, EventGraph graph) {
        Held held = isNews(theirs) ? authorship.held(theirs.writer(), graph) : null;
        if (held == null || !isSigned(theirs, held.proof())) {
            return Comparison.NOTHING_FOUND;
        }
        WriterTree tree = held.tree();
        if (theirs.tokens() > tree.tokens() && theirs.tokens() != held.proof().tokens()) {
            return Comparison.THEIRS_IS_LONGER;
        }
        ReplicaId writer = theirs.writer();
        PrefixProof prefix = tree.prefix(theirs.tokens(), held.beyond(), (from, to) -> graph.unitsOf(writer, from, to));
        WriterProof ours = held.proof();
        Equivocation found = new Equivocation(
                ours.certificate(),
                ours.nonce(),
                theirs,
                new Equivocation.Signature(tree.nextSeq() + ours.unitsBeyond(), ours.tokens(), ours.signature()),
                prefix.before(),
                prefix.leaf(),
                prefix.behind());
        return check(found) == null ? Comparison.NOTHING_FOUND : new Comparison(Comparison.Kind.TWO_HISTORIES, found);
    }

    private boolean isSigned(Testimony theirs, WriterProof ours) {
        try {
            DeviceCertificate device = notary.read(ours.certificate());
            SignedRoot content =
                    new SignedRoot(document, theirs.writer(), theirs.nextSeq(), theirs.tokens(), theirs.root());
            return notary.isSigned(device, SigningDomain.EVENTS, content.bytes(), theirs.signature());
        } catch (IdentityRefused e) {
            return false;
        }
    }

    /** Whom it accuses; {@code null} if it proves nothing about this document, or about nobody who may concern it. */
    public Equivocator check(Equivocation proof) {
        Equivocator found = Equivocator.of(document, proof, notary);
        return found != null && authorship.concerns(found.device()) ? found : null;
    }
}

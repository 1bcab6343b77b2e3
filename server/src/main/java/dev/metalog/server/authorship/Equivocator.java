package dev.metalog.server.authorship;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Testimony;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.SigningDomain;
import java.util.Arrays;

/** Whose device signed two histories of one document, and under which name. */
public record Equivocator(PeerId peer, DeviceId device, ReplicaId writer) {
    /** @return {@code null} if it proves nothing: it is forged, or of another document */
    public static Equivocator of(DocumentId document, Equivocation proof, Notary notary) {
        DeviceCertificate device;
        try {
            device = notary.read(proof.certificate());
        } catch (IdentityRefused e) {
            return null;
        }
        ReplicaId writer = proof.writer();
        if (!Author.nameOf(device, proof.nonce()).equals(writer)) {
            return null;
        }
        Testimony shorter = proof.shorter();
        Equivocation.Signature longer = proof.longer();
        PrefixProof prefix =
                new PrefixProof(shorter.tokens(), longer.tokens(), proof.before(), proof.leaf(), proof.behind());
        byte[] root = prefix.root();
        byte[] firstRoot = prefix.firstRoot();
        if (root == null || firstRoot == null || Arrays.equals(firstRoot, shorter.root())) {
            return null;
        }
        SignedRoot one = new SignedRoot(document, writer, shorter.nextSeq(), shorter.tokens(), shorter.root());
        SignedRoot other = new SignedRoot(document, writer, longer.nextSeq(), longer.tokens(), root);
        boolean bothSigned = notary.isSigned(device, SigningDomain.EVENTS, one.bytes(), shorter.signature())
                && notary.isSigned(device, SigningDomain.EVENTS, other.bytes(), longer.bytes());
        return bothSigned ? new Equivocator(device.peer(), device.device(), writer) : null;
    }
}

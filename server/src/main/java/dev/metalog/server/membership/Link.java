package dev.metalog.server.membership;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.protocol.codec.MembershipCodec;
import dev.metalog.protocol.membership.MembershipChange;
import dev.metalog.protocol.membership.MembershipRecord;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.Signatures;
import dev.metalog.server.identity.SigningDomain;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SHA256Digest;

/** One record, read once: its bytes, its digest, and the certificate in it. */
final class Link {
    private final byte[] bytes;
    private final MembershipCodec.Signed signed;
    private final Digest digest;
    private PeerId signer;
    private DeviceCertificate certificate;

    private Link(byte[] bytes, MembershipCodec.Signed signed) {
        this.bytes = bytes;
        this.signed = signed;
        this.digest = sha256(signed.content());
    }

    static Link read(byte[] bytes) throws MalformedMessageException {
        byte[] own = bytes.clone();
        return new Link(own, MembershipCodec.decode(own));
    }

    static Digest sha256(byte[] content) {
        SHA256Digest hash = new SHA256Digest();
        hash.update(content, 0, content.length);
        byte[] digest = new byte[hash.getDigestSize()];
        hash.doFinal(digest, 0);
        return new Digest(digest);
    }

    MembershipRecord record() {
        return signed.record();
    }

    int number() {
        return record().number();
    }

    /** Of what is signed, without the signature: the owner may sign one record twice, and it stays one. */
    Digest digest() {
        return digest;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Who signed it; {@code null} when nobody can have. Costs a millisecond, once. */
    PeerId signer() {
        if (signer == null) {
            signer = Signatures.recover(SigningDomain.MEMBERSHIP, signed.content(), signed.signature())
                    .orElse(null);
        }
        return signer;
    }

    /** The certificate of the device that it lets in; {@code null} when it is none. Costs a millisecond, once. */
    DeviceCertificate certificate() {
        if (certificate == null) {
            MembershipChange change = record().change();
            certificate = certificate(
                            change instanceof MembershipChange.Genesis genesis
                                    ? genesis.certificate()
                                    : ((MembershipChange.Add) change).certificate())
                    .orElse(null);
        }
        return certificate;
    }

    static Optional<DeviceCertificate> certificate(Chunk form) {
        try {
            return Optional.of(DeviceCertificate.decode(form.bytes()));
        } catch (IdentityRefused none) {
            return Optional.empty();
        }
    }
}

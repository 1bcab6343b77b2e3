package dev.metalog.server.authorship;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.WriterProof;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.SigningDomain;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A device of ours under the name that it writes one document with in this run.
 *
 * <p>The name is made of who the device is and of a nonce, so nobody else can prove to be who has it; see {@link
 * #nameOf}.
 */
public final class Author {
    private static final int NAME_BYTES = 10;

    private final DeviceKey device;
    private final byte[] certificate;
    private final byte[] nonce;
    private final ReplicaId name;

    /** @param nonce {@link WriterProof#NONCE_BYTES} fresh random bytes: a name is never used again */
    public Author(DeviceKey device, byte[] nonce) {
        this.device = device;
        this.certificate = device.certificate().encode();
        this.nonce = nonce.clone();
        this.name = nameOf(device.certificate(), nonce);
    }

    public ReplicaId name() {
        return name;
    }

    /** The first ten bytes of the SHA-256 of {@code meta-log/replica/1}, the peer's address, the device's key, the nonce. */
    static ReplicaId nameOf(DeviceCertificate device, byte[] nonce) {
        MessageDigest sha = Sha256.fresh();
        sha.update("meta-log/replica/1".getBytes(StandardCharsets.US_ASCII));
        sha.update(HexFormat.of().parseHex(device.peer().value().substring("peer-".length())));
        sha.update(device.signingKey());
        sha.update(nonce);
        return ReplicaId.fromRandom(Arrays.copyOf(sha.digest(), NAME_BYTES));
    }

    /** Signs everything in the tree. */
    WriterProof sign(DocumentId document, WriterTree tree) {
        SignedRoot signed = new SignedRoot(document, name, tree.nextSeq(), tree.tokens(), tree.root());
        byte[] signature = device.sign(SigningDomain.EVENTS, signed.bytes());
        return new WriterProof(certificate, nonce, 0, tree.tokens(), new byte[0], new byte[0], signature);
    }
}

package dev.metalog.server.authorship;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.blackboard.PostingProof;
import dev.metalog.protocol.codec.BlackboardCodec;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.SigningDomain;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Who put what on a blackboard. A device signs each posting for itself, as it is passed on without those before and behind it:
 *
 * <pre>length (1) │ blackboard's id │ length (1) │ writer │ seq (4) │ the posting, as BlackboardCodec writes it, without the proof</pre>
 *
 * <p>What only takes something away names no author and is not signed: whoever may write may erase anything.
 */
public final class Postings {
    private final DeviceKey device;
    private final Chunk certificate;
    private final Notary notary;

    public Postings(DeviceKey device, Notary notary) {
        this.device = device;
        this.certificate = new Chunk(device.certificate().encode());
        this.notary = notary;
    }

    public PostingProof sign(DocumentId board, EventId id, Posting posting) {
        return new PostingProof(
                certificate, new Chunk(device.sign(SigningDomain.BLACKBOARD, content(board, id, posting))));
    }

    /** Why its author cannot have put it there; {@code null} if that is proved. */
    public Unproved check(DocumentId board, EventId id, Posting posting) {
        PostingProof proof = posting.proof();
        if (proof == null) {
            return Unproved.madeUp(posting.name() + " is not signed.");
        }
        DeviceCertificate signer;
        try {
            signer = notary.read(proof.certificate().bytes());
        } catch (IdentityRefused e) {
            return Unproved.madeUp(e.getMessage());
        }
        if (!signer.peer().equals(posting.author())) {
            return Unproved.madeUp(posting.name() + " is signed by a device of " + signer.peer() + " and says that "
                    + posting.author() + " wrote it.");
        }
        return notary.isSigned(
                        signer,
                        SigningDomain.BLACKBOARD,
                        content(board, id, posting),
                        proof.signature().bytes())
                ? null
                : Unproved.madeUp("The signature of " + posting.name() + " is of something else.");
    }

    private static byte[] content(DocumentId board, EventId id, Posting posting) {
        byte[] place = board.value().getBytes(StandardCharsets.US_ASCII);
        byte[] writer = id.replica().value().getBytes(StandardCharsets.US_ASCII);
        byte[] put = BlackboardCodec.unsigned(posting);
        return ByteBuffer.allocate(2 + place.length + writer.length + Integer.BYTES + put.length)
                .put((byte) place.length)
                .put(place)
                .put((byte) writer.length)
                .put(writer)
                .putInt(id.seq())
                .put(put)
                .array();
    }
}

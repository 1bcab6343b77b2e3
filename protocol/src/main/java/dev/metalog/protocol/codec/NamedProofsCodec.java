package dev.metalog.protocol.codec;

import dev.metalog.protocol.NamedProof;
import dev.metalog.protocol.ReplicaId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Proofs without events as bytes, as a snapshot keeps them; see docs/format-events.md. */
public final class NamedProofsCodec {
    /** About how long one record of proofs gets. */
    public static final int ABOUT_BYTES = 256 << 10;

    private NamedProofsCodec() {}

    /** As many rows of bytes as it takes for none to be longer than {@link #ABOUT_BYTES} and one proof. */
    public static List<byte[]> encode(Collection<NamedProof> proofs) {
        List<byte[]> rows = new ArrayList<>();
        ByteSink out = new ByteSink(1_024);
        ProofColumns columns = new ProofColumns();
        for (NamedProof proof : proofs) {
            byte[] name = proof.writer().value().getBytes(StandardCharsets.US_ASCII);
            out.put(name.length);
            out.put(name);
            out.varint(proof.end());
            columns.write(proof.proof(), out);
            if (out.size() >= ABOUT_BYTES) {
                rows.add(out.toArray());
                out = new ByteSink(1_024);
                columns = new ProofColumns();
            }
        }
        if (out.size() > 0) {
            rows.add(out.toArray());
        }
        return rows;
    }

    /** One of them. */
    public static List<NamedProof> decode(byte[] row) throws MalformedBundleException {
        ByteSource in = new ByteSource(row, 0, row.length);
        ProofColumns columns = new ProofColumns();
        List<NamedProof> proofs = new ArrayList<>();
        try {
            while (in.remaining() > 0) {
                String name = new String(in.take(in.next()), StandardCharsets.US_ASCII);
                int end = in.varint();
                proofs.add(new NamedProof(new ReplicaId(name), end, columns.read(in)));
            }
            return proofs;
        } catch (MalformedColumnsException | IllegalArgumentException e) {
            throw new MalformedBundleException(-1, e.getMessage(), e);
        }
    }
}

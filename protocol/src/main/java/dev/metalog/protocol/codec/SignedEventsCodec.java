package dev.metalog.protocol.codec;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.WriterProof;
import java.util.ArrayList;
import java.util.List;

/**
 * A bundle with a proof of each of its writers as bytes, in the form of docs/format-events.md: what peers send and logs keep.
 * There is only one encoding, as with bundles.
 */
public final class SignedEventsCodec {
    /** The first byte; a bundle without proofs begins with another, see {@link ColumnWriter}. */
    private static final int FORM = 0x01;

    private SignedEventsCodec() {}

    /**
     * Events and who proves them.
     *
     * @param proofs one for each writer, in the order of {@link EventRuns#replica}
     */
    public record Signed(EventRuns runs, List<WriterProof> proofs) {
        public Signed {
            proofs = List.copyOf(proofs);
            if (proofs.size() != runs.writerCount()) {
                throw new IllegalArgumentException(
                        runs.writerCount() + " writers cannot have " + proofs.size() + " proofs.");
            }
        }
    }

    /** Whether the bytes say that proofs come with the bundle; older logs have bundles without. */
    public static boolean isSigned(byte[] bytes, int from) {
        return from < bytes.length && bytes[from] == FORM;
    }

    /** @throws IllegalArgumentException for a bundle that is too large, as {@link BundleCodec#encode} */
    public static byte[] encode(Signed signed) {
        byte[] bundle = BundleCodec.encode(signed.runs());
        ByteSink out = new ByteSink(bundle.length + 512);
        out.put(FORM);
        out.varint(bundle.length);
        out.put(bundle);
        ProofColumns columns = new ProofColumns();
        signed.proofs().forEach(proof -> columns.write(proof, out));
        return out.toArray();
    }

    public static Signed decode(byte[] bytes) throws MalformedBundleException {
        return decode(bytes, 0);
    }

    /** @param from where in the bytes it begins; it ends where they end */
    public static Signed decode(byte[] bytes, int from) throws MalformedBundleException {
        if (bytes.length - from > Limits.CHUNK_BYTES) {
            throw new MalformedBundleException(
                    -1, (bytes.length - from) + " bytes are more than the allowed " + Limits.CHUNK_BYTES + ".", null);
        }
        ByteSource in = new ByteSource(bytes, from, bytes.length);
        try {
            if (in.next() != FORM) {
                throw MalformedColumnsException.of("there are no proofs with it");
            }
            int length = in.varint();
            if (length > in.remaining()) {
                throw MalformedColumnsException.of("the bytes end too soon");
            }
            EventRuns runs = BundleCodec.decodeRuns(bytes, in.at(), in.at() + length);
            in.skip(length);
            List<WriterProof> proofs = new ArrayList<>();
            ProofColumns columns = new ProofColumns();
            for (int writer = 0; writer < runs.writerCount(); writer++) {
                proofs.add(columns.read(in));
            }
            if (in.remaining() > 0) {
                throw MalformedColumnsException.of("there is something behind the last proof");
            }
            return new Signed(runs, proofs);
        } catch (MalformedColumnsException e) {
            throw new MalformedBundleException(-1, e.getMessage(), e);
        }
    }
}

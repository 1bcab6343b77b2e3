package dev.metalog.protocol.codec;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.WriterProof;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes or reads proofs one behind the other; a certificate is written once, and after that called by its number. */
final class ProofColumns {
    private final List<byte[]> certificates = new ArrayList<>();

    void write(WriterProof proof, ByteSink out) {
        int index = indexOf(proof.certificate());
        out.varint(index);
        if (index == certificates.size()) {
            certificates.add(proof.certificate());
            out.put(proof.certificate());
        }
        out.put(proof.nonce());
        out.varint(proof.unitsBeyond());
        out.varint(proof.tokens());
        out.varint(proof.bridge().length);
        out.put(proof.bridge());
        out.varint(proof.path().length / WriterProof.HASH_BYTES);
        out.put(proof.path());
        out.put(proof.signature());
    }

    WriterProof read(ByteSource in) throws MalformedColumnsException {
        byte[] certificate = certificate(in);
        byte[] nonce = in.take(WriterProof.NONCE_BYTES);
        int unitsBeyond = in.varint();
        int tokens = in.varint();
        byte[] bridge = in.take(atMost(in.varint(), Limits.PROOF_BRIDGE_BYTES));
        byte[] path = in.take(WriterProof.HASH_BYTES * atMost(in.varint(), Limits.PROOF_PATH_HASHES));
        byte[] signature = in.take(WriterProof.SIGNATURE_BYTES);
        if (tokens < 1) {
            throw MalformedColumnsException.of("a writer has signed nothing");
        }
        return new WriterProof(certificate, nonce, unitsBeyond, tokens, bridge, path, signature);
    }

    private byte[] certificate(ByteSource in) throws MalformedColumnsException {
        int index = in.varint();
        if (index > certificates.size()) {
            throw MalformedColumnsException.of("a certificate is not among them");
        }
        if (index == certificates.size()) {
            byte[] certificate = in.take(WriterProof.CERTIFICATE_BYTES);
            if (indexOf(certificate) < index) {
                throw MalformedColumnsException.of("a certificate is there twice");
            }
            certificates.add(certificate);
        }
        return certificates.get(index);
    }

    private static int atMost(int count, int most) throws MalformedColumnsException {
        if (count > most) {
            throw MalformedColumnsException.of("a proof is longer than it can be");
        }
        return count;
    }

    private int indexOf(byte[] certificate) {
        for (int i = 0; i < certificates.size(); i++) {
            if (Arrays.equals(certificate, certificates.get(i))) {
                return i;
            }
        }
        return certificates.size();
    }
}

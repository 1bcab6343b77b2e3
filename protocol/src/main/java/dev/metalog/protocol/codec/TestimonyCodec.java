package dev.metalog.protocol.codec;

import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Testimony;
import dev.metalog.protocol.WriterProof;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What writers signed, and what proves that one signed two histories, as bytes; see docs/format-events.md. There is only one
 * encoding.
 */
public final class TestimonyCodec {
    private TestimonyCodec() {}

    static void write(List<Testimony> testimonies, ByteSink out) {
        testimonies.forEach(testimony -> write(testimony, out));
    }

    /** All that is left. */
    static List<Testimony> readAll(ByteSource in) throws MalformedColumnsException {
        List<Testimony> testimonies = new ArrayList<>();
        while (in.remaining() > 0) {
            testimonies.add(read(in));
        }
        return testimonies;
    }

    private static void write(Testimony testimony, ByteSink out) {
        byte[] name = testimony.writer().value().getBytes(StandardCharsets.US_ASCII);
        out.put(name.length);
        out.put(name);
        out.varint(testimony.nextSeq());
        out.varint(testimony.tokens());
        out.put(testimony.root());
        out.put(testimony.signature());
    }

    private static Testimony read(ByteSource in) throws MalformedColumnsException {
        ReplicaId writer = new ReplicaId(new String(in.take(in.next()), StandardCharsets.US_ASCII));
        int nextSeq = in.varint();
        int tokens = in.varint();
        byte[] root = in.take(WriterProof.HASH_BYTES);
        return new Testimony(writer, nextSeq, tokens, root, in.take(WriterProof.SIGNATURE_BYTES));
    }

    public static byte[] encode(Equivocation equivocation) {
        ByteSink out = new ByteSink(1_024);
        write(equivocation, out);
        return out.toArray();
    }

    static void write(Equivocation equivocation, ByteSink out) {
        out.put(equivocation.certificate());
        out.put(equivocation.nonce());
        write(equivocation.shorter(), out);
        out.varint(equivocation.longer().nextSeq());
        out.varint(equivocation.longer().tokens());
        out.put(equivocation.longer().bytes());
        writeHashes(equivocation.before(), out);
        out.varint(equivocation.leaf().length);
        out.put(equivocation.leaf());
        writeHashes(equivocation.behind(), out);
    }

    private static void writeHashes(byte[] hashes, ByteSink out) {
        out.varint(hashes.length / WriterProof.HASH_BYTES);
        out.put(hashes);
    }

    public static Equivocation decode(byte[] bytes) throws MalformedBundleException {
        try {
            return read(bytes, 0);
        } catch (MalformedColumnsException | IllegalArgumentException e) {
            throw new MalformedBundleException(-1, e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException for names and sizes that cannot be */
    static Equivocation read(byte[] bytes, int from) throws MalformedColumnsException {
        if (bytes.length - from > Equivocation.MOST_BYTES) {
            throw MalformedColumnsException.of("it is longer than anything that proves this");
        }
        ByteSource in = new ByteSource(bytes, from, bytes.length);
        byte[] certificate = in.take(WriterProof.CERTIFICATE_BYTES);
        byte[] nonce = in.take(WriterProof.NONCE_BYTES);
        Testimony shorter = read(in);
        int nextSeq = in.varint();
        int tokens = in.varint();
        Equivocation.Signature longer =
                new Equivocation.Signature(nextSeq, tokens, in.take(WriterProof.SIGNATURE_BYTES));
        byte[] before = readHashes(in);
        byte[] leaf = in.take((int) in.longVarint(Limits.PROOF_BRIDGE_BYTES));
        byte[] behind = readHashes(in);
        if (in.remaining() > 0) {
            throw MalformedColumnsException.of("there is something behind its end");
        }
        return new Equivocation(certificate, nonce, shorter, longer, before, leaf, behind);
    }

    private static byte[] readHashes(ByteSource in) throws MalformedColumnsException {
        return in.take(WriterProof.HASH_BYTES * (int) in.longVarint(Limits.PROOF_PATH_HASHES));
    }
}

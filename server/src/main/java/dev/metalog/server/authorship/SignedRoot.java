package dev.metalog.server.authorship;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.WriterProof;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a writer signs: in this document, under this name, up to before this unit, in so many tokens, I wrote this.
 *
 * <pre>length (1) │ document id │ length (1) │ name │ next seq (4) │ tokens (4) │ root (32)</pre>
 */
@SuppressWarnings("ArrayRecordComponent") // made, turned into bytes, and forgotten
record SignedRoot(DocumentId document, ReplicaId writer, int nextSeq, int tokens, byte[] root) {
    byte[] bytes() {
        byte[] id = document.value().getBytes(StandardCharsets.US_ASCII);
        byte[] name = writer.value().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(1 + id.length + 1 + name.length + 2 * Integer.BYTES + WriterProof.HASH_BYTES)
                .put((byte) id.length)
                .put(id)
                .put((byte) name.length)
                .put(name)
                .putInt(nextSeq)
                .putInt(tokens)
                .put(root)
                .array();
    }
}

package dev.metalog.server.workspace;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.server.quarantine.Quarantine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is out as a record of the document's log: how many writers (four bytes), the name of each (two bytes of length, ASCII);
 * then how many others (four bytes), of each the name and from which seq on (four bytes).
 */
final class QuarantineRecord {
    static final byte PROOFS = 0;
    static final byte EVENTS = 1;

    private QuarantineRecord() {}

    static byte[] encode(Quarantine quarantine) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(quarantine.writers().size());
            for (ReplicaId writer : quarantine.writers()) {
                out.writeUTF(writer.value());
            }
            out.writeInt(quarantine.ends().size());
            for (Map.Entry<ReplicaId, Integer> end : quarantine.ends().entrySet()) {
                out.writeUTF(end.getKey().value());
                out.writeInt(end.getValue());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("Writing to memory does not fail.", impossible);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException when the bytes are no such record */
    static Quarantine decode(byte[] body) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            List<ReplicaId> writers = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                writers.add(new ReplicaId(in.readUTF()));
            }
            Quarantine quarantine = new Quarantine(new Quarantine(), writers);
            for (int left = in.readInt(); left > 0; left--) {
                quarantine.end(new ReplicaId(in.readUTF()), in.readInt());
            }
            return quarantine;
        } catch (IllegalArgumentException e) {
            throw new IOException("Not what is out: " + e.getMessage(), e);
        }
    }

    /** A record of what counts from the next {@link LogKind#QUARANTINE} on. */
    static byte[] instead(byte what, byte[] body) {
        byte[] record = new byte[body.length + 1];
        record[0] = what;
        System.arraycopy(body, 0, record, 1, body.length);
        return record;
    }
}

package dev.metalog.server.workspace;

import dev.metalog.protocol.EventId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Version;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One note of {@link ShownVersions} as a record of the document's log: kind (one byte), URI (two bytes of length, UTF-8),
 * count of events (two bytes), then for each its replica (two bytes of length, ASCII) and its seq (four bytes).
 */
record ShownRecord(ShownVersions.Kind kind, String uri, Version version) {
    static byte[] encode(ShownVersions.Kind kind, String uri, Version version) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(kind.number());
            out.writeUTF(uri);
            out.writeShort(version.events().size());
            for (EventId event : version.events()) {
                out.writeUTF(event.replica().value());
                out.writeInt(event.seq());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("Writing to memory does not fail.", impossible);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException when the bytes are no such record */
    static ShownRecord decode(byte[] body) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            ShownVersions.Kind kind = ShownVersions.Kind.of(in.readUnsignedByte());
            if (kind == null) {
                throw new IOException("Unknown kind of shown version.");
            }
            String uri = in.readUTF();
            int count = in.readUnsignedShort();
            List<EventId> events = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                events.add(new EventId(new ReplicaId(in.readUTF()), in.readInt()));
            }
            return new ShownRecord(kind, uri, new Version(events));
        } catch (IllegalArgumentException e) {
            throw new IOException("Not a shown version: " + e.getMessage(), e);
        }
    }
}

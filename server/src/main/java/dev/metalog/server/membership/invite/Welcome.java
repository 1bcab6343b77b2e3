package dev.metalog.server.membership.invite;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.WorkspaceId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What whoever was let in gets: the whole chain of the membership, with the record that lets it in, and what there is to open.
 *
 * <pre>workspace (16) │ count (4) │ each: length (4), record │ count (4) │ each: document (16), length (2), path in UTF-8</pre>
 *
 * @param records not copied
 */
public record Welcome(WorkspaceId workspace, List<byte[]> records, List<Invited> documents) {
    /** The longest one: the longest chain, and all the documents that a workspace may have. */
    static final int MOST_BYTES = Limits.MEMBERSHIP_BYTES + (8 << 20);

    private static final int ID_BYTES = 16;

    public Welcome {
        records = List.copyOf(records);
        documents = List.copyOf(documents);
        long bytes = records.stream().mapToLong(record -> record.length).sum();
        if (bytes > Limits.MEMBERSHIP_BYTES || records.size() > Limits.MEMBERSHIP_RECORDS) {
            throw new IllegalArgumentException("A chain has at most " + Limits.MEMBERSHIP_BYTES + " bytes.");
        }
        if (documents.size() > Limits.WORKSPACE_DOCUMENTS) {
            throw new IllegalArgumentException("A workspace has at most " + Limits.WORKSPACE_DOCUMENTS + " documents.");
        }
    }

    byte[] encode() {
        int length = WorkspaceId.BYTES + 2 * Integer.BYTES;
        for (byte[] record : records) {
            length += Integer.BYTES + record.length;
        }
        List<byte[]> paths = new ArrayList<>();
        for (Invited document : documents) {
            paths.add(document.path().value().getBytes(StandardCharsets.UTF_8));
            length += ID_BYTES + Short.BYTES + paths.get(paths.size() - 1).length;
        }
        ByteBuffer out = ByteBuffer.allocate(length).put(workspace.bytes()).putInt(records.size());
        records.forEach(record -> out.putInt(record.length).put(record));
        out.putInt(documents.size());
        for (int i = 0; i < paths.size(); i++) {
            out.put(Base32.decode(documents.get(i).document().value()))
                    .putShort((short) paths.get(i).length)
                    .put(paths.get(i));
        }
        return out.array();
    }

    /** {@code null} whatever is wrong with the bytes. The records are looked into by the log. */
    static Welcome decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            WorkspaceId workspace = WorkspaceId.fromBytes(take(in, WorkspaceId.BYTES));
            List<byte[]> records = new ArrayList<>();
            for (int left = count(in, Limits.MEMBERSHIP_RECORDS); left > 0; left--) {
                records.add(take(in, in.getInt()));
            }
            List<Invited> documents = new ArrayList<>();
            Set<DocumentId> ids = new HashSet<>();
            for (int left = count(in, Limits.WORKSPACE_DOCUMENTS); left > 0; left--) {
                DocumentId id = DocumentId.fromRandom(take(in, ID_BYTES));
                byte[] utf8 = take(in, in.getShort() & 0xffff);
                String path = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(utf8))
                        .toString();
                documents.add(new Invited(id, new DocumentPath(path)));
                ids.add(id);
            }
            boolean isWhole = !in.hasRemaining() && ids.size() == documents.size();
            return isWhole ? new Welcome(workspace, records, documents) : null;
        } catch (BufferUnderflowException | CharacterCodingException | IllegalArgumentException malformed) {
            return null;
        }
    }

    private static int count(ByteBuffer in, int most) {
        int count = in.getInt();
        if (count < 0 || count > most) {
            throw new IllegalArgumentException("There are too many.");
        }
        return count;
    }

    private static byte[] take(ByteBuffer in, int count) {
        if (count < 0 || count > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] taken = new byte[count];
        in.get(taken);
        return taken;
    }
}

package dev.metalog.server.workspace;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.WorkspaceInvitation;
import dev.metalog.protocol.membership.MemberRole;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A link that was made here, as the log of the members keeps it over a restart: it can be used for a day, by one device. A code
 * lives for ten minutes, and dies with the process that made it. What is said last of a link counts.
 *
 * @param untilMillis when it is over, by the clock
 * @param usedBy the device that asked with it; {@code null} while none has
 */
record InvitationRecord(
        WorkspaceInvitation link, MemberRole role, boolean yes, DocumentId first, long untilMillis, DeviceId usedBy) {
    private static final int FORM = 1;

    InvitationRecord by(DeviceId device) {
        return new InvitationRecord(link, role, yes, first, untilMillis, device);
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORM);
            out.writeUTF(link.encode());
            out.writeUTF(role.name());
            out.writeBoolean(yes);
            out.writeUTF(first.value());
            out.writeLong(untilMillis);
            out.writeUTF(usedBy == null ? "" : usedBy.value());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException when the bytes are no such record */
    static InvitationRecord decode(byte[] body) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            if (in.readByte() != FORM) {
                throw new IOException("An invitation of another form.");
            }
            WorkspaceInvitation link = WorkspaceInvitation.decode(in.readUTF());
            MemberRole role = MemberRole.valueOf(in.readUTF());
            boolean yes = in.readBoolean();
            DocumentId first = new DocumentId(in.readUTF());
            long untilMillis = in.readLong();
            String device = in.readUTF();
            return new InvitationRecord(
                    link, role, yes, first, untilMillis, device.isEmpty() ? null : new DeviceId(device));
        } catch (IllegalArgumentException e) {
            throw new IOException("Not a record of an invitation.", e);
        }
    }
}

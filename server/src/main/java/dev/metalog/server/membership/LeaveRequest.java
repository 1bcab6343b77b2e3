package dev.metalog.server.membership;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.SigningDomain;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * "I want to leave": signed by a member's device, for the owner's device to make a removal of. A device that went out never
 * comes back, so a request cannot be played back to put out somebody who was let in again.
 *
 * <pre>form (1) │ workspace (16) │ device (16) │ minutes since 2026 began (4) │ signature of the device (64)</pre>
 */
public final class LeaveRequest {
    private static final int FORM = 1;
    private static final int ID_BYTES = 16;
    private static final int SIGNED = 1 + WorkspaceId.BYTES + ID_BYTES + Integer.BYTES;

    /** The length of its one form. */
    public static final int BYTES = SIGNED + DeviceCertificate.SIGNATURE_BYTES;

    private LeaveRequest() {}

    public static byte[] sign(DeviceKey device, WorkspaceId workspace, int minutes) {
        byte[] content = ByteBuffer.allocate(SIGNED)
                .put((byte) FORM)
                .put(workspace.bytes())
                .put(Base32.decode(device.certificate().device().value()))
                .putInt(minutes)
                .array();
        return ByteBuffer.allocate(BYTES)
                .put(content)
                .put(device.sign(SigningDomain.LEAVE, content))
                .array();
    }

    /** Who wants to leave; empty when this is no request of a member's, or the owner's, who cannot. */
    public static Optional<PeerId> read(MembershipLog log, byte[] bytes) {
        if (bytes.length != BYTES || bytes[0] != FORM) {
            return Optional.empty();
        }
        byte[] workspace = Arrays.copyOfRange(bytes, 1, 1 + WorkspaceId.BYTES);
        if (!Arrays.equals(workspace, log.workspace().bytes())) {
            return Optional.empty();
        }
        int deviceAt = 1 + WorkspaceId.BYTES;
        DeviceId device = new DeviceId(Base32.encode(Arrays.copyOfRange(bytes, deviceAt, deviceAt + ID_BYTES)));
        byte[] content = Arrays.copyOf(bytes, SIGNED);
        byte[] signature = Arrays.copyOfRange(bytes, SIGNED, BYTES);
        return log.member(device)
                .filter(member -> member.role() != MemberRole.OWNER)
                .filter(member -> member.certificate().verify(SigningDomain.LEAVE, content, signature))
                .map(Member::peer);
    }
}

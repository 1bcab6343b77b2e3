package dev.metalog.server.membership;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.server.identity.DeviceCertificate;

/** A device that belongs to a workspace now. */
public record Member(DeviceCertificate certificate, MemberName name, MemberRole role) {
    public PeerId peer() {
        return certificate.peer();
    }

    public DeviceId device() {
        return certificate.device();
    }
}

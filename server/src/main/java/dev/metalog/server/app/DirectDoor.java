package dev.metalog.server.app;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.TransportVoucher;
import dev.metalog.server.link.direct.Doorman;
import dev.metalog.server.link.direct.NotAdmitted;
import dev.metalog.server.link.direct.RemoteDevice;
import dev.metalog.server.reach.Endpoint;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;

/**
 * Says whose a direct link is and who may come in: devices of peers that the conductor welcomes. A voucher here is eight bytes of
 * {@link Endpoint#place} and then a {@link TransportVoucher} over those and the TLS key.
 */
final class DirectDoor implements Doorman {
    private final DeviceKey device;
    private final long place;
    private volatile Set<PeerId> welcome = Set.of();

    DirectDoor(DeviceKey device, long place) {
        this.device = device;
        this.place = place;
    }

    void welcome(Set<PeerId> peers) {
        welcome = peers;
    }

    @Override
    public byte[] voucher(byte[] ownSpki) {
        byte[] proof = TransportVoucher.issue(device, placed(place, ownSpki));
        return ByteBuffer.allocate(Long.BYTES + proof.length)
                .putLong(place)
                .put(proof)
                .array();
    }

    @Override
    public RemoteDevice admit(byte[] voucher, byte[] spki) throws NotAdmitted {
        if (voucher.length != Long.BYTES + TransportVoucher.BYTES) {
            throw new NotAdmitted("The other end does not prove whose it is.");
        }
        long itsPlace = ByteBuffer.wrap(voucher).getLong();
        DeviceCertificate certificate;
        try {
            certificate = TransportVoucher.check(
                    Arrays.copyOfRange(voucher, Long.BYTES, voucher.length), placed(itsPlace, spki));
        } catch (IdentityRefused e) {
            throw new NotAdmitted(e.getMessage());
        }
        if (certificate.device().equals(device.certificate().device()) && itsPlace == place) {
            throw new NotAdmitted("This is the address of this workspace itself.");
        }
        if (!welcome.contains(certificate.peer())) {
            throw new NotAdmitted(certificate.peer() + " shares nothing with this workspace.");
        }
        return remote(new Endpoint(certificate.peer(), certificate.device(), itsPlace));
    }

    private static byte[] placed(long place, byte[] spki) {
        return ByteBuffer.allocate(Long.BYTES + spki.length)
                .putLong(place)
                .put(spki)
                .array();
    }

    private static RemoteDevice remote(Endpoint endpoint) {
        return new RemoteDevice(endpoint.key(), endpoint.peer().value());
    }

    /** What {@link #admit} made a device of. */
    static Endpoint endpoint(RemoteDevice who) {
        int slash = who.device().indexOf('/');
        return new Endpoint(
                new PeerId(who.peer()),
                new DeviceId(who.device().substring(0, slash)),
                Long.parseUnsignedLong(who.device().substring(slash + 1), 16));
    }
}

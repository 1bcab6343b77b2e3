package dev.metalog.server.link.direct;

import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.identity.TransportVoucher;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Devices with real keys, and who of them is let in by the others. */
final class Club {
    private final Set<String> members = ConcurrentHashMap.newKeySet();
    private int born;

    /** A device with keys of its own, not let in by anybody yet. */
    DeviceKey stranger() {
        born++;
        byte[] entropy = new byte[32];
        byte[] random = new byte[DeviceKey.RANDOM_BYTES];
        Random seeded = new Random(born);
        seeded.nextBytes(entropy);
        seeded.nextBytes(random);
        return DeviceKey.create(PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(entropy), ""), random, 0);
    }

    DeviceKey member() {
        DeviceKey device = stranger();
        members.add(nameOf(device));
        return device;
    }

    static String nameOf(DeviceKey device) {
        return device.certificate().device().value();
    }

    static RemoteDevice remote(DeviceKey device) {
        return new RemoteDevice(nameOf(device), device.certificate().peer().value());
    }

    Doorman doormanOf(DeviceKey own) {
        return new Doorman() {
            @Override
            public byte[] voucher(byte[] ownSpki) {
                return TransportVoucher.issue(own, ownSpki);
            }

            @Override
            public RemoteDevice admit(byte[] voucher, byte[] spki) throws NotAdmitted {
                DeviceCertificate certificate;
                try {
                    certificate = TransportVoucher.check(voucher, spki);
                } catch (IdentityRefused e) {
                    throw new NotAdmitted(e.getMessage());
                }
                String device = certificate.device().value();
                if (!members.contains(device)) {
                    throw new NotAdmitted("Device " + device + " is no member here.");
                }
                return new RemoteDevice(device, certificate.peer().value());
            }
        };
    }
}

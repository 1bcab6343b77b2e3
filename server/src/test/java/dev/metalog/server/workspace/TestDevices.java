package dev.metalog.server.workspace;

import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.PeerIdentity;
import java.util.Random;

/** The devices of people in tests: the same for the same person and number. */
public final class TestDevices {
    private TestDevices() {}

    public static DeviceKey of(PeerIdentity identity, int number) {
        byte[] random = new byte[DeviceKey.RANDOM_BYTES];
        new Random(identity.peerId().hashCode() * 31L + number).nextBytes(random);
        return DeviceKey.create(identity, random, 480_000);
    }
}

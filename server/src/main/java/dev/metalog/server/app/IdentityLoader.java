package dev.metalog.server.app;

import dev.metalog.protocol.Stamp;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.Keystore;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.IdentityFiles;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.workspace.RandomBytes;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Opens this installation's identity and its device's key, or makes them on the first run. */
final class IdentityLoader {
    /**
     * @param device this machine's, which the identity vouches for
     * @param created whether this run made the identity
     */
    record Loaded(PeerIdentity identity, DeviceKey device, boolean created) {}

    private IdentityLoader() {}

    /** The folder that a refused identity lies in. */
    static Path where(HomeFolder home) {
        return home.path().resolve("identity");
    }

    /**
     * What opens it is what {@link IdentityFiles#passphrase} says.
     *
     * @throws LockedException when only its owner can say what opens it
     */
    static Loaded load(HomeFolder home, Map<String, String> environment, RandomBytes random)
            throws StoreRefused, IdentityRefused, LockedException {
        IdentityFiles files = new IdentityFiles(home);
        Optional<byte[]> kept = files.keystore();
        if (kept.isPresent() && files.needsPerson(environment)) {
            throw new LockedException(files.keystoreFile(), "A passphrase protects the identity.");
        }
        String passphrase = files.passphrase(environment);
        if (kept.isEmpty()) {
            Mnemonic mnemonic = Mnemonic.fromEntropy(random.draw(Mnemonic.ENTROPY_BYTES));
            PeerIdentity identity = PeerIdentity.fromMnemonic(mnemonic, "");
            byte[] keystore = Keystore.encrypt(identity, mnemonic, passphrase, random.draw(Keystore.RANDOM_BYTES));
            if (files.createKeystore(keystore)) {
                return new Loaded(identity, device(files, identity, random), true);
            }
            // Another sidecar of this home was faster: its identity is the one.
            kept = files.keystore();
        }
        byte[] json = kept.orElseThrow(() -> new IllegalStateException("The keystore was here a moment ago."));
        return opened(files, json, passphrase, random);
    }

    /** @throws LockedException when another passphrase opens it */
    static Loaded unlock(HomeFolder home, String passphrase, RandomBytes random)
            throws StoreRefused, IdentityRefused, LockedException {
        IdentityFiles files = new IdentityFiles(home);
        byte[] json =
                files.keystore().orElseThrow(() -> new IllegalStateException("The keystore was here a moment ago."));
        return opened(files, json, passphrase, random);
    }

    private static Loaded opened(IdentityFiles files, byte[] json, String passphrase, RandomBytes random)
            throws StoreRefused, IdentityRefused, LockedException {
        PeerIdentity identity = open(files, json, passphrase);
        return new Loaded(identity, device(files, identity, random), false);
    }

    /** This machine's device of the identity, made on its first run here. */
    private static DeviceKey device(IdentityFiles files, PeerIdentity identity, RandomBytes random)
            throws StoreRefused, IdentityRefused {
        Optional<byte[]> kept = files.device(identity.addressDigits());
        if (kept.isEmpty()) {
            int minutes = Stamp.minutesAt(System.currentTimeMillis());
            DeviceKey made = DeviceKey.create(identity, random.draw(DeviceKey.RANDOM_BYTES), minutes);
            if (files.createDevice(identity.addressDigits(), made.seal(identity, random.draw(DeviceKey.NONCE_BYTES)))) {
                return made;
            }
            // Another sidecar of this home was faster: its key is the one.
            kept = files.device(identity.addressDigits());
        }
        byte[] sealed = kept.orElseThrow(() -> new IllegalStateException("The device's key was here a moment ago."));
        return DeviceKey.open(identity, sealed);
    }

    private static PeerIdentity open(IdentityFiles files, byte[] json, String passphrase)
            throws IdentityRefused, LockedException {
        try {
            return Keystore.decrypt(json, passphrase);
        } catch (IdentityRefused e) {
            if (e.reason() == IdentityRefused.Reason.KEYSTORE_WRONG_PASSPHRASE) {
                throw new LockedException(files.keystoreFile(), e.getMessage());
            }
            throw e;
        }
    }

    /** The identity is there, and only its owner can say what opens it. */
    static final class LockedException extends Exception {
        private final Path keystore;

        LockedException(Path keystore, String why) {
            super(keystore + ": " + why + " Tell it to your editor when it asks, or set "
                    + IdentityFiles.PASSPHRASE_VARIABLE + " to a file with it in the first line.");
            this.keystore = keystore;
        }

        Path keystore() {
            return keystore;
        }
    }
}

package dev.metalog.server.app;

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

/** Opens this installation's identity, or makes it on the first run. */
final class IdentityLoader {
    /** @param created whether this run made it */
    record Loaded(PeerIdentity identity, boolean created) {}

    private IdentityLoader() {}

    /** The folder that a refused identity lies in. */
    static Path where(HomeFolder home) {
        return home.path().resolve("identity");
    }

    static Loaded load(HomeFolder home, Map<String, String> environment, RandomBytes random)
            throws StoreRefused, IdentityRefused {
        IdentityFiles files = new IdentityFiles(home);
        Optional<byte[]> kept = files.keystore();
        String passphrase = files.passphrase(environment);
        if (kept.isEmpty()) {
            Mnemonic mnemonic = Mnemonic.fromEntropy(random.draw(Mnemonic.ENTROPY_BYTES));
            PeerIdentity identity = PeerIdentity.fromMnemonic(mnemonic, "");
            byte[] keystore = Keystore.encrypt(identity, mnemonic, passphrase, random.draw(Keystore.RANDOM_BYTES));
            if (files.createKeystore(keystore)) {
                return new Loaded(identity, true);
            }
            // Another sidecar of this home was faster: its identity is the one.
            kept = files.keystore();
        }
        byte[] json = kept.orElseThrow(() -> new IllegalStateException("The keystore was here a moment ago."));
        return new Loaded(Keystore.decrypt(json, passphrase), false);
    }
}

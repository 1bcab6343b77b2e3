package dev.metalog.server.app.identity;

import dev.metalog.protocol.PeerId;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.Keystore;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.IdentityFiles;
import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.RealFiles;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.workspace.RandomBytes;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What can be done with the identity that is kept. Nothing is ever thrown away: an identity that another one takes the
 * place of is set aside. Whatever is written is opened once, and compared, before it counts.
 */
final class IdentityKeeper {
    private final HomeFolder home;
    private final IdentityFiles files;
    private final Map<String, String> variables;
    private final RandomBytes random;
    private final Secrets secrets;

    IdentityKeeper(HomeFolder home, Map<String, String> variables, RandomBytes random, Secrets secrets)
            throws StoreRefused {
        this.home = home;
        this.files = new IdentityFiles(home);
        this.variables = variables;
        this.random = random;
        this.secrets = secrets;
    }

    Path file() {
        return files.keystoreFile();
    }

    boolean exists() throws StoreRefused {
        return files.keystore().isPresent();
    }

    /** Whether a passphrase of the person's opens it, and not a secret that lies beside it. */
    boolean hasPassphrase() {
        return !files.hasUnlock();
    }

    /** @throws IdentityRefused when it cannot be opened; {@link StoreRefused} when there is none */
    Keystore.Contents open() throws StoreRefused, IdentityRefused, Secrets.Refused {
        return Keystore.open(kept(), currentPassphrase());
    }

    /** What the world may know of this machine's device; empty before the first start of a sidecar. */
    Optional<DeviceCertificate> device(PeerIdentity identity) throws StoreRefused, IdentityRefused {
        Optional<byte[]> sealed = files.device(identity.addressDigits());
        return sealed.isEmpty()
                ? Optional.empty()
                : Optional.of(DeviceKey.open(identity, sealed.get()).certificate());
    }

    private byte[] kept() throws StoreRefused {
        Optional<byte[]> kept = files.keystore();
        if (kept.isEmpty()) {
            throw new StoreRefused(
                    StoreRefused.Reason.MISSING,
                    files.keystoreFile(),
                    "There is no identity yet.",
                    "Make one with 'meta-log identity new', or restore yours with 'meta-log identity restore'.");
        }
        return kept.get();
    }

    private String currentPassphrase() throws StoreRefused, Secrets.Refused {
        boolean named =
                !variables.getOrDefault(IdentityFiles.PASSPHRASE_VARIABLE, "").isBlank();
        return named || files.hasUnlock()
                ? files.passphrase(variables)
                : secrets.ask("The passphrase of this identity");
    }

    /** Makes an identity out of fresh words. */
    PeerId create(int words) throws StoreRefused, IdentityRefused {
        Mnemonic mnemonic = Mnemonic.fromEntropy(random.draw(words * 4 / 3));
        return keep(new Keystore.Contents(PeerIdentity.fromMnemonic(mnemonic, ""), mnemonic));
    }

    /** Keeps an identity where none is kept. */
    PeerId keep(Keystore.Contents contents) throws StoreRefused, IdentityRefused {
        String passphrase = files.passphrase(variables);
        if (!files.createKeystore(sealed(contents, passphrase))) {
            throw new StoreRefused(
                    StoreRefused.Reason.FAILED,
                    files.keystoreFile(),
                    "There is an identity already, and it was left as it is.",
                    "Add --replace to set it aside and use the other one instead.");
        }
        return contents.identity().peerId();
    }

    /** @return where the identity that was kept lies now; empty when there was none */
    Optional<Path> setAside(String name) throws StoreRefused {
        return exists() ? Optional.of(files.setAside(name)) : Optional.empty();
    }

    /**
     * Lets the next start make another device, while no sidecar runs that would go on as the one of before.
     *
     * @param name of the folder that the key of before goes to
     * @return where it lies now
     */
    Path setDeviceAside(String name) throws StoreRefused, IdentityRefused, Secrets.Refused {
        PeerIdentity identity = open().identity();
        if (device(identity).isEmpty()) {
            throw new StoreRefused(
                    StoreRefused.Reason.MISSING,
                    files.deviceFile(identity.addressDigits()),
                    "This machine has no device of this identity yet.",
                    "The next start of an editor makes one.");
        }
        HeldWorkspaces held = HeldWorkspaces.all(home);
        try (held) {
            return files.setDeviceAside(identity.addressDigits(), name);
        }
    }

    /** Lets this passphrase open the identity, and nothing else. */
    void setPassphrase(String passphrase) throws StoreRefused, IdentityRefused, Secrets.Refused {
        files.replaceKeystore(sealed(open(), passphrase));
        files.removeUnlock();
    }

    /** Lets a random secret open the identity that lies beside it, for its owner's eyes only. */
    void removePassphrase() throws StoreRefused, IdentityRefused, Secrets.Refused {
        Keystore.Contents contents = open();
        files.replaceKeystore(sealed(contents, files.renewUnlock()));
    }

    /** Writes a keystore that this passphrase opens into a new file. */
    void export(Path target, String passphrase) throws StoreRefused, IdentityRefused, Secrets.Refused {
        write(target, sealed(open(), passphrase));
    }

    static void write(Path target, byte[] bytes) throws StoreRefused {
        if (!OwnerOnly.createNew(RealFiles.INSTANCE, target.toAbsolutePath(), bytes)) {
            throw new StoreRefused(
                    StoreRefused.Reason.FAILED,
                    target,
                    "There is a file of this name already, and it was left as it is.",
                    "Choose another name.");
        }
    }

    private byte[] sealed(Keystore.Contents contents, String passphrase) throws IdentityRefused {
        byte[] json = Keystore.encrypt(contents, passphrase, random.draw(Keystore.RANDOM_BYTES));
        Keystore.Contents again = Keystore.open(json, passphrase);
        boolean same = again.identity().peerId().equals(contents.identity().peerId())
                && (contents.words() == null || contents.words().equals(again.words()));
        if (!same) {
            throw new IllegalStateException("A keystore does not open to what was put into it.");
        }
        return json;
    }
}

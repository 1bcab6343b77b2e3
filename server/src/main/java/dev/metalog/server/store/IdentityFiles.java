package dev.metalog.server.store;

import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.RealFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The files that hold the identity: the keystore, what opens it, and this device's key. A sidecar never overwrites any. Two
 * processes that start for the first time at the same moment end with the same files: whoever comes second reads the
 * first one's.
 *
 * <p>Only its owner changes them, by {@code meta-log identity}. Whenever the process or the power dies in between, what is
 * there then opens: with the old passphrase, or with the new one.
 */
public final class IdentityFiles {
    /** The environment variable that names a file with the person's passphrase in its first line. */
    public static final String PASSPHRASE_VARIABLE = "META_LOG_PASSPHRASE_FILE";

    private static final int MAX_KEYSTORE_BYTES = 16_384;
    private static final int MAX_PASSPHRASE_BYTES = 1_024;
    private static final int UNLOCK_BYTES = 32;
    private static final int MAX_DEVICE_BYTES = 1_024;
    private static final String DEVICE = "device-";

    private final Path folder;
    private final Path keystore;
    private final Path unlock;

    public IdentityFiles(HomeFolder home) throws StoreRefused {
        this.folder = home.identityFolder();
        this.keystore = folder.resolve("keystore.json");
        this.unlock = folder.resolve("unlock");
    }

    /** The keystore's bytes, or empty when none was made yet. */
    public Optional<byte[]> keystore() throws StoreRefused {
        return Files.exists(keystore)
                ? Optional.of(OwnerOnly.readSecret(RealFiles.INSTANCE, keystore, MAX_KEYSTORE_BYTES))
                : Optional.empty();
    }

    /**
     * Keeps a new keystore.
     *
     * @return false when there is one already, which was left as it is: read that one
     */
    public boolean createKeystore(byte[] json) throws StoreRefused {
        return OwnerOnly.createNew(RealFiles.INSTANCE, keystore, json);
    }

    /**
     * What opens the keystore: the person's passphrase when {@value #PASSPHRASE_VARIABLE} names a file, otherwise a random
     * secret in a file of its own, made here on first use.
     *
     * @throws StoreRefused also when a keystore exists but its unlock file is gone: a new one would not open it
     */
    public String passphrase(Map<String, String> environment) throws StoreRefused {
        String chosen = environment.getOrDefault(PASSPHRASE_VARIABLE, "");
        if (!chosen.isBlank()) {
            try {
                return firstLine(HomeFolder.path(chosen, PASSPHRASE_VARIABLE));
            } catch (StoreRefused e) {
                throw e.told(PASSPHRASE_VARIABLE + " names this file. " + e.why(), e.whatToDo());
            }
        }
        // Looked at in this order: the unlock file is always made before the keystore that it opens, so when the
        // keystore
        // was there, the unlock file must be, even if another process made both between these two lines.
        boolean needsTheOldOne = Files.exists(keystore);
        if (!Files.exists(unlock)) {
            if (needsTheOldOne) {
                throw new StoreRefused(
                        StoreRefused.Reason.MISSING,
                        unlock,
                        "The keystore beside it exists, but what opens it is not here.",
                        "Set " + PASSPHRASE_VARIABLE + " to the file with your passphrase, restore this file from a"
                                + " backup, or move the keystore away and restore the identity from its mnemonic.");
            }
            // When another process was faster, its secret is the one that counts: it is read below.
            OwnerOnly.createNew(RealFiles.INSTANCE, unlock, newSecret());
        }
        return firstLine(unlock);
    }

    private static byte[] newSecret() {
        byte[] random = new byte[UNLOCK_BYTES];
        new SecureRandom().nextBytes(random);
        return (HexFormat.of().formatHex(random) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether nothing but the person knows what opens the keystore. */
    public boolean needsPerson(Map<String, String> environment) {
        return !hasUnlock() && environment.getOrDefault(PASSPHRASE_VARIABLE, "").isBlank();
    }

    /**
     * The sealed key of this device, or empty when none was made yet.
     *
     * @param identity hex digits that name whose device it is: each identity has a file of its own, so one that was brought
     *     back or exchanged by hand never meets another's
     */
    public Optional<byte[]> device(String identity) throws StoreRefused {
        Path file = deviceFile(identity);
        return Files.exists(file)
                ? Optional.of(OwnerOnly.readSecret(RealFiles.INSTANCE, file, MAX_DEVICE_BYTES))
                : Optional.empty();
    }

    /**
     * Keeps the sealed key of this device.
     *
     * @return false when there is one already, which was left as it is: read that one
     */
    public boolean createDevice(String identity, byte[] sealed) throws StoreRefused {
        return OwnerOnly.createNew(RealFiles.INSTANCE, deviceFile(identity), sealed);
    }

    /** Where it lies, or will. */
    public Path deviceFile(String identity) {
        return folder.resolve(DEVICE + identity);
    }

    /** Where the keystore lies, or will. */
    public Path keystoreFile() {
        return keystore;
    }

    /** Whether a random secret opens the keystore, and not a passphrase that the person chose. */
    public boolean hasUnlock() {
        return Files.exists(unlock);
    }

    /** The secret of the unlock file; made anew, in place of an old one, for a keystore that is about to be. */
    public String renewUnlock() throws StoreRefused {
        OwnerOnly.replace(RealFiles.INSTANCE, unlock, newSecret());
        return firstLine(unlock);
    }

    /** Puts a keystore of the same identity in the place of the one that is there. */
    public void replaceKeystore(byte[] json) throws StoreRefused {
        OwnerOnly.replace(RealFiles.INSTANCE, keystore, json);
    }

    /** The person's passphrase opens the keystore from now on, so nothing that lies beside it may. */
    public void removeUnlock() throws StoreRefused {
        try {
            Files.deleteIfExists(unlock);
            RealFiles.INSTANCE.forceFolder(folder);
        } catch (IOException e) {
            throw StoreRefused.because(unlock, "Removing it", e);
        }
    }

    /**
     * Moves the identity into a folder of its own beside its old place, so that another one can be made here.
     *
     * @param name of that folder
     * @return the folder
     */
    public Path setAside(String name) throws StoreRefused {
        Path aside = folder.resolve(name);
        if (Files.exists(aside)) {
            throw new StoreRefused(
                    StoreRefused.Reason.FAILED,
                    aside,
                    "A folder of this name is there already.",
                    "Move it away first.");
        }
        OwnerOnly.createFolder(aside);
        if (Files.exists(unlock)) {
            byte[] secret = OwnerOnly.readSecret(RealFiles.INSTANCE, unlock, MAX_PASSPHRASE_BYTES);
            OwnerOnly.createNew(RealFiles.INSTANCE, aside.resolve(unlock.getFileName()), secret);
        }
        try {
            RealFiles.INSTANCE.rename(keystore, aside.resolve(keystore.getFileName()));
            // After the keystore: should the power die here, the device is still that of whoever brings the identity
            // back.
            try (DirectoryStream<Path> devices = Files.newDirectoryStream(folder, DEVICE + "*")) {
                for (Path device : devices) {
                    RealFiles.INSTANCE.rename(device, aside.resolve(device.getFileName()));
                }
            }
            RealFiles.INSTANCE.forceFolder(aside);
        } catch (IOException e) {
            throw StoreRefused.because(keystore, "Moving it to " + aside, e);
        }
        removeUnlock();
        return aside;
    }

    /**
     * Moves this device's key into a folder of its own, so that the next start makes another one.
     *
     * @param identity whose device it is, as for {@link #device}
     * @param name of that folder
     * @return where the key lies now
     */
    public Path setDeviceAside(String identity, String name) throws StoreRefused {
        Path file = deviceFile(identity);
        Path aside = folder.resolve(name);
        if (Files.exists(aside)) {
            throw new StoreRefused(
                    StoreRefused.Reason.FAILED,
                    aside,
                    "A folder of this name is there already.",
                    "Move it away first.");
        }
        OwnerOnly.createFolder(aside);
        Path target = aside.resolve(file.getFileName());
        try {
            RealFiles.INSTANCE.rename(file, target);
            RealFiles.INSTANCE.forceFolder(aside);
            RealFiles.INSTANCE.forceFolder(folder);
        } catch (IOException e) {
            throw StoreRefused.because(file, "Moving it to " + aside, e);
        }
        return target;
    }

    private static String firstLine(Path file) throws StoreRefused {
        String text = new String(
                OwnerOnly.readSecret(RealFiles.INSTANCE, file, MAX_PASSPHRASE_BYTES), StandardCharsets.UTF_8);
        String line = text.lines().findFirst().orElse("");
        if (line.isEmpty()) {
            throw new StoreRefused(
                    StoreRefused.Reason.DAMAGED,
                    file,
                    "Its first line is empty, where a passphrase should be.",
                    "Write the passphrase into its first line.");
        }
        return line;
    }
}

package dev.metalog.server.store;

import dev.metalog.server.store.file.OwnerOnly;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * The one folder under which everything lies that this program keeps: {@code META_LOG_HOME}, or a folder of the
 * platform's choice. Made on first use, for its owner only.
 *
 * <pre>
 * home/
 *   identity/keystore.json        the encrypted key and mnemonic
 *   identity/unlock               the random passphrase, when the person set none
 *   workspaces/(26 characters)/   one WorkspaceFolder each
 * </pre>
 */
public final class HomeFolder {
    /** The environment variable that names the folder. */
    public static final String VARIABLE = "META_LOG_HOME";

    private final Path path;

    private HomeFolder(Path path) {
        this.path = path;
    }

    /**
     * Finds the folder, makes it when it is missing, and checks that it can be written to.
     *
     * @param environment the variables of the process
     * @param operatingSystem the system property {@code os.name}
     * @param userHome the system property {@code user.home}
     */
    public static HomeFolder open(Map<String, String> environment, String operatingSystem, String userHome)
            throws StoreRefused {
        Path located = locate(environment, operatingSystem, userHome);
        try {
            return open(located);
        } catch (StoreRefused e) {
            boolean chosen = !environment.getOrDefault(VARIABLE, "").isBlank();
            throw e.told(
                    (chosen
                                    ? VARIABLE + " names this folder for everything that is kept. "
                                    : "Everything is kept in this folder, as " + VARIABLE + " is not set. ")
                            + e.why(),
                    e.reason() == StoreRefused.Reason.NO_SPACE
                            ? "Free some space on this disk, or set " + VARIABLE + " to a folder on another one."
                            : "Set " + VARIABLE + " to a folder of your own that can be made and written to, and start"
                                    + " again.");
        }
    }

    /**
     * Where the folder is, or would be, without making anything.
     *
     * @param environment the variables of the process
     * @param operatingSystem the system property {@code os.name}
     * @param userHome the system property {@code user.home}
     */
    public static HomeFolder find(Map<String, String> environment, String operatingSystem, String userHome)
            throws StoreRefused {
        return new HomeFolder(
                locate(environment, operatingSystem, userHome).toAbsolutePath().normalize());
    }

    /** The same for a folder that was chosen already. */
    public static HomeFolder open(Path chosen) throws StoreRefused {
        Path path = chosen.toAbsolutePath().normalize();
        OwnerOnly.createFolder(path);
        try {
            // Only a file that was really made proves that files can be made: permission bits do not bind everybody,
            // and a file system may be read-only or full.
            Files.delete(Files.createTempFile(path, "probe-", OwnerOnly.TEMPORARY_SUFFIX));
        } catch (IOException e) {
            throw StoreRefused.because(path, "Making a file in this folder", e);
        }
        return new HomeFolder(path);
    }

    static Path locate(Map<String, String> environment, String operatingSystem, String userHome) throws StoreRefused {
        String chosen = environment.getOrDefault(VARIABLE, "");
        if (!chosen.isBlank()) {
            return path(chosen, VARIABLE);
        }
        String system = operatingSystem.toLowerCase(Locale.ROOT);
        if (system.contains("windows")) {
            String local = environment.getOrDefault("LOCALAPPDATA", "");
            return (local.isBlank()
                            ? path(userHome, "user.home").resolve("AppData").resolve("Local")
                            : path(local, "LOCALAPPDATA"))
                    .resolve("meta-log");
        }
        if (system.contains("mac")) {
            return path(userHome, "user.home")
                    .resolve("Library")
                    .resolve("Application Support")
                    .resolve("meta-log");
        }
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        // The XDG specification says to ignore a relative path there.
        boolean usable = !data.isBlank() && path(data, "XDG_DATA_HOME").isAbsolute();
        return (usable
                        ? path(data, "XDG_DATA_HOME")
                        : path(userHome, "user.home").resolve(".local").resolve("share"))
                .resolve("meta-log");
    }

    /** @param variable where the text comes from */
    public static Path path(String text, String variable) throws StoreRefused {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new StoreRefused(
                    StoreRefused.Reason.MISSING,
                    Path.of(""),
                    variable + " is not a path (" + e.getReason() + ").",
                    "Set it to the full path of a file or folder of your own.");
        }
    }

    public Path path() {
        return path;
    }

    Path identityFolder() throws StoreRefused {
        Path folder = path.resolve("identity");
        OwnerOnly.createFolder(folder);
        return folder;
    }

    Path workspaceFolder(String name) throws StoreRefused {
        Path folder = path.resolve("workspaces").resolve(name);
        OwnerOnly.createFolder(folder);
        return folder;
    }

    @Override
    public String toString() {
        return "HomeFolder(" + path + ")";
    }
}

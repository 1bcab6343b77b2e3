package dev.metalog.editorclients.rig;

import dev.metalog.editorclients.drive.DrivenEditor;
import dev.metalog.editorclients.drive.EditorStart;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real Emacs without a screen, with the meta-log package of this tree, driven by lines of JSON. */
public final class Emacs {
    private static final int OLDEST_MAJOR = 28;
    private static final Pattern VERSION = Pattern.compile("GNU Emacs (\\d+)\\.");

    private Emacs() {}

    /** Why no Emacs can take part; empty when one can. */
    public static Optional<String> missing() {
        Optional<Path> driver = Launcher.folder().map(Emacs::driver).filter(Files::isRegularFile);
        if (driver.isEmpty()) {
            return Optional.of("the Emacs package is not beside the launcher");
        }
        try {
            Process process = new ProcessBuilder("emacs", "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(10, TimeUnit.SECONDS);
            Matcher version = VERSION.matcher(said);
            if (!version.find() || Integer.parseInt(version.group(1)) < OLDEST_MAJOR) {
                return Optional.of("the installed Emacs is not " + OLDEST_MAJOR + " or newer");
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("Emacs is not installed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** Starts one in this place. */
    public static DrivenEditor start(Seat seat) throws IOException {
        Path root = Launcher.folder().orElseThrow(() -> new IOException("not started by the launcher"));
        List<String> command = List.of(
                "emacs",
                "-Q",
                "--batch",
                "-L",
                root.resolve("emacs").toString(),
                "-l",
                driver(root).toString(),
                "-f",
                "meta-log-driver-main");
        EditorStart start = new EditorStart(
                command,
                seat.environment(),
                seat.workspace(),
                Launcher.command("serve"),
                Redirect.appendTo(seat.log().toFile()));
        return start.overSocket();
    }

    private static Path driver(Path root) {
        return root.resolve("emacs").resolve("test").resolve("meta-log-driver.el");
    }
}

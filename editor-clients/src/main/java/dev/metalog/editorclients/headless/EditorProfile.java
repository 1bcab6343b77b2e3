package dev.metalog.editorclients.headless;

import dev.metalog.editorclients.text.PositionEncoding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How a headless editor presents itself and behaves.
 *
 * @param name shown to people
 * @param workspace the workspace folder, absolute
 * @param encodings the position encodings it offers, the preferred one first
 * @param broker the broker to ask for, or empty for the sidecar's own choice
 * @param lag how long it holds back reports of changes and answers to edits, as editors with an idle delay do; its
 *     versions grow at once
 * @param fullSync reports the whole text with every change
 * @param stock a plain LSP client: no {@code meta-log/*} message, one version per change, answers before it reports
 * @param claimsApplied answers {@code applied: true} also when it refused an edit, as Neovim does
 */
public record EditorProfile(
        String name,
        Path workspace,
        List<PositionEncoding> encodings,
        String broker,
        Duration lag,
        boolean fullSync,
        boolean stock,
        boolean claimsApplied) {
    public EditorProfile {
        encodings = List.copyOf(encodings);
        if (encodings.isEmpty() || lag.isNegative() || !workspace.isAbsolute()) {
            throw new IllegalArgumentException(
                    "an editor needs an encoding, an absolute workspace and no negative lag");
        }
    }

    /** The reference client: prompt, incremental, honest. */
    public static EditorProfile reference(Path workspace) {
        return new EditorProfile(
                "headless",
                workspace.toAbsolutePath().normalize(),
                List.of(PositionEncoding.UTF_16, PositionEncoding.UTF_8, PositionEncoding.UTF_32),
                "",
                Duration.ZERO,
                false,
                false,
                false);
    }

    public EditorProfile named(String newName) {
        return new EditorProfile(newName, workspace, encodings, broker, lag, fullSync, stock, claimsApplied);
    }

    public EditorProfile offering(PositionEncoding... offered) {
        return new EditorProfile(name, workspace, List.of(offered), broker, lag, fullSync, stock, claimsApplied);
    }

    public EditorProfile overBroker(String url) {
        return new EditorProfile(name, workspace, encodings, url, lag, fullSync, stock, claimsApplied);
    }

    public EditorProfile lagging(Duration newLag) {
        return new EditorProfile(name, workspace, encodings, broker, newLag, fullSync, stock, claimsApplied);
    }

    public EditorProfile withFullSync() {
        return new EditorProfile(name, workspace, encodings, broker, lag, true, stock, claimsApplied);
    }

    public EditorProfile asStockClient() {
        return new EditorProfile(name, workspace, encodings, broker, lag, fullSync, true, claimsApplied);
    }

    public EditorProfile claimingApplied() {
        return new EditorProfile(name, workspace, encodings, broker, lag, fullSync, stock, true);
    }
}

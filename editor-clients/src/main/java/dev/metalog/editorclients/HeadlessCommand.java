package dev.metalog.editorclients;

import dev.metalog.editorclients.drive.CommandLoop;
import dev.metalog.editorclients.headless.EditorProfile;
import dev.metalog.editorclients.headless.HeadlessEditor;
import dev.metalog.editorclients.rig.Launcher;
import dev.metalog.editorclients.sidecar.SidecarCommand;
import dev.metalog.editorclients.sidecar.SidecarException;
import dev.metalog.editorclients.text.PositionEncoding;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code meta-log headless}: an editor driven by lines of JSON on standard input and output. */
@Command(
        name = "headless",
        mixinStandardHelpOptions = true,
        description =
                "An editor without a screen. Reads commands (one JSON object a line) on standard input and prints "
                        + "results and events on standard output; editor-clients/driving.md describes them.")
final class HeadlessCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--workspace", paramLabel = "DIR", description = "the workspace folder (default: this one)")
    private Path workspace = Path.of("");

    @Option(names = "--name", description = "shown to other people (default: ${DEFAULT-VALUE})")
    private String name = "headless";

    @Option(names = "--encoding", description = "utf-8, utf-16 or utf-32: offer only this position encoding")
    private String encoding;

    @Option(names = "--broker", paramLabel = "URL", description = "ask the sidecar to use this broker")
    private String broker = "";

    @Option(
            names = "--lag-millis",
            paramLabel = "N",
            description = "hold back reports of changes and answers to edits this long")
    private int lagMillis;

    @Option(names = "--full-sync", description = "report the whole text with every change")
    private boolean fullSync;

    @Option(names = "--stock", description = "be a plain LSP client: no meta-log/* message")
    private boolean stock;

    @Option(names = "--claims-applied", description = "say \"applied\" also when an edit was refused, as Neovim does")
    private boolean claimsApplied;

    @Parameters(paramLabel = "COMMAND", description = "the sidecar's command line (default: meta-log serve), after --")
    private List<String> sidecar = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        EditorProfile profile = profile();
        SidecarCommand command = new SidecarCommand(
                sidecar.isEmpty() ? Launcher.command("serve") : sidecar,
                Map.of(),
                profile.workspace(),
                Redirect.INHERIT);
        // Whatever some library prints may not come between the lines of JSON.
        PrintStream strayOutput =
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.setOut(strayOutput);
        try (FileInputStream in = new FileInputStream(FileDescriptor.in);
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            CommandLoop.run(events -> HeadlessEditor.start(profile, command, events), in, out);
            return 0;
        } catch (SidecarException e) {
            strayOutput.println(
                    "meta-log headless: the sidecar " + command.command() + " did not start: " + e.getMessage());
            return 1;
        }
    }

    private EditorProfile profile() {
        Path folder = workspace.toAbsolutePath().normalize();
        if (!Files.isDirectory(folder)) {
            throw new ParameterException(spec.commandLine(), "--workspace " + folder + " is not a folder");
        }
        if (lagMillis < 0) {
            throw new ParameterException(spec.commandLine(), "--lag-millis may not be negative");
        }
        EditorProfile profile =
                EditorProfile.reference(folder).named(name).overBroker(broker).lagging(Duration.ofMillis(lagMillis));
        if (encoding != null) {
            profile = profile.offering(PositionEncoding.ofWireName(encoding)
                    .orElseThrow(() -> new ParameterException(
                            spec.commandLine(), "--encoding is utf-8, utf-16 or utf-32, not " + encoding)));
        }
        profile = fullSync ? profile.withFullSync() : profile;
        profile = stock ? profile.asStockClient() : profile;
        return claimsApplied ? profile.claimingApplied() : profile;
    }
}

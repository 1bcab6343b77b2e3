package dev.metalog.editorclients;

import com.google.gson.GsonBuilder;
import dev.metalog.editorclients.demo.Demo;
import dev.metalog.editorclients.demo.DemoOptions;
import dev.metalog.editorclients.demo.DemoOptions.Kind;
import dev.metalog.editorclients.demo.DemoReport;
import dev.metalog.editorclients.demo.Narrator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code meta-log demo}: two people type into one live file; exits 0 only if both end up with the same text. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Two editors with a sidecar each and a broker between them; both people type into one live file at "
                        + "the same time. Exits 0 only if both show the same text at the end.")
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "print one JSON object and nothing else")
    private boolean json;

    @Option(names = "--editors", paramLabel = "KIND", description = "emacs or headless (default: Emacs if installed)")
    private String editors = "best";

    @Option(names = "--edits", paramLabel = "N", description = "edits each person makes (default: ${DEFAULT-VALUE})")
    private int edits = 150;

    @Option(names = "--seed", paramLabel = "S", description = "makes the same edits again (default: a new one)")
    private Long seed;

    @Override
    public Integer call() throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        long chosen = seed == null ? ThreadLocalRandom.current().nextInt(1, 1_000_000) : seed;
        if (!json) {
            out.println("meta-log demo: two editors, one live file");
        }
        DemoReport report = Demo.play(options(chosen), json ? Narrator.silent() : Narrator.to(out));
        if (json) {
            out.println(new GsonBuilder()
                    .serializeNulls()
                    .disableHtmlEscaping()
                    .create()
                    .toJson(report));
        } else if (report.converged()) {
            out.printf(Locale.ROOT, "  done      in %.1f s%n", report.seconds());
        } else {
            out.printf(
                    "  FAILED    %s (try again with --seed %d)%n",
                    report.problem() == null ? "the texts differ" : report.problem(), chosen);
        }
        return report.converged() ? 0 : 1;
    }

    private DemoOptions options(long chosenSeed) {
        try {
            return new DemoOptions(Kind.valueOf(editors.toUpperCase(Locale.ROOT)), edits, chosenSeed);
        } catch (IllegalArgumentException e) {
            String why =
                    e.getMessage().startsWith("--") ? e.getMessage() : "--editors is emacs or headless, not " + editors;
            throw new ParameterException(spec.commandLine(), why, e);
        }
    }
}

package dev.metalog.server.app;

import dev.metalog.server.store.KeptWorkspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code meta-log history}: who wrote what. */
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description = "Look at the history of documents that are kept under META_LOG_HOME.",
        subcommands = {HistoryCommand.Verify.class, HistoryCommand.Blame.class})
final class HistoryCommand implements Callable<Integer>, OnWorkspaces.Parent {
    private final Map<String, String> variables;

    @Spec
    private CommandSpec spec;

    /** @param variables the environment's */
    HistoryCommand(Map<String, String> variables) {
        this.variables = variables;
    }

    @Override
    public Map<String, String> variables() {
        return variables;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = {
                "Check the signatures under the whole history of each document, and say who wrote how much of it.",
                "Changes nothing; may run beside a sidecar. What was written with an older meta-log is not signed.",
                "Exit code 0: all is proved; 1: something is not, or cannot be read, or somebody signed two histories."
            })
    static final class Verify extends OnWorkspaces {
        @Option(names = "--json", description = "Print one JSON object and nothing else.")
        private boolean json;

        @Parameters(arity = "0..1", paramLabel = "PATH", description = "Only documents of this path. Default: all.")
        private String path;

        @Override
        boolean run(List<KeptWorkspace> workspaces, PrintWriter out, PrintWriter err) throws IOException {
            return HistoryReport.verify(workspaces, path, json, out);
        }
    }

    @Command(
            name = "blame",
            mixinStandardHelpOptions = true,
            description = {
                "Say of each line of a document's text who wrote it, and when by their clock.",
                "Changes nothing; may run beside a sidecar. A line that several wrote stands there once for each stretch.",
                "Whom nobody's signature proves is shown as ?.",
                "Exit code 0: it is all there; 1: there is no such document, or it cannot be read."
            })
    static final class Blame extends OnWorkspaces {
        @Option(names = "--json", description = "Print one JSON object and nothing else.")
        private boolean json;

        @Parameters(arity = "1", paramLabel = "PATH", description = "The document, as it is called in its workspace.")
        private String path;

        @Override
        boolean run(List<KeptWorkspace> workspaces, PrintWriter out, PrintWriter err) throws IOException {
            return BlameReport.print(workspaces, path, json, out, err);
        }
    }
}
